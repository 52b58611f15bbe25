"""What all tests share: one BLAS thread, and a folder of their own for what they save."""

import os
from collections.abc import Iterator
from tempfile import TemporaryDirectory

import hypothesis
import pytest

import charrnn  # noqa: F401  before all else: NumPy gets one thread, as workers have, or the last bits may differ

hypothesis.settings.register_profile("no wall times", deadline=None)
hypothesis.settings.load_profile("no wall times")


@pytest.fixture(scope="session", autouse=True)
def home() -> Iterator[None]:
    """Runs are kept in a folder that goes with the tests, never in that of whoever runs them."""
    with TemporaryDirectory() as folder:
        os.environ["CHARRNN_HOME"] = folder
        yield
        del os.environ["CHARRNN_HOME"]
