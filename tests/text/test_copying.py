import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charrnn.text import copying
from charrnn.text.copying import Stretch, copied, index, ngram_writing

few = st.lists(st.integers(0, 2), max_size=60).map(lambda ids: np.array(ids, np.int32))
pairs = st.sampled_from([0, 3, 40, 100_000])


def brute_force(text, sample, shortest):
    """By trying every stretch: (start, end) of those that stand in the text and within no other."""
    text, sample = (bytes(ids.tolist()) for ids in (text, sample))
    there = [(i, j) for i in range(len(sample)) for j in range(i + shortest, len(sample) + 1) if sample[i:j] in text]
    return sorted((i, j) for i, j in there if not any(a <= i and j <= b and (a, b) != (i, j) for a, b in there))


@given(few, few, st.integers(1, 5), st.integers(0, 4), pairs)
def test_what_is_copied_is_what_brute_force_finds(text, sample, K, more, limit):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(copying, "PAIRS", limit)  # with few, most grams are looked for one by one
        found = copied(index(text, K), sample, K + more)
    assert [(each.start, each.end) for each in found] == brute_force(text, sample, K + more)
    for start, end, place in found:
        np.testing.assert_array_equal(text[place : place + end - start], sample[start:end])


@given(few.filter(lambda ids: len(ids) > 3), st.integers(1, 3), pairs)
def test_a_piece_of_the_text_is_copied_whole(text, K, limit):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(copying, "PAIRS", limit)
        (found,) = copied(index(text, K), text[1:], max(K, len(text) - 1))
    assert (found.start, found.end) == (0, len(text) - 1)


def test_grams_whose_hashes_are_alike_are_told_apart(monkeypatch):
    monkeypatch.setattr(copying, "_hashes", lambda ids, K, bits: np.zeros(max(0, len(ids) - K + 1), np.uint64))
    text = np.array([1, 2, 3, 4, 5, 1, 2, 3, 9], np.int32)
    sample = np.array([7, 1, 2, 3, 9, 7], np.int32)
    assert copied(index(text, 3), sample, 3) == [Stretch(1, 5, 5)]


def test_an_alphabet_of_many_thousand_characters_is_no_different():
    ids = np.arange(54_000, 60_000, dtype=np.int32)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(copying, "PAIRS", 0)
        assert copied(index(ids), ids[1_000:1_050]) == [Stretch(0, 50, 1_000)]


def test_an_ngram_writes_what_follows_in_the_text_as_often_as_it_does_there():
    text = np.array([0, 1, 2] * 30 + [0, 1, 3] * 10 + [0, 1], np.int32)
    written = ngram_writing(index(text, 2), 6_000, np.random.default_rng(1)).tolist()
    grams = {tuple(text[i : i + 3].tolist()) for i in range(len(text) - 2)}
    triples = list(zip(written, written[1:], written[2:], strict=False))
    assert sum(triple in grams for triple in triples) > 0.98 * len(triples)  # it begins anew where the text ends
    after = [c for a, b, c in triples if (a, b) == (0, 1)]
    assert after.count(2) / len(after) == pytest.approx(0.75, abs=0.03)


@given(few.filter(len), st.integers(1, 3), st.integers(0, 40))
def test_an_ngram_writes_as_much_as_it_is_told_to_of_any_text(text, K, length):
    written = ngram_writing(index(text, K), length, np.random.default_rng(1))
    assert len(written) == length
    assert set(written.tolist()) <= set(text.tolist())
