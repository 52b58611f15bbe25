"""Which characters became harder: exactly those, in the order of what is shown."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from charrnn.dashboard.silence import HARDER, harder

characters = st.lists(st.tuples(st.floats(-3, 3, width=32), st.integers(0, 500)), min_size=2, max_size=30)


@given(characters)
def test_those_that_became_harder_are_listed_and_none_else_the_first_column_of_figures_falling(found):
    nats, counts = np.array([nats for nats, _ in found]), np.array([count for _, count in found])
    alphabet = "".join(chr(0x100 + k) for k in range(len(found)))
    table = harder(alphabet, np.where(counts > 0, nats, np.nan), counts)
    signs, in_all, each, came = table.columns
    assert list(in_all.values) == sorted(in_all.values, reverse=True)
    np.testing.assert_allclose(in_all.values, np.multiply(each.values, came.values))
    worse = {sign for sign, nat, count in zip(alphabet, nats, counts, strict=True) if nat > 0 and count}
    assert len(signs.cells) == min(HARDER, len(worse))
    assert set(signs.cells) <= worse
    assert (table.title == "No character became harder") == (not worse)
