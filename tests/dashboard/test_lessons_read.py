"""Lessons as files: those of the project can be read and had; whatever is wrong with one is said with file and line."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charrnn.dashboard.lessons import place, staging
from charrnn.dashboard.lessons.lesson import LESSONS, lessons, read
from charrnn.dashboard.lessons.points import POINTS
from charrnn.dashboard.session import facts
from charrnn.dashboard.terms import vocabulary
from charrnn.dashboard.terms.document import LessonError
from charrnn.dashboard.terms.glossary import glossary
from charrnn.dashboard.terms.sentences import all_hold, condition, pieces, told

FOUND, WRONG = lessons()
BY_NAME = {lesson.name: lesson for lesson in FOUND}
SMALL = "# Title\n```toml\nnumber = 1\n```\nAbout.\n\n## Step\n```toml\n{}\n```\nText.\n"


def test_all_lessons_of_the_project_can_be_read_and_have_what_they_promise():
    assert WRONG == []
    assert len(FOUND) >= 10
    words = glossary()
    for lesson in FOUND:
        assert lesson.about
        assert any(step.found for step in lesson.steps)
        for step in lesson.steps:
            staging.wanted(step)  # raises where text or settings cannot be had
            assert set(step.words) <= words.keys()
            assert not step.done or (step.do and step.found)


def test_readme_and_reader_have_the_same_vocabulary():
    """A teacher has nothing else to go by."""
    told = set(re.findall(r"(?<!`)`([^`\n]+)`(?!`)", (LESSONS / "README.md").read_text(encoding="utf-8")))
    sections = {f"{key} open" for key in vocabulary.SECTIONS}
    settings = set(vocabulary.WORDS)
    assert vocabulary.FACTS.keys() - sections - settings <= told
    assert POINTS.keys() <= told


def test_all_facts_have_somebody_who_knows_them():
    of_runs = {*vocabulary.OF_A_RUN}
    known = of_runs | facts.OF_A_CONCEPT.keys() | facts.OF_THE_PAGE.keys()
    known |= {*vocabulary.BASELINES, "exact entropy", *(f"{key}{facts.OPEN}" for key in vocabulary.SECTIONS)}
    assert vocabulary.FACTS.keys() == known


@pytest.mark.parametrize(
    ("head", "line", "says"),
    [
        ("done = { step = 100 }", 9, "“step” must be at least, at most, above, below something"),
        ('do = "x"\ndone = { stepp = "at least 1" }', 10, "nothing is known as “stepp”"),
        ('done = { step = "at least many" }', 9, "nothing is known as “many”"),
        ('done = { "score of colour" = "at least 1" }', 9, "“score” is of one of"),
        ('found = "It is {eval(1)}."', 9, "nothing is known as “eval(1)”"),
        ('found = "It is {step:>99999999}."', 9, "in braces stands the name of a fact alone"),
        ('found = "It is {step.__class__}."', 9, "nothing is known as “step.__class__”"),
        ('found = "It is {step"', 9, "a brace is left alone"),
        ('point = "body *"', 9, "there is no thing to point at “body *”"),
        ('open = "all"', 9, "there is no section “all”"),
        ("run = { hidden_size = 0 }", 9, "must be a number between 1 and 2048"),
        ('run = { hidden_size = "64" }', 9, "must be a number"),
        ("run = { lines = 3 }", 9, "a run has no “lines”"),
        ('run = { dtype = ["float32"] }', 9, "should be words"),
        ("fork = { decay = 1.0 }", 9, "a fork cannot have another “decay”"),
        ('question = "Why?"', 9, "a question needs"),
        ('question = "Why?"\nchoices = ["a", "b"]\nanswer = 3', 9, "a question needs"),
        ("colour = 1", 9, "there is nothing called “colour”"),
        ("do = ", 9, "this is no TOML"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_line(tmp_path, head, line, says):
    path = tmp_path / "broken.md"
    path.write_text(SMALL.format(head), encoding="utf-8")
    with pytest.raises(LessonError) as error:
        read(path)
    assert str(error.value).startswith(f"broken.md, line {line}: ")
    assert says in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "line 1: a title is missing"),
        (b"## Step\ntext", "line 1: here is a step before the title"),
        (b"# A\n# B\n", "line 2: here is a second title"),
        (b"# A\ntext", "line 1: a lesson needs a step"),
        (b"# A\n## B\n", "line 2: the step says nothing"),
        (b"# A\n## B\n```toml\ndo = 1\n", "line 3: what is opened here with ``` is never closed"),
        (b"# A\n## B\n\xff", "line 3: this is no UTF-8"),
        (b"# A\n" * 60_000, "has more than 200,000 bytes"),
    ],
)
def test_a_damaged_file_leaves_the_others_alone(tmp_path, text, says):
    (tmp_path / "good.md").write_text(SMALL.format('do = "x"'), encoding="utf-8")
    (tmp_path / "bad.md").write_bytes(text)
    (tmp_path / "Bad Name.md").write_bytes(text)
    found, wrong = lessons(tmp_path)
    assert [lesson.name for lesson in found] == ["good"]
    assert any(says in sentence for sentence in wrong)
    assert any("its name stands in links" in sentence for sentence in wrong)


@given(st.binary(max_size=300))
def test_whatever_stands_in_a_file_one_sentence_says_what_is_wrong(tmp_path_factory, junk):
    path = tmp_path_factory.mktemp("lessons") / "junk.md"
    path.write_bytes(b"# A\n## B\n```toml\n" + junk + b"\n```\ntext")
    found, wrong = lessons(path.parent)
    assert len(found) + len(wrong) == 1
    assert all(sentence.startswith("junk.md") for sentence in wrong)


def test_conditions_hold_of_what_is_known_and_of_nothing_else():
    known = {"step": 1_000, "held_out": 1.9, "counting triples": 2.0, "paused": "yes"}
    done = tuple(
        condition(name, said)
        for name, said in [("step", "at least 1,000"), ("held_out", "below counting triples"), ("paused", "yes")]
    )
    assert all_hold(done, known.get)
    for name, value in [("step", 999), ("held_out", 2.0), ("paused", "no"), ("counting triples", None), ("step", None)]:
        assert not all_hold(done, (known | {name: value}).get)
    assert not condition("held_out", "above 1").holds({"held_out": float("nan")}.get)


def test_what_is_missing_is_told_with_how_it_stands_and_that_it_is_not_known_yet():
    missing = condition("step", "at least 1,000").missing
    assert missing({"step": 30}.get).endswith("at least 1,000. Now: 30.")
    assert missing({}.get).endswith("Now: not known yet.")


def test_every_condition_of_every_lesson_can_be_met_and_missed():
    for lesson in FOUND:
        for one in (one for step in lesson.steps for one in step.done):
            bound = 1.0 if isinstance(one.value, str) else one.value
            values = [one.value, "no"] if not one.relation else [bound - 1, bound, bound + 1]
            fixed = {one.value: bound} if one.relation and isinstance(one.value, str) else {}
            assert {one.holds((fixed | {one.fact: value}).get) for value in values} == {True, False}, (lesson.name, one)


def test_a_sentence_is_told_with_its_figures():
    sentence = "At step {step}: {held_out} nats, {reach}."
    assert told(sentence, {"step": 12_345, "held_out": -1.5}.get) == "At step 12,345: −1.50 nats, …."
    assert [name for _, name in pieces(sentence) if name] == ["step", "held_out", "reach"]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)
KEPT = st.fixed_dictionaries({"step": ANYTHING, "done": ANYTHING, "guesses": ANYTHING, "run": ANYTHING})


@given(st.sampled_from(FOUND), ANYTHING | KEPT)
def test_whatever_a_browser_has_kept_it_is_a_place_in_the_lesson(lesson, said):
    found = place.kept(lesson, said)
    assert 0 <= found.step < len(lesson.steps)
    assert found.done <= set(range(len(lesson.steps)))
    for step, guess in found.guesses.items():
        assert 0 <= guess < len(lesson.steps[step].question.choices)


@given(st.sampled_from(FOUND), st.data())
def test_a_place_comes_back_from_its_link_and_from_what_is_kept(lesson, data):
    last = len(lesson.steps) - 1
    at = place.Place(lesson, data.draw(st.integers(0, last)), data.draw(st.sets(st.integers(0, last))), {}, "token")
    found, wrong = place.linked(at.link(), FOUND)
    assert (found.lesson, found.step, wrong) == (lesson, at.step, "")
    assert place.kept(lesson, at.to_keep()) == at


@given(st.text(max_size=70), st.text(max_size=8) | st.none())
def test_a_bad_link_is_corrected_with_a_sentence(name, number):
    query = {"lesson": name} if number is None else {"lesson": name, "place": number}
    found, wrong = place.linked(query, FOUND)
    assert (found is None and wrong) or name in BY_NAME
    found, wrong = place.linked(query | {"lesson": FOUND[0].name}, FOUND)
    places = [str(step + 1) for step in range(len(found.lesson.steps))]
    right = number is None or number.lstrip("0") in places
    assert bool(wrong) != bool(right)
