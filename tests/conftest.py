"""What all tests share: one BLAS thread, and a folder of their own for what they save."""

import os
from collections.abc import Iterator
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings

import charrnn  # noqa: F401  before all else: NumPy gets one thread, as workers have, or the last bits may differ

settings.register_profile("patient", deadline=None)  # a busy machine proves nothing wrong
settings.load_profile("patient")


@pytest.fixture(scope="session", autouse=True)
def home() -> Iterator[None]:
    """Runs are kept in a folder that goes with the tests, never in that of whoever runs them."""
    with TemporaryDirectory() as folder:
        os.environ["CHARRNN_HOME"] = folder
        yield
        del os.environ["CHARRNN_HOME"]
