import codecs
import hashlib
import random
import re

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from charrnn.text.cleaning import MAX_ALPHABET
from charrnn.text.corpus import (
    MAX_BYTES,
    MIN_HELD_OUT,
    MIN_TRAINING,
    REPLACEMENT,
    Corpus,
    CorpusError,
    Vocabulary,
    size_limit,
)

texts = st.text(st.characters(codec="utf-8"), max_size=300)
trainable = texts.filter(lambda text: len(set(re.sub("\r\n?", "\n", text.replace("\ufeff", "")))) > 1)
ENGLISH = "It is a truth universally acknowledged, that a single man must be in want of a wife.\n" * 40
FRENCH = "L'été dernier, nous avons mangé des pâtisseries à côté de la forêt; ça m'a plu énormément.\n" * 40
RUSSIAN = "Все счастливые семьи похожи друг на друга, каждая несчастливая семья несчастлива по-своему.\n" * 40
JAPANESE = "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。\n" * 40


@given(texts)
def test_decoding_what_was_encoded_gives_the_text_back(text):
    vocabulary = Vocabulary.of(text)
    assert vocabulary.decode(vocabulary.encode(text)) == text


@given(st.text(), st.text())
def test_unknown_characters_are_left_out_of_the_ids_and_named_once_in_order(known, text):
    vocabulary = Vocabulary.of(known)
    rest = REPLACEMENT if REPLACEMENT in known else ""
    assert vocabulary.decode(vocabulary.encode(text)) == "".join(c if c in known else rest for c in text)
    assert vocabulary.unseen(text) == "".join(dict.fromkeys(c for c in text if c not in known))


def test_ids_are_places_in_the_sorted_alphabet_across_the_chunks_they_are_encoded_in():
    text = "".join(random.Random(0).choices("zebra é😀", k=(1 << 20) + 17))
    vocabulary = Vocabulary.of(text)
    assert vocabulary.characters == "".join(sorted(set(text)))
    assert len(vocabulary) == 8
    ids = vocabulary.encode(text)
    assert ids.dtype == np.int32
    assert ids[-40:].tolist() == [vocabulary.characters.index(c) for c in text[-40:]]
    assert vocabulary.decode(ids) == text


@given(trainable)
def test_only_line_ends_change(text):
    corpus = Corpus.from_text(text)
    assert corpus.text == text.replace("\ufeff", "").replace("\r\n", "\n").replace("\r", "\n")
    assert corpus.vocabulary.characters == "".join(sorted(set(corpus.text)))
    assert (corpus.report.characters, corpus.report.alphabet) == (len(corpus.text), len(corpus.vocabulary))
    assert corpus.report.encoding is None


@given(trainable, st.booleans())
def test_a_corpus_of_a_corpus_s_text_is_the_same_corpus(text, lowercase):
    assume(len(set(text.lower())) > 3)
    corpus = Corpus.from_text(text * 50, lowercase=lowercase)
    again = Corpus.from_text(corpus.text, lowercase=lowercase)
    assert again.text == corpus.text
    assert again.digest == corpus.digest


