"""What is dropped from a text, what is lost with rare characters, and what is hinted at."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charrnn import Corpus
from charrnn.text.cleaning import by_frequency, hints, is_invisible
from charrnn.text.corpus import REPLACEMENT, CorpusError
from charrnn.text.decoding import decode

PAGE = "The rain in Spain falls mainly on the plain.\n" * 60


def test_marks_within_joined_files_are_dropped_with_a_note():
    corpus = Corpus.from_bytes(b"".join(part.encode("utf-8-sig") for part in (PAGE, PAGE, PAGE)), name="joined")
    assert corpus.text == PAGE * 3
    assert corpus.report.notes == (
        "A byte order mark at the beginning was dropped.",
        "2 byte order marks within the text, as joined files have, dropped.",
    )


def test_a_text_of_ten_thousand_characters_is_read_as_it_is():
    text = "".join(map(chr, range(0x4E00, 0x4E00 + 10_000)))
    assert Corpus.from_text(text).text == text


def test_what_is_lost_with_rare_characters_is_said_in_per_cent():
    corpus = Corpus.from_text("ab" * 940 + "xyz" * 40, keep_frequent=2)
    assert corpus.replaced == 120 / 2_000
    assert "3 rare ones, together 120 places in the text (6.00%), became" in corpus.report.notes[0]


@given(st.text("abc\ufffd", min_size=1))
def test_the_frequent_come_first_and_what_is_none_is_not_counted(text):
    ranked = by_frequency(text)
    assert dict(ranked) == {character: text.count(character) for character in set(text) - {REPLACEMENT}}
    assert [times for _, times in ranked] == sorted((times for _, times in ranked), reverse=True)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", "Git LFS pointer"),
        ("<!DOCTYPE html>\n<html><head><title>x</title></head><body>" + "<p>One line.</p>\n" * 200, "web page"),
        ('<?xml version="1.0"?>\n<html xmlns="x">' + "<p>One line.</p>\n" * 200, "web page"),
        ("one\ntwo\nthree", "13 characters in 3 lines"),
        ("word " * 900, "in 1 line"),
        (PAGE + "a\u200db\u200ec\u202fd\ufe0f", "LEFT-TO-RIGHT MARK, NARROW NO-BREAK SPACE, VARIATION SELECTOR-16"),
    ],
)
def test_what_may_not_be_meant_is_hinted_at(text, hint):
    found = Corpus.from_text(text).report.hints
    assert any(hint in one for one in found), found


def test_a_plain_text_gives_no_hint():
    assert hints(PAGE, "".join(set(PAGE))) == []


def test_spaces_tabs_and_line_ends_are_no_invisible_letters_and_nothing_of_a_page_is_else():
    assert not any(map(is_invisible, " \n\tæ海\N{COMBINING ACUTE ACCENT}"))
    assert all(map(is_invisible, "\u200d\u200e\u202f\ufe0f\xa0\xad\u2028"))


def test_several_files_are_joined_in_the_order_of_their_names_each_on_lines_of_its_own():
    files = [("b", "zwölf".encode("cp1252") * 50), ("a", "дождь\n".encode("cp1251") * 50), ("c", b"one\n")]
    corpus = Corpus.from_files(files, name="three")
    assert corpus.text == "дождь\n" * 50 + "zwölf" * 50 + "\none\n"
    assert corpus.report.encoding == "cp1251, cp1252, utf-8"
    assert corpus.report.notes[-2].startswith("3 files were joined")
    with pytest.raises(CorpusError, match=r"^pdf: This is a PDF"):
        Corpus.from_files([*files, ("pdf", b"%PDF-1.7")], name="four")


def test_what_is_typed_is_lowered_where_the_text_was():
    corpus = Corpus.from_text(PAGE, lowercase=True)
    assert corpus.vocabulary.decode(corpus.primed("THE Rain")) == "the rain"
    kept = Corpus.from_text(PAGE)
    assert kept.vocabulary.decode(kept.primed("The Rain")) == "The ain"


def test_a_beginning_comes_after_a_line_end():
    assert Corpus.from_text("ab\n" * 50).beginning == ("ab\n" * 14)[2:]


def test_where_a_text_has_no_line_end_a_beginning_is_the_texts_own_up_to_its_most_frequent_character():
    assert Corpus.from_text("ha ha, " * 90).beginning == "ha ha, " * 5 + "ha "
    assert Corpus.from_text("\ufffd" * 90 + "bab" * 20).beginning == "\ufffd" * 39 + "b"  # none before
    assert Corpus.from_text("abcd " * 400 + "held out\n").beginning == "abcd " * 7 + "a"  # as frequent as a space


def test_what_comes_after_a_sign_is_read_after_some_of_the_text():
    corpus = Corpus.from_text("ab;c\n" * 50)
    read = corpus.vocabulary.decode
    assert read(corpus.primed("", "\n")) == read(corpus.primed("")) == corpus.beginning
    assert read(corpus.primed("ca", "\n")) == corpus.beginning + "ca"
    assert read(corpus.primed("", ";")) == corpus.beginning + ";"


def test_characters_that_a_network_knows_belong_to_the_alphabet_though_they_do_not_occur():
    corpus = Corpus.from_text("abc" * 50).knowing("xyz")
    assert corpus.vocabulary.characters == "abcxyz"
    assert corpus.text == "abc" * 50


def test_music_chess_and_molecules_keep_their_capitals():
    for text in ("X:1\nK:Dm\n|:A2 d2|", "1. e4 e5 2. Nf3 Nc6\n", "CC(=O)Oc1ccccc1C(=O)O\n"):
        assert Corpus.from_bytes((text * 60).encode(), name="it").text == text * 60
        assert decode((text * 60).encode()).encoding == "utf-8"
