import numpy as np
import pytest

from charrnn.insight.mistakes import mistakes
from charrnn.insight.reading import read


def test_each_character_that_came_stands_with_its_guess_as_one_at_a_time_would_count(parameters, ids):
    often, surely = np.zeros((6, 6)), np.zeros((6, 6))
    for t in range(1, len(ids)):
        p = read(parameters, ids[:t]).probabilities[-1]
        often[ids[t], p.argmax()] += 1
        surely[ids[t], p.argmax()] += p.max()
    found = mistakes(parameters, ids)
    np.testing.assert_array_equal(found.often, often)
    np.testing.assert_allclose(found.surely * often, surely)
    assert (found.surely[often == 0] == 0).all()
    assert found.right == pytest.approx(np.trace(often) / (len(ids) - 1))
