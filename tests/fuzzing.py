"""Claims about whatever people, files and pipes may bring, each held against what Hypothesis draws for it.

CLAIMS in fuzzed_*.py are they; tests/test_fuzzed.py holds each for a few cases, tests/soak/fuzz.py for as long as one
says.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

import hostile
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from charrnn.refusal import in_a_line

NOTICE = 700  # characters that a sentence on the page may have
UNHURRIED = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


class Claim:
    """A function that returns in a word how a case went and raises where the claim does not hold, and what is drawn
    for its arguments."""

    def __init__(self, holds: Callable[..., str], drawn: tuple[st.SearchStrategy[Any], ...]) -> None:
        self.name = holds.__name__
        self.came: Counter[str] = Counter()  # how often cases went how
        self._holds, self._drawn = holds, st.tuples(*drawn)

    def hold(self, cases: int, number: int) -> None:
        """Hold it against so many cases, which are those of a seed. Raises what it raises, with the smallest case."""

        @seed(number)
        @settings(max_examples=cases, deadline=None, database=None, suppress_health_check=UNHURRIED)
        @given(self._drawn)
        def fuzzed(case: tuple[Any, ...]) -> None:
            self.came[self._holds(*case)] += 1

        fuzzed()


def about(*drawn: st.SearchStrategy[Any]) -> Callable[[Callable[..., str]], Claim]:
    """Have a function be a claim about what is drawn for its arguments."""
    return lambda holds: Claim(holds, drawn)


def sentence(error: Exception) -> str:
    """What a refusal says, which is a sentence or two, in a line, and nothing that could not be shown."""
    said = str(error)
    assert said == in_a_line(said)
    assert said.endswith((".", "…")), said
    assert len(said) < NOTICE, said
    return said


hostile_texts = st.lists(st.sampled_from(hostile.PIECES) | st.text(max_size=6), max_size=8).map("".join)
texts = st.builds(
    lambda parts, times: "".join(parts) * times, st.tuples(hostile_texts, st.text()), st.sampled_from([1, 1, 2, 9, 99])
)
junk = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=6) | st.just(10**400),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=8,
)


@st.composite
def edited(draw: st.DrawFn, whole: bytes, most: int = 4) -> bytes:
    """The same bytes with a few places removed, doubled, or replaced by others."""
    data = bytearray(whole)
    for _ in range(draw(st.integers(0, most))):
        start = draw(st.integers(0, len(data)))
        length = draw(st.sampled_from([0, 1, 2, 4, 8, 64, 1_000, len(data)]))
        gone = bytes(data[start : start + length])
        data[start : start + length] = draw(st.sampled_from([b"", gone * 2]) | st.binary(max_size=16))
    return bytes(data)


@st.composite
def altered(draw: st.DrawFn, value: Any) -> Any:
    """JSON-able values with something in them missing or another, at any depth."""
    if isinstance(value, dict) and value and draw(st.integers(0, 4)):
        key = draw(st.sampled_from(sorted(value)))
        others = {name: each for name, each in value.items() if name != key}
        return others if draw(st.integers(0, 4)) == 0 else others | {key: draw(altered(value[key]))}
    if isinstance(value, list) and value and draw(st.integers(0, 2)):
        place = draw(st.integers(0, len(value) - 1))
        return [*value[:place], draw(altered(value[place])), *value[place + 1 :]]
    return draw(junk)