@given(st.integers(2, 5_000), st.floats(0, 0.99))
def test_the_two_parts_joined_are_the_text(length, held_out):
    corpus = Corpus.from_text("ab" * (length // 2) + "c", held_out=held_out)
    joined = np.concatenate([corpus.train_ids, corpus.held_out_ids])
    assert corpus.vocabulary.decode(joined) == corpus.text


def test_the_held_out_part_is_the_last_fraction_of_the_text():
    corpus = Corpus.from_text("ab" * 5_000, held_out=0.1)
    assert (len(corpus.train_ids), len(corpus.held_out_ids), corpus.held_out) == (9_000, 1_000, 0.1)
    assert corpus.report.notes == ()


@pytest.mark.parametrize("length", [60, 1_900])
def test_a_short_text_is_accepted_with_nothing_held_out_and_says_so(length):
    corpus = Corpus.from_text("abc" * (length // 3))
    assert len(corpus.train_ids) == len(corpus.text)
    assert len(corpus.held_out_ids) == 0
    assert corpus.held_out == 0
    (note,) = corpus.report.notes
    assert "Nothing is held out" in note
    assert str(MIN_HELD_OUT) in note


def test_a_held_out_part_that_leaves_too_little_to_train_on_is_given_up():
    assert Corpus.from_text("ab" * 1_000, held_out=0.75).held_out == 0.75
    corpus = Corpus.from_text("ab" * 1_000, held_out=0.76)
    assert corpus.held_out == 0
    assert f"480 to train on (at least {MIN_TRAINING})" in corpus.report.notes[0]


def test_holding_nothing_out_on_purpose_needs_no_note():
    assert Corpus.from_text("abc", held_out=0).report.notes == ()


def test_the_ids_cannot_be_written():
    corpus = Corpus.from_text("ab" * 5_000)
    for ids in (corpus.train_ids, corpus.held_out_ids):
        with pytest.raises(ValueError, match="read-only"):
            ids[0] = 1


def test_lower_casing_comes_before_the_split_even_where_it_changes_the_length():
    corpus = Corpus.from_text("İA" * 2_000, lowercase=True)
    assert corpus.text == "i\u0307a" * 2_000
    assert len(corpus.held_out_ids) == 300
    assert corpus.vocabulary.characters == "ai\u0307"


def test_the_digest_is_of_the_final_text_and_of_the_split():
    corpus = Corpus.from_text("Ab\r\n" * 2_000, lowercase=True)
    assert corpus.digest == hashlib.sha256(b"5700\n" + b"ab\n" * 2_000).hexdigest()
    assert corpus.digest == Corpus.from_text("ab\n" * 2_000).digest
    assert corpus.digest != Corpus.from_text("ab\n" * 2_000, held_out=0).digest


def test_mixed_line_ends_become_plain_ones_with_a_note():
    corpus = Corpus.from_text("a\r\nb\rc\n")
    assert corpus.text == "a\nb\nc\n"
    assert "2 line ends" in corpus.report.notes[0]


def test_two_surrogates_join_and_a_lone_one_is_replaced_with_a_note():
    corpus = Corpus.from_text("a\ud83d\ude00b\ud83d")
    assert corpus.text == "a😀b" + REPLACEMENT
    assert "1 broken character " in corpus.report.notes[0]


@given(st.text(st.characters(), min_size=2, max_size=50))
def test_whatever_is_pasted_gives_a_corpus_that_can_be_stored_or_a_refusal(text):
    try:
        corpus = Corpus.from_text(text)
    except CorpusError:
        return
    assert corpus.text.encode()
    assert corpus.vocabulary.decode(corpus.train_ids) == corpus.text


@pytest.mark.parametrize("text", [ENGLISH, FRENCH, RUSSIAN])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le-mark", "utf-16-be-mark"]
)
def test_unicode_encodings_round_trip_with_and_without_a_mark(text, encoding):
    bare = encoding.removesuffix("-mark")
    mark = {"utf-32-le": codecs.BOM_UTF32_LE, "utf-16-be": codecs.BOM_UTF16_BE}[bare] if bare != encoding else b""
    corpus = Corpus.from_bytes(mark + text.encode(bare), name="it")
    assert corpus.text == text
    assert corpus.report.encoding.startswith(encoding[:5])
    marked = bool(mark) or encoding in ("utf-8-sig", "utf-16", "utf-32")
    assert any("byte order mark" in note for note in corpus.report.notes) == marked


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (FRENCH, "cp1252"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
        ("plain " * 40_000 + FRENCH, "latin-1"),
    ],
)
def test_legacy_encodings_are_guessed_and_the_guess_is_reported(text, encoding):
    corpus = Corpus.from_bytes(text.encode(encoding), name="old")
    assert corpus.text == text
    assert "guessed: " + corpus.report.encoding in corpus.report.notes[0]


def test_utf8_cut_in_the_middle_of_a_character_stays_utf8():
    corpus = Corpus.from_bytes(RUSSIAN.encode()[:2_001], name="cut")
    assert corpus.text == RUSSIAN.encode()[:2_001].decode(errors="replace")
    assert corpus.report.encoding == "utf-8"
    assert "1 damaged place" in corpus.report.notes[0]


def test_replacement_characters_that_were_there_before_are_no_damage():
    assert Corpus.from_bytes(("a" + REPLACEMENT).encode(), name="it").report.notes == (
        Corpus.from_text("a" + REPLACEMENT).report.notes
    )


@given(st.binary(max_size=400))
def test_any_bytes_give_a_corpus_or_a_refusal(data):
    try:
        corpus = Corpus.from_bytes(data, name="bytes")
    except CorpusError:
        return
    assert "\0" not in corpus.text
    assert corpus.vocabulary.decode(corpus.train_ids) == corpus.text


@pytest.mark.parametrize("data", [b"", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE])
def test_an_empty_file_is_refused(data):
    with pytest.raises(CorpusError, match="empty: paste or upload"):
        Corpus.from_bytes(data, name="empty")


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(256)) * 8,
        random.Random(1).randbytes(5_000),
        b"hello\0world!",
        np.arange(1_000, dtype="<i4").tobytes(),
        np.random.default_rng(0).normal(size=500).tobytes(),
        bytes(range(1, 32)) * 20,
        codecs.BOM_UTF16_LE + "\1\2\3ab".encode("utf-16-le") * 50,
        codecs.BOM_UTF8 + random.Random(2).randbytes(400).replace(b"\0", b"\1"),
    ],
)
def test_what_is_binary_is_refused_with_the_remedy(data):
    with pytest.raises(CorpusError, match=r"not a text \(.*save it as plain text in UTF-8"):
        Corpus.from_bytes(data, name="binary")


