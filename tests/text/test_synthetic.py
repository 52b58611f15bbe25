import re
from dataclasses import replace
from itertools import pairwise
from math import log2

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charrnn.text import grammar
from charrnn.text.corpus import Corpus, CorpusError
from charrnn.text.parameters import name_of, parameters_of
from charrnn.text.synthetic import (
    SOURCES,
    Additions,
    Agreement,
    Brackets,
    Clauses,
    Copy,
    Counting,
    Dates,
    Order,
    Parity,
    Quotes,
    Recall,
    named,
)

VARIANTS = (
    *SOURCES,
    Counting(stop=0.4),
    Brackets(kinds=1, deepest=1, end=0.5),
    Brackets(kinds=4, deepest=3, open=0.7),
    Additions(largest=9),
    Dates(first=1999, years=3),
    Agreement(attractor=0.2),
    Quotes(open=0.3, close=0.15, width=25),
    Clauses(relative=0.5, object=0.2),
    Recall(keys=2, lag=3),
    Copy(symbols=3, length=2, delay=1),
    Parity(bits=9),
    Order(length=7),
)
EXTREMES = [
    replace(source, **{parameter.name: getattr(parameter, end) for parameter in parameters_of(source)})
    for source in SOURCES
    for end in ("low", "high")
]
PAIRS = {")": "(", "]": "[", "}": "{", ">": "<"}
each_source = pytest.mark.parametrize("source", VARIANTS, ids=repr)


def drawn(source, length=30_000, seed=0):
    return source.generate(length, np.random.default_rng(seed))


def complete_lines(source):
    return drawn(source).splitlines()[:-1]


@each_source
def test_the_entropy_is_the_source_s_own_log_loss_on_a_long_text(source):
    assert source.log_loss_bits(drawn(source, 2_000_000)) == pytest.approx(source.entropy_bits, abs=1e-3)


@pytest.mark.parametrize("source", EXTREMES, ids=repr)
def test_it_is_so_for_the_smallest_and_largest_parameters_that_can_be_chosen(source):
    assert source.log_loss_bits(drawn(source, 2_000_000)) == pytest.approx(source.entropy_bits, abs=1e-3)


@each_source
def test_a_text_has_the_length_asked_for_and_begins_with_any_shorter_one(source):
    text = drawn(source)
    for length in (0, 1, 29_999):
        assert drawn(source, length) == text[:length]


@each_source
def test_the_same_seed_draws_the_same_text_and_another_seed_another(source):
    assert drawn(source) == drawn(source)
    assert drawn(source) != drawn(source, seed=1)


@pytest.mark.parametrize(
    ("source", "bits"),
    [
        (Counting(), 0.2836),
        (Brackets(), 1.6997),
        (Additions(), 1.4304),
        (Dates(), 0.5072),
        (Recall(), 1.3880),
        (Copy(), 10 / 22),
    ],
)
def test_the_entropies_are_the_known_ones(source, bits):
    assert source.entropy_bits == pytest.approx(bits, abs=5e-5)


