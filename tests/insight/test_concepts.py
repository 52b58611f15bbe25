import numpy as np
import pytest

from charrnn.insight.concepts import ENOUGH, Concept, bracket_depth, concepts, inside_quotes, own_concept
from charrnn.insight.pattern import PatternError, matches
from charrnn.text.synthetic import Brackets, Quotes


def shouted(text, labels):
    return "".join(character.upper() if label else character for character, label in zip(text, labels, strict=True))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('he said "yes" and left', 'he said "YES" and left'),
        ("he said “yes, ‘no’” once", "he said “YES, ‘NO’” once"),
        ("«oui» dit-il", "«OUI» dit-il"),
        ("`don't,' said the cat", "`DON'T,' said the cat"),
        ('the end of it." then "a new one', 'the end of it." then "A NEW ONE'),
        ('"never closed\n\nnext paragraph', '"NEVER CLOSED\n\nnext paragraph'),
        ('"over\nlines" ok', '"OVER\nLINES" ok'),
        ("it's nobody's", "it's nobody's"),
    ],
)
def test_a_quotation_lasts_from_its_opening_mark_to_before_its_closing_one(text, expected):
    assert shouted(text, inside_quotes(text)) == expected


def test_generated_quotes_are_labelled_from_any_place_on_as_from_the_start():
    text = Quotes().generate(5_000, np.random.default_rng(3))
    whole = inside_quotes(text)
    toggles = np.cumsum([character == '"' for character in text]) % 2
    np.testing.assert_array_equal(whole, toggles.astype(bool))
    start = int(np.flatnonzero(whole)[40])
    first_mark = text.index('"', start)
    np.testing.assert_array_equal(inside_quotes(text[start:])[first_mark - start :], whole[first_mark:])


def test_bracket_depth_counts_what_is_open_after_each_character():
    assert bracket_depth("a(b[c]){}").tolist() == [0, 1, 1, 2, 2, 1, 0, 1, 0]
    assert bracket_depth(")(").tolist() == [0, 1]  # one was open before the text began


def test_bracket_depth_of_a_part_agrees_with_the_whole_after_the_first_line_end():
    text = Brackets(kinds=4).generate(4_000, np.random.default_rng(5))
    start = int(np.flatnonzero(bracket_depth(text) > 2)[0])
    line = text.index("\n", start)
    np.testing.assert_array_equal(bracket_depth(text[start:])[line - start :], bracket_depth(text)[line:])


def test_angles_are_brackets_only_where_they_come_in_pairs():
    assert bracket_depth("<<>>" * 20).max() == 2
    assert bracket_depth("a -> b; " * 20).max() == 0


def labels_of(text):
    return {concept.name: concept.labels.tolist() for concept in concepts(text)}


def test_the_concepts_say_what_each_character_is_and_where_it_stands():
    line = "Été in 1999 a\n"
    labels = labels_of(line * ENOUGH)
    first = {name: values[: len(line)] for name, values in labels.items()}
    assert np.flatnonzero(first["capital"]).tolist() == [0]
    assert np.flatnonzero(first["vowel"]).tolist() == [0, 2, 4, 12]
    assert np.flatnonzero(first["digit"]).tolist() == [7, 8, 9, 10]
    assert np.flatnonzero(first["after a space"]).tolist() == [3, 6, 11]
    assert np.flatnonzero(first["space comes next"]).tolist() == [2, 5, 10]
    assert np.flatnonzero(first["line end comes next"]).tolist() == [12]
    assert first["place in line"] == [*range(1, 14), 0]
    assert first["place in word"] == [1, 2, 3, 0, 1, 2, 0, 1, 2, 3, 4, 0, 1, 0]


def test_a_concept_without_enough_examples_is_left_out():
    assert "capital" not in labels_of("no capitals at all, " * 99)
    assert "digit" not in labels_of("one digit " * 99 + "1" * (ENOUGH - 1))
    assert "digit" in labels_of("one digit " * 99 + "1" * ENOUGH)
    assert not Concept("never changes", np.zeros(500), True).enough
    assert concepts("") == []


def test_a_pattern_of_ones_own_labels_its_matches():
    concept = own_concept("the cat, the dog", r"\bthe\b")
    assert shouted("the cat, the dog", concept.labels) == "THE cat, THE dog"
    assert not concept.graded


def test_a_pattern_sees_lines_and_every_character_there_is():
    assert matches("^b$", "a\nb\nb") == [(2, 3), (4, 5)]
    assert matches("😀|\ud800", "é😀\ud800") == [(1, 2), (2, 3)]
    assert matches("x*", "axb") == [(1, 2)]


def test_a_pattern_that_would_run_for_ever_is_stopped_with_a_plain_sentence():
    with pytest.raises(PatternError, match=r"stopped after 0\.5 s on 41 characters"):
        matches("(a+)+$", "a" * 40 + "!", deadline=0.5)


@pytest.mark.parametrize("pattern", ["(", "[z-a]", "(?P<x>a)(?P<x>b)", "a{99999999999999}"])
def test_a_pattern_that_is_none_says_what_is_wrong(pattern):
    with pytest.raises(PatternError, match="cannot be read as a regular expression: "):
        matches(pattern, "text", deadline=20)
