"""A class's board: the best first, each with its link; what is no link is said, and loses nothing."""

from app_page import PAGE, SECONDS
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from charrnn.dashboard.session import server, texts
from charrnn.dashboard.views import board
from charrnn.runs.tokens import new_token, watch_token_of
from charrnn.training.settings import Settings

TOKENS = st.lists(st.builds(lambda _: watch_token_of(new_token()), st.none()), unique=True, max_size=5)


@given(TOKENS)
def test_links_that_are_pasted_come_back_from_the_address(tokens):
    links = [f"http://127.0.0.1:8501/?watch={token}&show=strip" if n % 2 else token for n, token in enumerate(tokens)]
    assert board.pasted("\n".join(links)) == (tokens, 0)
    assert board.linked(",".join(tokens)) == (tokens, 0)


@given(TOKENS, st.text("abc,=?&<>./ \n", max_size=60))
def test_whatever_else_is_pasted_loses_no_link(tokens, junk):
    found = board.pasted("\n".join([*(f"?watch={token}" for token in tokens), junk]))
    assert found.tokens == tokens
    assert found.wrong == len(junk.split())


def test_no_more_runs_than_there_is_room_for():
    assert len(board.linked(",".join(watch_token_of(new_token()) for _ in range(2 * board.RUNS))).tokens) == board.RUNS


def test_the_best_comes_first_and_what_is_pasted_is_added(open_page):
    runs = []
    for steps in ("10 steps", "1,000 steps"):
        page = open_page()
        runs.append(page.step(steps).wait(lambda run: run.saved_step >= 10 and run.curve.held_out).run)
    unsaved = server.engine().create(texts.first(), Settings())
    shown = AppTest.from_file(str(PAGE), default_timeout=SECONDS)
    shown.query_params[board.LINK] = f"{runs[0].watch_token},{unsaved.watch_token},x"
    shown.run()
    assert [one.value for one in shown.warning] == [board.left_out(1)]
    assert shown.dataframe[0].value["watch"].tolist() == [f"?watch={runs[0].watch_token}"]
    shown.text_area(key="board-pasted").set_value(f"http://here/?watch={runs[1].watch_token} and more")
    shown.button[0].click().run()
    table = shown.dataframe[0].value
    assert table["watch"].tolist() == [f"?watch={run.watch_token}" for run in reversed(runs)]
    assert table["held out, nats"].is_monotonic_increasing
    assert [one.value for one in shown.warning] == [board.left_out(2)]
    tokens = ",".join(run.watch_token for run in (runs[0], unsaved, runs[1]))
    assert shown.query_params[board.LINK] in (tokens, [tokens])
