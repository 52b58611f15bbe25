"""The steps at which something of a run is kept: spaced evenly on a logarithmic axis, and where it was paused."""

from collections.abc import Collection

PAUSES = 20  # stored beside the log-spaced steps; a run trained window by window pauses at each


def next_mark(step: int) -> int:
    """The next step after `step` that is 1, 2, 3 or 5 times a power of ten: a sample is written there."""
    power = 10 ** (len(str(step)) - 1)
    return next(digit * power for digit in (1, 2, 3, 5, 10) if digit * power > step)


def is_log_spaced(step: int) -> bool:
    """Whether the exact network of a step is kept wherever training goes: 0, 10, 30, 100, 300, 1,000 …"""
    digits = str(step)
    return step == 0 or (digits[0] in "13" and len(digits) > 1 and not digits[1:].strip("0"))


def lasting(steps: Collection[int]) -> set[int]:
    """Which of the stored steps, in order, stay: the log-spaced ones always, of the pauses the latest."""
    pauses = [step for step in steps if not is_log_spaced(step)]
    return set(steps) - set(pauses[:-PAUSES])
