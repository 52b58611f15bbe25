"""The steps at which something of a run is kept: spaced evenly on a logarithmic axis."""


def next_mark(step: int) -> int:
    """The next step after `step` that is 1, 2, 3 or 5 times a power of ten: a sample is written there."""
    power = 10 ** (len(str(step)) - 1)
    return next(digit * power for digit in (1, 2, 3, 5, 10) if digit * power > step)


def is_milestone(step: int) -> bool:
    """Whether the exact network of a step is kept: 10, 30, 100, 300, 1,000 …"""
    digits = str(step)
    return digits[0] in "13" and len(digits) > 1 and not digits[1:].strip("0")
