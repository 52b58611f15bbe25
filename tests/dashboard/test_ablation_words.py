"""Which characters became harder: exactly those, in the order of what is shown."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from charrnn.dashboard.inside.ablation import HARDER, harder, in_words
from charrnn.insight.ablation import Ablation

characters = st.lists(st.tuples(st.floats(-3, 3, width=32), st.integers(0, 500)), min_size=2, max_size=30)


@given(characters)
def test_those_that_became_harder_are_listed_and_none_else_the_first_column_of_figures_falling(found):
    nats, counts = np.array([nats for nats, _ in found]), np.array([count for _, count in found])
    alphabet = "".join(chr(0x100 + k) for k in range(len(found)))
    table = harder(alphabet, np.where(counts > 0, nats, np.nan), counts)
    assert list(table) == ["next", "in all, bits", "each, bits", "came"]
    signs = table["next"].tolist()
    assert table["in all, bits"].is_monotonic_decreasing
    np.testing.assert_allclose(table["in all, bits"], table["each, bits"] * table["came"])
    worse = {sign for sign, nat, count in zip(alphabet, nats, counts, strict=True) if nat > 0 and count}
    assert len(signs) == min(HARDER, len(worse))
    assert set(signs) <= worse
    nats_of = dict(zip(alphabet, nats / np.log(2), strict=True))
    np.testing.assert_allclose(table["each, bits"], [nats_of[sign] for sign in signs])


def none_harder():
    import numpy as np

    from charrnn.dashboard.inside.ablation import harder, suffering

    suffering(harder("ab", np.array([-0.5, np.nan]), np.array([3, 0])))


def test_where_no_character_became_harder_that_is_said_and_no_empty_table_drawn():
    at = AppTest.from_function(none_harder).run()
    assert [element.value for element in at.markdown] == ["No character became harder"]
    assert not at.dataframe


def said(before, after):
    return in_words(Ablation(before, after, np.zeros(1), np.zeros(2), np.ones(2, int)), [3], 0.0)


def test_what_silencing_costs_a_network_that_knows_its_text_by_heart_is_said_without_a_share_of_nothing():
    assert said(0.0, 0.0) == (
        "Unit 3 held at 0 costs **nothing**: the loss goes from 0.000 to 0.000 nats, so it hesitates hardly at all, "
        "as before."
    )
    for before in (0.0, 1e-9, 0.0004):
        assert said(before, 0.5).startswith(f"Unit 3 held at 0 costs **+{0.5 - before:.4f} nats** a character: ")
    assert "(+25.0 %)" in said(2.0, 2.5)
    assert said(0.0, 0.7).endswith("so it hesitates between 2.0 characters, instead of hardly at all.")
    assert "(−25.0 %)" in said(2.0, 1.5)