@pytest.mark.parametrize(("text", "lowercase"), [("aaaa", False), ("x", False), ("aAaA", True), ("\r\n\n\r", False)])
def test_a_single_distinct_character_is_refused(text, lowercase):
    with pytest.raises(CorpusError, match="one distinct character only"):
        Corpus.from_text(text, lowercase=lowercase)


def test_a_text_above_the_limit_is_refused_with_both_sizes(monkeypatch):
    monkeypatch.setenv("CHARRNN_MAX_TEXT_MB", "0.001")
    for text in ("ab" * 501, "é" * 501):
        with pytest.raises(CorpusError, match=r"1,002 bytes long and the limit is 0\.001 MB: .* CHARRNN_MAX_TEXT_MB"):
            Corpus.from_text(text)
        with pytest.raises(CorpusError, match="limit"):
            Corpus.from_bytes(text.encode(), name="large")
    assert len(Corpus.from_text("ab" * 500).text) == 1_000
    with pytest.raises(CorpusError, match="limit"):
        Corpus.from_text("abcd", max_bytes=3)


def test_the_limit_is_the_environment_s_or_the_default(monkeypatch):
    monkeypatch.delenv("CHARRNN_MAX_TEXT_MB", raising=False)
    assert size_limit() == MAX_BYTES
    monkeypatch.setenv("CHARRNN_MAX_TEXT_MB", "0.5")
    assert size_limit() == 500_000


def many_characters(count):
    return "".join(chr(0x4E00 + i) * (1 + (i < 10)) for i in range(count))


def test_an_alphabet_above_the_limit_is_refused_and_one_at_it_is_not():
    with pytest.raises(CorpusError, match="10,001 distinct characters and the limit is 10,000: keep only the frequent"):
        Corpus.from_text(many_characters(MAX_ALPHABET + 1))
    assert len(Corpus.from_text(many_characters(MAX_ALPHABET)).vocabulary) == MAX_ALPHABET


@given(st.text("abcdefg\ufffd", min_size=1).map("ab{}".format), st.integers(1, 8))
def test_keeping_the_frequent_characters_replaces_only_the_rarer_ones(text, keep):
    corpus = Corpus.from_text(text, keep_frequent=keep)
    kept = set(corpus.text) - {REPLACEMENT}
    lost = set(text) - kept - {REPLACEMENT}
    assert len(kept) == min(keep, len(set(text) - {REPLACEMENT}))
    assert corpus.text == "".join(c if c in kept else REPLACEMENT for c in text)
    assert all(text.count(a) >= text.count(b) for a in kept for b in lost)
    assert any("most frequent" in note for note in corpus.report.notes) == bool(lost)


def test_a_text_reduced_to_the_limit_is_a_corpus_again():
    corpus = Corpus.from_text(many_characters(MAX_ALPHABET + 500), keep_frequent=MAX_ALPHABET)
    assert Corpus.from_text(corpus.text).digest == corpus.digest


@pytest.mark.parametrize("keep", [0, -1, MAX_ALPHABET + 1])
def test_keeping_an_impossible_number_of_characters_is_refused(keep):
    with pytest.raises(CorpusError, match="choose 1 to 10,000"):
        Corpus.from_text("abc", keep_frequent=keep)


@pytest.mark.parametrize("held_out", [-0.1, 1, float("nan")])
def test_an_impossible_held_out_fraction_is_refused(held_out):
    with pytest.raises(CorpusError, match="held-out fraction is"):
        Corpus.from_text("abc", held_out=held_out)


def test_a_window_must_fit_into_the_training_part():
    corpus = Corpus.from_text("abcd")
    corpus.require_window(3)
    with pytest.raises(CorpusError, match="has 4 characters to train on, but looking 4 back needs at least 5"):
        corpus.require_window(4)
