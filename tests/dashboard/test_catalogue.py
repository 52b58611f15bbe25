"""What the page says is in its catalogue, and its languages say all of it: words that pass it by are found here."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo
from catalogue import ERRORS, LANGUAGES, PACKAGE, extracted, read, texts, wrong

from charrnn.dashboard.components.scripts import JOINED, literals, words
from charrnn.dashboard.language import _ as said
from charrnn.dashboard.language import _n, figure, of_browser, use, within
from charrnn.dashboard.lessons.lesson import lessons
from charrnn.dashboard.session.called import CALLED, MEASURED
from charrnn.dashboard.terms.glossary import glossary
from charrnn.sentence import Counted, Sentence

DASHBOARD = PACKAGE / "dashboard"
CODES = sorted(path.stem for path in LANGUAGES.glob("*.po"))
# Floors and files whose strings are names, styles or scripts, or for those who write lessons.
ELSE = {"components", "server", "streamlit_fixes.py", "language.py", "notebook.py", "script.py", "keys.py", "points.py"}
WORDS = re.compile(r"[A-Za-z]{2}[,.:;]? [a-z“…]|[a-z]{2} [A-Za-z]|^\W*[A-Z][a-z]+\W*$")
SAYING = {"_", "_n", "Sentence", "Counted", *ERRORS}
LOGGED = {"exception", "error", "getLogger"}
UNSAID = {"ValueError", "KeyError", "compile", "TypeVar", "explained", "fromkeys", "get", "served"} | LOGGED
NAMED = {"key", "type", "icon", "format", "name", "letters"}  # arguments that are names
KNOWN = re.compile(
    r"(#? ?CharRNN Lab|Adam|Adagrad|Shakespeare|Measurement \| None|network read|start over|(held-out|the) text|"
    r"(held out|on average|in all|each).*|(outline|background): .*|'Source Code .*|\W+(svg|rect|text) .*|"
    r"default-src .*|Turns)",
    re.DOTALL,
)


def around(node):
    """The names of the calls in which something stands, the nearest first."""
    found = []
    while (outer := getattr(node, "parent", None)) is not None:
        if isinstance(outer, ast.Call) and node is not outer.func:
            found.append(outer.func.attr if isinstance(outer.func, ast.Attribute) else getattr(outer.func, "id", ""))
        node = outer
    return found


def unsaid(source: str):
    """Strings that read as words and pass the catalogue by, with their lines."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            child.parent = node
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Constant) and isinstance(node.value, str) and WORDS.search(node.value)):
            continue
        parent, calls = node.parent, around(node)
        named = isinstance(parent, ast.keyword) and parent.arg in NAMED
        key = isinstance(parent, (ast.Compare, ast.Subscript)) or (isinstance(parent, ast.Dict) and node in parent.keys)
        if isinstance(parent, ast.Expr) or named or key or node.value in glossary() or KNOWN.fullmatch(node.value):
            continue
        if not SAYING & {*calls} and not UNSAID & {*calls[:1]}:
            yield node.lineno, node.value


def files():
    return [path for path in DASHBOARD.rglob("*.py") if not ELSE & {*path.relative_to(DASHBOARD).parts}]


@pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(DASHBOARD)))
def test_no_words_pass_the_catalogue_by(path: Path):
    assert [*unsaid(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize(
    "source",
    [
        'st.button("Open", key="open")',
        'st.caption(f"At step {step}")',
        'help = "Not yet said."',
        '_(""); x = "Try again"',
    ],
)
def test_words_that_pass_by_are_recognised(source: str):
    assert [*unsaid(source)]


@pytest.mark.parametrize("code", CODES)
def test_a_catalogue_says_all_that_the_page_says_and_nothing_else(code: str):
    catalogue = read(LANGUAGES / f"{code}.po")
    assert {str(message.id) for message in catalogue} == {str(message.id) for message in extracted()}, (
        "python tests/catalogue.py brings it up to date"
    )
    assert wrong(catalogue) == []


def meant(catalogue):
    return {tuple(texts(message.id)): texts(message.string) for message in catalogue if message.id}


@pytest.mark.parametrize("code", CODES)
def test_what_the_page_reads_is_made_of_the_catalogue(code: str):
    with (LANGUAGES / f"{code}.mo").open("rb") as file:
        assert meant(read_mo(file)) == meant(read(LANGUAGES / f"{code}.po"))


@pytest.mark.parametrize("code", CODES)
def test_sentences_can_be_made_of_all_patterns(code: str):
    """Each with its own values: what a pattern asks for, its translation can be given."""
    for message in read(LANGUAGES / f"{code}.po"):
        for pattern in texts(message.string) if message.id else ():
            if "{" in pattern and "{{" not in pattern:
                pattern.format_map(Anything())


class Anything(dict):
    def __missing__(self, name):
        return Formatted()


class Formatted:
    def __format__(self, form):
        return format(1, form) if not form.endswith("g") else format(1.0, form)


@pytest.fixture
def german():
    use("de")
    yield
    use("en")


def test_numbers_have_the_marks_of_the_language(german):
    assert figure(1234.5, ",.2f") == "1.234,50"
    assert figure(0.125, ".1%") == "12,5 %"
    assert said("{ids:,} held-out characters", ids=12_000) == "12.000 zurückgehaltenen Zeichen"
    assert within("en", lambda: figure(1234.5, ",.2f")) == "1,234.50"


def test_plurals_are_those_of_the_language(german):
    assert [_n("{n:,} step", "{n:,} steps", n) for n in (0, 1, 2, 1000)] == [
        *("0 Schritte", "1 Schritt", "2 Schritte", "1.000 Schritte")
    ]
    assert said(Counted("{n:,} line", "{n:,} lines", 1)) == "1 Zeile"


def test_a_sentence_is_english_until_it_is_said_and_so_are_those_within_it(german):
    inner = Sentence("on what it read last")
    sentence = Sentence(
        "{loss:.2f} nats {what}, and a blind guess among {V} has {blind:.2f}.", loss=2, what=inner, V=9, blind=1
    )
    assert sentence == "2.00 nats on what it read last, and a blind guess among 9 has 1.00."
    assert said(sentence) == "2,00 Nat auf dem zuletzt Gelesenen, und blindes Raten unter 9 hat 1,00."


def test_what_people_bring_is_no_pattern(german):
    assert said(Sentence("There is no text called “{name}” here: here is another one.", name="{0} {x!r}")) == (
        "Es gibt hier keinen Text namens „{0} {x!r}“: hier ist ein anderer."
    )
    assert said("{never} said") == "{never} said"


@pytest.mark.parametrize(
    ("locale", "code"), [("de-AT", "de"), ("de", "de"), ("fr-FR", "en"), ("", "en"), (None, "en"), ("../x", "en")]
)
def test_the_language_follows_the_browser(locale, code):
    assert of_browser(locale) == code


def test_what_scripts_say_is_found_in_them():
    """A literal that the extraction does not see would stay English."""
    known = {message.id for message in read(LANGUAGES / "de.po") if isinstance(message.id, str)}
    sources = [path.read_text(encoding="utf-8") for path in DASHBOARD.rglob("assets/*.js")]
    assert {text for source in sources for text in literals(source)} <= known


def test_scripts_have_all_the_words_that_the_catalogue_has_of_them():
    german = words("de", JOINED)
    assert german["Likeliest: {guesses}."] == "Am wahrscheinlichsten: {guesses}."
    assert german["."] == ","
    for message in read(LANGUAGES / "de.po"):
        if any("components/assets" in file for file, __ in message.locations):
            assert german.get(message.id, message.id) == message.string


def test_lessons_and_words_are_all_there_in_the_language_with_the_same_questions(german):
    english, wrong = within("en", lessons)
    translated, wrong_here = lessons()
    assert (wrong, wrong_here) == ([], [])
    for one, other in zip(english, translated, strict=True):
        assert one.title != other.title
        for step, same in zip(one.steps, other.steps, strict=True):
            assert (step.run, step.done, step.open, step.point, step.words) == (
                same.run,
                same.done,
                same.open,
                same.point,
                same.words,
            )
            assert step.text != same.text
            assert bool(step.do) == bool(same.do)
            assert bool(step.question) == bool(same.question)
            if step.question:
                assert len(step.question.choices) == len(same.question.choices)
                assert step.question.right == same.question.right
    before, now = within("en", glossary), glossary()
    assert list(now) == list(before)
    assert all(before[term].meaning != now[term].meaning for term in now)


def test_what_is_said_within_an_f_string_is_in_the_catalogue_too():
    known = {pattern for message in extracted() if message.id for pattern in texts(message.id)}
    nested = [
        node.args[0].value
        for file in DASHBOARD.rglob("*.py")
        for string in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(string, ast.JoinedStr)
        for node in ast.walk(string)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") in SAYING
        and isinstance(node.args[0], ast.Constant)
    ]
    assert set(nested) <= known


def test_each_part_of_the_page_is_called_something_should_it_not_be_drawn():
    calls = [node for path in DASHBOARD.rglob("*.py") for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    drawn = {
        node.args[1].value
        for node in calls
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"alone", "redrawn", "part"}
        if len(node.args) > 1 and isinstance(node.args[1], ast.Constant)
    }
    assert "heatmap-drawn" in drawn
    assert drawn - CALLED.keys() == set()
    assert CALLED.keys() - drawn <= MEASURED.keys()
