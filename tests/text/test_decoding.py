"""Bytes in many scripts and encodings are read as they were written, short or long, or are refused in words."""

import bz2
import gzip
import io
import zipfile

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from languages import CASES, ENCODINGS, SAID, wanted, writes

from charrnn.text.decoding import REPLACEMENT, CorpusError, decode, known, readings


@pytest.mark.parametrize(("language", "encoding"), CASES)
def test_a_page_is_read_as_it_was_written(language, encoding):
    text = SAID[language][0] * 6
    assert decode(text.encode(encoding)).text == wanted(language) * 6


@pytest.mark.parametrize(("language", "encoding"), CASES)
def test_a_book_is_read_wherever_a_sample_of_it_ends(language, encoding):
    text = SAID[language][0]
    many = 1 + 220_000 // len(text.encode(encoding))
    for begin in ("", "a"):  # one byte more, and every sample of fixed length is cut elsewhere
        assert decode((begin + text * many).encode(encoding)).text == begin + wanted(language) * many


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_a_book_cut_in_the_middle_of_a_character_loses_that_one_only(data):
    language, encoding = data.draw(
        st.sampled_from([case for case in CASES if not case[1].startswith(("hz", "iso2022"))])
    )
    whole = (SAID[language][0] * 40).encode(encoding)
    end = data.draw(st.integers(len(whole) // 2, len(whole)))
    text = decode(whole[:end]).text
    assert (wanted(language) * 40).startswith(text.rstrip(REPLACEMENT))
    assert len(text.rstrip(REPLACEMENT)) >= len(text) - 2


def told_or_read(data, encoding=None):
    """What is said where the bytes are no text, and None; or nothing, and what was read."""
    try:
        return "", decode(data, encoding)
    except CorpusError as error:
        return str(error), None


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_what_an_encoding_can_write_comes_back_or_is_said_to_be_a_guess_or_no_text(data):
    language = data.draw(st.sampled_from(sorted(SAID)))
    encoding = data.draw(st.sampled_from([name for name in ENCODINGS if writes(name, wanted(language))]))
    text = wanted(language) * data.draw(st.integers(3, 40))
    written = text.encode(encoding)
    assert decode(written, encoding).text.lstrip("\ufeff") == text  # where it is named
    sentence, read = told_or_read(written)
    if read is None:
        assert sentence.endswith(".")
    elif read.text.lstrip("\ufeff") != text:
        assert any("was guessed" in note for note in read.notes), read.encoding


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"]), min_size=1), st.sampled_from(ENCODINGS))
@settings(max_examples=100, deadline=None)
@example("¢", "cp932")  # Python writes it as the wide one
def test_any_characters_come_back_from_the_encoding_that_is_named(text, encoding):
    text = "".join(character for character in text if writes(encoding, character))
    assume(text)
    text = text.encode(encoding).decode(encoding)
    sentence, read = told_or_read(text.encode(encoding), encoding)
    assert sentence.endswith(".") if read is None else read.text.removeprefix("\ufeff") == text.removeprefix("\ufeff")


@given(st.binary(max_size=3_000))
@settings(deadline=None)
def test_any_bytes_are_a_text_or_one_sentence(data):
    sentence, read = told_or_read(data)
    if read is None:
        assert sentence.endswith(".")
        assert "\n" not in sentence
    else:
        assert all(note.endswith(".") for note in read.notes)
        assert known(read.encoding)


def packed(*names):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "text " * 200)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n" + b"text " * 500, "a PDF"),
        (packed("[Content_Types].xml", "word/document.xml"), "a packed file"),
        (gzip.compress(b"A text. " * 500), "a compressed file (.gz)"),
        (bz2.compress(b"A text. " * 500), "a compressed file (.bz2)"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "a picture"),
        (b"\xff\xd8\xff\xe0" + bytes(range(256)) * 4, "a picture"),
        (b"{\\rtf1\\ansi " + b"hello " * 100 + b"}", "an RTF file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "an old Office file"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,  # packed files hold the time of day
)
def test_what_is_no_plain_text_is_refused_with_what_to_do(data, kind):
    with pytest.raises(CorpusError, match="bring") as refused:
        decode(data)
    assert kind in str(refused.value)


def test_a_few_zero_bytes_are_dropped_and_named():
    page = b"He came at last and went away.\n" * 400
    text, encoding, notes = decode(page[:5_000] + b"\0\0" + page[5_000:])
    assert text == page.decode()
    assert encoding == "utf-8"
    assert notes == ["2 zero bytes were dropped."]


def test_a_few_zero_bytes_do_not_hide_a_legacy_encoding():
    page = ("Die Großmutter hört den Vögeln zu.\n" * 400).encode("cp1252")
    assert decode(page[:5_000] + b"\0" + page[5_000:]).text == page.decode("cp1252")


def test_many_zero_bytes_are_no_text():
    with pytest.raises(CorpusError, match="zero bytes"):
        decode(b"a\0b" * 500)


def test_utf_16_without_a_mark_is_read_in_the_order_in_which_there_are_spaces():
    for language in ("Hindi", "Bengali", "Tamil"):  # whose letters with their bytes exchanged are letters too
        for encoding in ("utf-16-le", "utf-16-be"):
            assert decode((wanted(language) * 6).encode(encoding)).text == wanted(language) * 6


def test_what_only_looks_like_the_beginning_of_other_letters_is_plain():
    for line in (
        "Call +49170123 or ~{x~} now.\n",
        "a+bcd and 1+1234-5\n",
        "x+AND-y, i+1, C++ and +AAAA-, grep +AGE-\n",
        "cat@dog.org",
        "What \x1b(B begins is an escape, which terminals know and nobody reads.\n",
    ):
        text, encoding, notes = decode((line * 40).encode())
        assert (text, encoding, notes) == (line * 40, "utf-8", [])


@pytest.mark.parametrize("place", [0, 100_000, 199_000])
def test_one_dash_in_a_long_book_makes_it_no_other_language(place):
    book = "He came at last and went away, and nobody saw him again.\n" * 3_600
    written = (book[:place] + "—" + book[place:]).encode("cp1252")
    assert decode(written).text == written.decode("cp1252")


def test_the_likeliest_encodings_are_listed_with_what_they_would_read():
    listed = readings(("Az őrült hegedűs fütyült.\n" * 20).encode("cp1250"))
    assert listed[0] == ("cp1250", "Az őrült hegedűs fütyült.\nAz őrült hegedűs fütyült.")
    assert len({lines for _, lines in listed}) == len(listed) > 1


def test_an_encoding_that_is_named_overrules_the_guess():
    written = "ő és ű".encode("cp1250") * 30
    assert decode(written, "latin-1").text == "õ és û" * 30
    with pytest.raises(CorpusError, match="No encoding is called 'klingon'"):
        decode(written, "klingon")


@pytest.mark.parametrize("name", ["base64", "rot13", "zip", "idna-x", "", "../etc"])
def test_what_is_no_text_encoding_cannot_be_named(name):
    with pytest.raises(CorpusError, match="No encoding"):
        known(name)
