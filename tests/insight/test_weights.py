import numpy as np
import pytest

from charrnn.insight.weights import embedding, histogram, kinds, saturation


def test_a_histogram_counts_every_entry_of_an_array(parameters):
    for name, array in parameters._asdict().items():
        one = histogram(name, array, limit=0.5, bins=9)
        assert one.name == name
        assert one.counts.sum() == array.size
        assert one.counts[4] == np.count_nonzero(np.abs(array) < 0.5 / 9)
        assert one.counts[0] == np.count_nonzero(array < one.edges[1])


def test_a_histogram_is_as_wide_as_its_values_and_bears_what_is_not_a_number():
    found = histogram("b_h", np.array([-2.0, 0.0, 1.0, np.nan, np.inf]), bins=4)
    assert (found.edges[0], found.edges[-1], found.counts.sum()) == (-2, 2, 3)
    assert histogram("b_h", np.zeros(3)).counts.sum() == 3


def test_saturation_is_the_share_of_values_on_the_flat_of_the_tanh():
    hidden = np.array([[0.95, 0.1], [-0.95, 0.0], [0.5, -0.99], [0.0, 0.0]])
    found = saturation(hidden)
    assert found.share == pytest.approx(3 / 8)
    assert found.histogram.counts.sum() == 8


def test_the_embedding_is_the_plane_that_keeps_most_of_the_rows(rng):
    plane = rng.normal(size=(30, 2)) * [5, 2]
    turned = plane @ np.linalg.qr(rng.normal(size=(8, 8)))[0][:2] + 3
    found = embedding(turned)
    distances = np.linalg.norm(found.points[:, None] - found.points, axis=2)
    np.testing.assert_allclose(distances, np.linalg.norm(plane[:, None] - plane, axis=2), atol=1e-9)
    assert sum(found.explained) == pytest.approx(1)
    eigenvalues = np.linalg.eigvalsh(np.cov(turned.T))[::-1]
    np.testing.assert_allclose(found.explained, eigenvalues[:2] / eigenvalues.sum())


def test_the_embedding_does_not_flip_with_the_sign_of_a_singular_vector(rng):
    rows = rng.normal(size=(10, 4))
    points = embedding(rows).points
    assert np.all(points[np.abs(points).argmax(axis=0), [0, 1]] > 0)


def test_the_embedding_stays_turned_as_it_was_a_moment_before(rng):
    rows = rng.normal(size=(10, 4))
    before = embedding(rows).points * [-1, 1]
    found = embedding(rows + 1e-6, before)
    np.testing.assert_allclose(found.points, before, atol=1e-4)
    assert np.array_equal(embedding(rows, before[:5]).points, embedding(rows).points)


@pytest.mark.parametrize("shape", [(2, 1), (1, 5), (3, 3)])
def test_an_embedding_of_very_little_is_still_points(shape):
    assert embedding(np.ones(shape)).points.shape == (shape[0], 2)


def test_characters_are_of_a_kind():
    assert kinds("aé\n 7Z.kß") == [
        "vowel", "vowel", "space", "space", "digit", "capital", "punctuation", "other letter", "other letter",
    ]  # fmt: skip
