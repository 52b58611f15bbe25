"""Browsers that see the same have one picture, made once; those that have chosen otherwise never see each other's."""

from collections.abc import Callable
from typing import NamedTuple

import pytest
from app_page import SECONDS, Page

from charrnn.dashboard.session import measuring

FIRST_SCREEN = {"headline", "strip", "written", "figures"}
OF_THE_TEXT = {"heatmap", "heatmap-said", "on-the-text", "connected"}
OF_AN_ARRAY = {"weights-said", "weights"}
BELOW = {*OF_THE_TEXT, *OF_AN_ARRAY, "connected-said"}
ALL = FIRST_SCREEN | BELOW | {"step"}
COMPARED = {"beside"}


@pytest.fixture
def folded():
    return ()


class Choice(NamedTuple):
    """What can be chosen in a browser, how, and which pictures show it."""

    choose: Callable[[Page], object]
    shown_in: set[str]
    of_both: Callable[[Page], object] = lambda page: None  # what has to be chosen before


def keep(**values: object) -> Callable[[Page], object]:
    """Choose by widgets."""
    return lambda page: [page.at.session_state.__setitem__(key.replace("_", "-"), values[key]) for key in values]


def hold(**values: object) -> Callable[[Page], object]:
    """Choose by what the session holds."""
    return lambda page: [setattr(page.session, name, values[name]) for name in values]


CHOICES = {
    "a sentence": Choice(keep(typed="anna"), {"strip", "step", *OF_THE_TEXT}),
    "a character": Choice(keep(step_at=2), {"step"}),
    "whose loss": Choice(keep(step_loss="all"), {"step"}),
    "a unit": Choice(hold(unit=3), {"heatmap", "on-the-text"}),
    "what a sample begins with": Choice(keep(prime="ma"), {"written"}),
    "a temperature": Choice(keep(temperature=0.2), {"written"}),
    "the likeliest": Choice(keep(top_k=1), {"written"}),
    "another sample": Choice(hold(sampling_seed=2), {"written"}),
    "an array": Choice(keep(array="W_xh"), OF_AN_ARRAY),
    "an order of units": Choice(keep(order="natural"), {"heatmap", "on-the-text"}),
    "what a heatmap shows": Choice(keep(view="change"), {"heatmap"}),
    "a length": Choice(keep(length=200), OF_THE_TEXT),
    "a text": Choice(keep(heatmap_text="maria and anna"), OF_THE_TEXT),
    "a colour": Choice(keep(colour="surprise"), {"on-the-text"}),
    "a pull": Choice(keep(pull="gradient"), {"connected"}),
}
ALONE = {  # each on pages of its own
    "a step that is looked back at": Choice(hold(at=10), ALL),
    "no ranking as yet": Choice(
        lambda page: page.session.measurements.pop("which-unit"), {"strip", "heatmap", "on-the-text"}
    ),
    "an order by a concept": Choice(
        lambda page: page.session.measurements.pop("which-unit"),
        {"strip", "heatmap", "on-the-text"},
        lambda page: page.at.session_state.__setitem__("order", page.session.ranked.value.verdicts[0].name),
    ),
}


@pytest.fixture
def two(open_page) -> tuple[Page, Page]:
    """Two who watch one trained run, with everything unfolded and measured."""
    owner = open_page(text="Names")
    owner.step("100 steps").step("10 steps")
    pages = tuple(open_page(watch=owner.run.watch_token) for _ in range(2))
    for page in pages:
        page.at.session_state["remembers"] = page.at.session_state["learns"] = True
        page.look()
        for measurement in list(page.session.measurements.values()):
            measurement.future.result(SECONDS)
        page.look()
    return pages


def drawings(page: Page) -> dict[str, object]:
    """Which drawing each picture of the page has."""
    return {name: picture.find() for name, picture in page.session.channel._pictures.items()}


def frames(page: Page) -> dict[str, bytes]:
    """Each picture as this browser itself makes it."""
    return {name: picture.make() for name, picture in page.session.channel._pictures.items()}


def apart(first: Page, second: Page) -> set[str]:
    """The pictures that two browsers do not share; those that they share both make alike."""
    one, other = drawings(first), drawings(second)
    assert one.keys() == other.keys()
    separate = {name for name in one if one[name] is not other[name]}
    made, also_made = frames(first), frames(second)
    differing = {name for name in made if made[name] != also_made[name]}
    assert differing <= separate, f"one browser would see what the other has chosen: {differing - separate}"
    return separate


