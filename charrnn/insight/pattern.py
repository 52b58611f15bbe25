"""A learner's regular expression, run with a deadline.

A pattern such as (a+)+b can take for ever, and it holds the interpreter while it does: no thread can stop it. So it
runs in a process of its own, this very file, which is ended when its time is over. Only the standard library is used,
so that the process starts in a few hundredths of a second.
"""

import json
import re
import subprocess
import sys


class PatternError(ValueError):
    """A pattern that cannot be read or takes too long, said in one sentence, in which values may stand."""

    def __init__(self, said: str, /, **values: object) -> None:
        super().__init__(said.format(**values) if values else said)
        self.made_of = said, values


def matches(pattern: str, text: str, deadline: float = 2.0, *, any_case: bool = False) -> list[tuple[int, int]]:
    """Start and end of each match of the pattern in the text that is not empty; ^ and $ mean each line's ends.

    In `any_case` capitals match small letters too, as is meant where a text has none.

    Raises PatternError where the pattern is not a regular expression or takes longer than `deadline` seconds.
    """
    try:
        child = subprocess.run(
            [sys.executable, "-I", __file__],
            input=json.dumps([pattern, text, any_case]).encode("ascii"),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=deadline,
        )
    except subprocess.TimeoutExpired:
        raise PatternError(
            "The pattern was stopped after {seconds:g} s on {characters:,} characters: repetitions within "
            "repetitions, such as (a+)+, can take for ever. Try a simpler one.",
            seconds=deadline,
            characters=len(text),
        ) from None
    if child.returncode:
        raise PatternError("The pattern could not be run to its end: try a simpler one.")
    answer = json.loads(child.stdout)
    if isinstance(answer, str):
        raise PatternError("The pattern cannot be read as a regular expression: {answer}.", answer=answer)
    return [(start, end) for start, end in answer]


def _find(pattern: str, text: str, any_case: bool) -> list[tuple[int, int]] | str:
    """The spans of all matches, or what is wrong with the pattern."""
    try:
        compiled = re.compile(pattern, re.MULTILINE | (re.IGNORECASE if any_case else 0))
    except (re.error, OverflowError, RecursionError) as error:
        return str(error)
    return [match.span() for match in compiled.finditer(text) if match.end() > match.start()]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_find(*json.loads(sys.stdin.buffer.read()))))
