"""What of the page a link shows: there and back, whatever a link says."""

from hypothesis import given
from hypothesis import strategies as st

from charrnn.dashboard.session import showing

HOSTILE = st.text(max_size=200) | st.lists(st.sampled_from([*showing.PARTS, "all", "../etc", "<b>"])).map(",".join)


@given(st.sets(st.sampled_from(list(showing.PARTS)), min_size=1))
def test_a_link_shows_what_was_ticked(shown):
    assert showing.linked(showing.link(shown)) == (shown, "")


@given(HOSTILE)
def test_whatever_a_link_says_something_is_shown_and_what_was_corrected_is_told_in_a_sentence(said):
    shown, wrong = showing.linked(said)
    assert shown
    assert shown <= showing.ALL
    assert bool(wrong) == any(name not in showing.PARTS for name in said.split(",") if name)
    assert len(wrong) < 200
    assert showing.linked(showing.link(shown)) == (shown, "")