def test_browsers_that_have_chosen_nothing_share_every_picture(two):
    assert drawings(two[0]).keys() == ALL
    assert apart(*two) == set()


@pytest.mark.parametrize(
    "choices", [CHOICES, *({name: choice} for name, choice in ALONE.items())], ids=["one after the other", *ALONE]
)
def test_a_choice_is_seen_where_it_was_made_and_by_those_who_choose_the_same(two, choices):
    first, second = two
    for name, choice in choices.items():
        for page in two:
            choice.of_both(page)
        choice.choose(second)
        redrawn(second)
        redrawn(first)
        assert apart(first, second) == choice.shown_in, name
        choice.choose(first)
        redrawn(first)
        assert apart(first, second) == set(), name


def redrawn(page: Page) -> None:
    """Draw the page anew, with what was chosen, but measure nothing."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(measuring, "measure", lambda *_: None)
        page.look()


def test_browsers_that_see_the_same_have_it_made_once_for_each_version(two, monkeypatch):
    made = []
    for page in two:
        for name, picture in page.session.channel._pictures.items():
            monkeypatch.setattr(picture, "make", lambda name=name, make=picture.make: made.append(name) or make())
    two[0].run.version += 1
    for page in two:
        for name in ALL:
            page.session.channel.fresh(name)
    assert sorted(made) == sorted(ALL)


def test_a_pinned_column_is_seen_where_it_was_pinned(two):
    first, second = two
    second.session.pinned = 5
    second.look()
    assert apart(first, second) == {"strip", "step"}
    first.session.pinned = 5
    first.look()
    assert apart(first, second) == set()


def test_who_gave_a_command_is_not_told_of_it_as_of_anothers(open_page):
    owner = open_page(text="Names")
    other = open_page(run=owner.run.token)
    owner.step("10 steps")
    other.look()
    assert "another browser" in other.figures
    assert "another browser" not in owner.figures
    assert apart(owner, other) == {"figures"}


def test_the_button_is_shared_by_all_who_may_press_it(open_page):
    owner = open_page(text="Names")
    assert apart(owner, open_page(run=owner.run.token)) == set()
    assert "playing" in drawings(owner)


def test_a_comparison_is_shared_by_those_who_compare_the_same(open_page):
    first = open_page(text="Names").step("100 steps")
    second, third = (open_page(run=first.run.token) for _ in range(2))
    fork = first.session.run._owner.fork(first.run, 0, first.run.settings)
    for page in (first, second):
        page.session.compared.append(fork)
    for page in (first, second, third):
        page.at.session_state["compare"] = True
        page.look()
    assert drawings(first).keys() >= COMPARED
    assert apart(first, second) == set()
    assert not COMPARED & drawings(third).keys()


def test_what_was_drawn_of_another_run_is_shared_with_nobody(open_page):
    first, second = open_page(text="Names"), open_page(text="Names")
    assert first.run is not second.run
    one, other = drawings(first), drawings(second)
    assert all(one[name] is not other[name] for name in one)


def test_units_stand_in_one_order_for_all_who_look_at_the_same_while_it_trains(open_page):
    owner = open_page(text="Names")
    owner.click("train").wait(lambda run: run.snapshot.step > 20)
    early = open_page(watch=owner.run.watch_token)
    owner.wait(lambda run: run.snapshot.step > 200)
    late = open_page(watch=owner.run.watch_token)
    order = [page.session.measurements.get("order") for page in (early, late)]
    assert len({id(one) for one in order if one}) == 1  # who sees a picture that was made just then has found none
    assert drawings(early)["heatmap"] is drawings(late)["heatmap"]


def test_what_is_asked_of_one_network_by_all_is_measured_once(open_page):
    owner = open_page(text="Names")
    owner.step("10 steps")
    watchers = [open_page(watch=owner.run.watch_token) for _ in range(2)]
    asked = [page.session.measurements["which-unit"].future for page in (owner, *watchers)]
    assert asked[0] is asked[1] is asked[2]


def test_what_one_browser_no_longer_asks_is_measured_for_the_others(open_page, monkeypatch):
    owner = open_page(text="Names")
    monkeypatch.setattr(
        measuring.turns(large=False), "submit", lambda who, work: measuring.Future()
    )  # it has yet to begin
    owner.step("10 steps")
    watcher = open_page(watch=owner.run.watch_token)
    mine, theirs = (page.session.measurements["which-unit"] for page in (owner, watcher))
    assert mine.future is theirs.future
    mine.let_go()
    assert not theirs.future.cancelled()
    theirs.let_go()
    assert theirs.future.cancelled()
