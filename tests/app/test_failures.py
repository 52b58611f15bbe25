"""A view that fails says so in its place, the log says why, and all others stand."""

import pytest
from app_page import PANELS
from streamlit.testing.v1 import AppTest
from test_inside import KNOWS, LEARNS, REMEMBERS, SUBJECTS, WORKS, drawn, measured, measured_of

from charrnn.dashboard import drawing
from charrnn.dashboard.controls import player, settings
from charrnn.dashboard.inside import (
    ablation,
    attribution,
    hidden_states,
    learns,
    one_step,
    probing,
    proof,
    remembers,
    unit_text,
    works,
    wrong,
)
from charrnn.dashboard.session.called import CALLED, MEASURED, called_first
from charrnn.dashboard.views import compare, copying, filmstrip, first_screen, watched, writing

EVERYTHING = KNOWS | REMEMBERS | LEARNS | WORKS | {"watched-text", "four-temperatures", "usual", "copied-text"}
OF_UNITS = set().union(*SUBJECTS.values())
EVERYTHING |= {"playing", "headline", "strip", "curve", "written-text"}
VIEWS = [  # what is to fail, the part of the page that it is in, and what else is gone with it
    (settings, "choose_learning", "learning", set()),
    (player, "playing", "buttons", {"playing"}),
    (first_screen, "headline", "headlined", {"headline"}),
    (first_screen, "notices", "notices", set()),
    (first_screen, "read", "reading", {"strip"}),
    (first_screen.loss_curve, "history", "curved", {"curve"}),
    (first_screen.loss_curve, "choice", "curve-choices", set()),
    (writing, "of_text", "written", {"written-text"}),
    (watched, "text_of", "one-by-one", {"watched-text"}),
    (watched, "side_by_side", "temperatures", {"four-temperatures"}),
    (copying, "in_words", "copying", {"usual", "copied-text"}),
    (hidden_states, "order_control", "heatmap-row", set()),
    (hidden_states, "picture_of", "heatmap-drawn", {"heatmap"}),
    (unit_text, "picture_of", "text-drawn", {"on-the-text"}),
    (unit_text, "most", "unit-text", {"most-on", "most-off"}),
    (probing, "in_columns", "which-unit", {"verdicts"}),
    (ablation, "in_words", "silence-drawn", {"harder", "beside"}),
    (ablation.inside, "cost_data", "unit-costs", {"costs"}),
    (remembers, "in_words", "memory", {"eigenvalues"}),
    (attribution, "pulls", "connections-drawn", {"connected"}),
    (attribution, "guessed", "guesses", {"guesses-here"}),
    (learns, "array_control", "array-row", set()),
    (learns, "histogram", "spread", {"histogram"}),
    (learns, "as_met", "as-met", {"gradient-norm", "gradient-clipped"}),
    (learns, "saturated", "over-time", {"saturated"}),
    (learns, "embedding", "embedding", {"points"}),
    (proof, "in_columns", "proof", {"proof-rows"}),
    (works, "encoded", "network-drawn", {"step-drawn"}),
    (one_step, "written_out", "step-tables", WORKS - {"step-drawn", "mistakes"}),
    (wrong, "in_words", "mistakes", {"mistakes"}),
    (one_step, "by_unit", "step-tables", {"step-units", "step-columns"}),
    (filmstrip, "frames", "film-frames", set()),
    (compare, "buttons", "comparing", set()),
]


@pytest.fixture
def panels():
    return PANELS


@pytest.fixture
def folded():
    return ()


def fail(*_args, **_named):
    raise ZeroDivisionError("on purpose")


@pytest.fixture
def whole(page):
    """A trained network with everything unfolded."""
    for section in ("watched", "remembers", "learns", "film", "compare", "step-as-tables"):
        page.at.session_state[section] = True
    return measured(page.step("100 steps"))


def halves(views):
    """Some of them, again and again, until of any two each has once been among them without the other."""
    for bit in range(max(1, (len(views) - 1).bit_length())):
        for value in (0, 1):
            yield [view for number, view in enumerate(views) if number >> bit & 1 == value]


def test_a_view_that_fails_takes_no_other_with_it(whole, monkeypatch, caplog):
    for subject, shown in SUBJECTS.items():
        measured_of(whole, subject)
        views_here = [view for view in VIEWS if view[3] & shown or (subject == "verdicts" and not view[3] & OF_UNITS)]
        for views in filter(None, halves(views_here)):
            caplog.clear()
            drawing._SHARED.clear()  # pictures that a traceback in the log has kept
            whole.broken = {part for _, _, part, _ in views}
            gone = set().union(*(gone for *_, gone in views))
            with monkeypatch.context() as patched:
                for module, function, _, _ in views:
                    patched.setattr(module, function, fail)
                there = drawn(whole.look())
            assert (EVERYTHING | shown) - there == gone
            said = [text.value for text in whole.at.text if "could not be drawn" in text.value]
            assert len(said) == len(whole.broken)
            for part in whole.broken:
                assert any(words.startswith(called_first(part)) for words in said)
                assert f"The part {part} of the page could not be drawn." in caplog.text
            assert "ZeroDivisionError: on purpose" in caplog.text
        whole.broken = set()
    assert drawn(whole.look()) >= EVERYTHING


def test_every_view_has_words_of_its_own_before_it_has_anything_to_show(page):
    for section in ("watched", "remembers", "learns", "film", "compare"):
        page.at.session_state[section] = True
    page.look()
    said = [caption.value for caption in page.at.caption]
    for name in MEASURED.keys() - {"unit-text", "where-else-found", "unit-costs", "reaches"}:
        assert f"Nothing yet: train it and pause, and here stands {CALLED[name]}." in said
    for subject, name in (("extremes", "unit-text"), ("silence", "unit-costs")):
        page.turn_to(subject)
        assert any(CALLED[name] in caption.value for caption in page.at.caption)
    assert any(words.startswith("No step yet") for words in said)
    assert any(words.startswith("So far only the untrained network") for words in said)


@pytest.mark.parametrize("moment", ["begun", "done"])
def test_a_measurement_that_fails_says_so_and_can_be_tried_again(page, monkeypatch, caplog, moment):
    page.at.session_state["remembers"] = True
    with monkeypatch.context() as patched:
        patched.setattr(*(remembers, "measured" if moment == "begun" else "spectra", fail))
        page.step("100 steps")
        with pytest.raises(ZeroDivisionError):
            measured(page)
        said = [caption.value for caption in page.look().at.caption]
        assert any(
            words.startswith("How far the gradient reaches back and why it fades could not be") for words in said
        )
        assert "memory could not be measured." in caplog.text
        assert "ZeroDivisionError: on purpose" in caplog.text
        assert "connected" in drawn(page)
    page.look().click("memory-again")
    assert {"reach", "eigenvalues"} <= drawn(measured(page))


def controlled():
    import streamlit as st

    from charrnn.dashboard.session.parts import alone

    if st.session_state.setdefault("runs", 0) == 0:
        st.session_state["runs"] = 1
        alone(st.rerun, "any")
    alone(st.stop, "any")
    st.text("after the stop")


def test_what_streamlit_stops_or_redraws_a_script_with_passes():
    at = AppTest.from_function(controlled).run()
    assert at.session_state["runs"] == 1
    assert not at.text