def test_counting_lines_hold_as_many_b_as_a():
    for line in complete_lines(Counting()):
        assert line == "a" * (len(line) // 2) + "b" * (len(line) // 2) != ""


@given(st.integers(1, 4), st.integers(1, 10), st.integers(0, 2**32))
def test_brackets_are_balanced_and_no_deeper_than_allowed(kinds, deepest, seed):
    stack = []
    for character in drawn(Brackets(kinds, deepest), 500, seed):
        if character in PAIRS.values():
            stack.append(character)
        elif character == "\n":
            assert stack == []
        else:
            assert stack.pop() == PAIRS[character]
        assert len(stack) <= deepest


def test_the_bracket_log_loss_is_that_of_a_stack_read_one_character_at_a_time():
    source = Brackets(kinds=3, deepest=4, end=0.3, open=0.6)
    text = drawn(source, 20_000)
    text, depth, bits = text[: text.rfind("\n") + 1], 0, 0.0
    for character in text:
        opens = 0.7 if depth == 0 else 0.6 if depth < 4 else 0.0
        bits -= log2(opens / 3 if character in "([{" else 1 - opens)
        depth += (character in "([{") - (character in ")]}")
    assert source.log_loss_bits(text) == pytest.approx(bits / len(text), rel=1e-9)


def test_additions_are_right_and_use_the_whole_range():
    lines = [re.fullmatch(r"(\d+)\+(\d+)=(\d+)", line) for line in complete_lines(Additions())]
    assert all(int(line[1]) + int(line[2]) == int(line[3]) for line in lines)
    assert {int(line[1]) for line in lines} == {int(line[2]) for line in lines} == set(range(100))


def test_dates_say_the_same_day_twice_with_its_weekday():
    for line in complete_lines(Dates()):
        day, month, year, iso, weekday = re.fullmatch(r"(\d+) (\w+) (\d{4}) = (\d{4}-\d\d-\d\d) (\w+)", line).groups()
        known = np.datetime64(iso)
        assert (int(year), int(day)) == (int(iso[:4]), int(iso[8:]))
        assert "JanFebMarAprMayJunJulAugSepOctNovDec"[3 * int(iso[5:7]) - 3 :].startswith(month[:3])
        assert "ThuFriSatSunMonTueWed"[3 * (int(known.astype(int)) % 7) :].startswith(weekday)
        assert 1900 <= int(year) <= 2099


def test_the_verb_agrees_with_the_first_noun_and_attractors_often_differ():
    lines = complete_lines(Agreement())
    parsed = [re.fullmatch(r"the (\w+)((?: \w+ the \w+)*) (\w+)\.", line).groups() for line in lines]
    assert all(noun.endswith("s") != verb.endswith("s") for noun, _, verb in parsed)
    last = [(between.split()[-1].endswith("s"), verb.endswith("s")) for _, between, verb in parsed if between]
    assert np.mean([noun == verb for noun, verb in last]) == pytest.approx(0.5, abs=0.08)


def test_the_agreement_log_loss_is_that_of_its_lines_word_by_word():
    source = Agreement(attractor=0.3)
    lines = complete_lines(source)
    bits = 0.0
    for line in lines:
        attractors = (len(line.split()) - 3) // 3
        bits -= log2(1 / 16 * (0.3 / 4 / 16) ** attractors * 0.7 / 8)
    assert source.log_loss_bits(drawn(source)) == pytest.approx(bits / sum(len(line) + 1 for line in lines), rel=1e-9)


def test_quotes_last_several_words_cross_lines_and_use_the_words_of_the_rest():
    source = Quotes(open=0.1, close=0.1)
    text = drawn(source, 200_000)
    assert max(map(len, text.splitlines())) <= source.width
    parts = text.split('"')
    quoted, plain = parts[1:-1:2], parts[2:-1:2]
    assert np.mean([len(quote.split()) for quote in quoted]) == pytest.approx(1 / source.close, rel=0.1)
    assert np.mean(["\n" in quote for quote in quoted]) > 0.6
    assert set(" ".join(quoted).split()) == set(" ".join(plain).split())


def test_quotes_are_wrapped_as_late_as_the_width_allows():
    lines = complete_lines(Quotes())
    for line, following in pairwise(lines):
        assert len(line) + 1 + len(following.split()[0]) > Quotes().width


def test_recall_ends_a_line_with_the_key_it_began_with():
    lines = complete_lines(Recall())
    assert all(re.fullmatch(r"([A-H]):[xyz]{20}:\1", line) for line in lines)
    assert len({line[0] for line in lines}) == 8


def test_a_copy_ends_a_line_with_the_word_it_began_with():
    lines = complete_lines(Copy())
    assert all(re.fullmatch(r"([A-D]{5})\.{10}:\1", line) for line in lines)
    assert len({line[:2] for line in lines}) == 16


def test_parity_tells_whether_the_ones_are_odd():
    for line in complete_lines(Parity()):
        bits, answer = line.split("=")
        assert (len(bits), int(answer)) == (6, bits.count("1") % 2)


def test_the_answer_tells_which_sign_came_first():
    answers = {}
    for line in complete_lines(Order()):
        letters, answer = line.split(":")
        assert re.fullmatch(r"[a-d]*[XY][a-d]*", letters[:8])
        assert re.fullmatch(r"[a-d]*[XY][a-d]*", letters[8:])
        answers.setdefault("".join(sign for sign in letters if sign in "XY"), set()).add(answer)
    assert answers == {"XX": {"P"}, "XY": {"Q"}, "YX": {"R"}, "YY": {"S"}}


def read_as_rules(words, nouns, verbs):
    """A sentence read rule by rule, each verb checked against the number of its noun; what is left of the words."""

    def number(word, known):
        kind = word.removesuffix("s")
        assert kind in known
        return word != kind

    def noun(words):
        many, rest = number(words[0], nouns), words[1:]
        if rest[0] != "who":
            return many, rest
        if rest[1].removesuffix("s") in verbs:
            return many, verb_part(rest[1:], many)
        other, rest = noun(rest[1:])
        assert number(rest[0], verbs) != other
        return many, rest[1:]

    def verb_part(words, many):
        assert number(words[0], verbs) != many
        return noun(words[1:])[1] if words[1].removesuffix("s") in nouns else words[1:]

    many, rest = noun(words)
    return verb_part(rest, many)


def test_every_verb_of_sentences_in_sentences_has_the_number_of_its_own_noun():
    lines = complete_lines(Clauses())
    for line in lines:
        assert read_as_rules([*line[:-1].split(), "."], grammar._NOUNS, grammar._VERBS) == ["."]
    assert max(line.count("who") for line in lines) > 3


@pytest.mark.parametrize("source", SOURCES, ids=repr)
def test_each_source_is_a_corpus_with_a_held_out_part(source):
    corpus = Corpus.from_text(drawn(source), name=source.title)
    assert corpus.text == drawn(source)
    assert len(corpus.held_out_ids) == 1_500
    assert corpus.report.notes == ()
    assert source.teaches.endswith(".")


@pytest.mark.parametrize("source", [*SOURCES, *EXTREMES], ids=repr)
def test_a_name_tells_the_parameters_and_leads_back_to_the_source(source):
    assert named(name_of(source)) == source
    assert len({name_of(each) for each in {source, *SOURCES}}) == len({source, *SOURCES})


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("(kinds=9)", ["kinds=9", "whole number from 1 to 4"]),
        ("(kinds=2.5)", ["kinds=2.5", "whole number from 1 to 4"]),
        ("(kinds=many)", ["kinds=many", "whole number from 1 to 4"]),
        ("(open=nan)", ["open=nan", "a number from 0.05 to 0.6"]),
        ("(open=1e999, kinds=2)", ["open=1e999", "a number from 0.05 to 0.6"]),
        ("(height=3)", ["height=3", "kinds, deepest, end, open"]),
        ("(", ["cannot have"]),
    ],
)
def test_parameters_that_cannot_be_had_are_refused_in_one_sentence(told, words):
    with pytest.raises(CorpusError) as refusal:
        named(f"Brackets in brackets {told}")
    sentence = str(refusal.value)
    assert all(word in sentence for word in [*words, "“Brackets in brackets”"])
    assert sentence.endswith(".")
    assert sentence.count(". ") == 0


def test_a_title_that_is_none_is_no_source():
    with pytest.raises(KeyError):
        named("Shakespeare (kinds=2)")
