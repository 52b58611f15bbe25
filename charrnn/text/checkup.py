"""What there is to know of a text before it is learned from, and what each choice would do to it."""

from typing import NamedTuple

from charrnn.text.cleaning import by_frequency, normalised

KEEP = (5_000, 2_000, 1_000, 500, 200, 100)  # how many of the most frequent characters may be kept alone
SELDOM = 5  # times, and fewer: so seldom nothing is learned of a character


class CheckUp(NamedTuple):
    """A text as it would be learned from with nothing changed; U+FFFD, which is no character, apart."""

    characters: int
    alphabet: int
    lowered: int  # characters that would be left in lower case
    seldom: str  # those that occur SELDOM times or fewer, the rarest last
    lost: dict[int, float]  # the fraction of the text that would become U+FFFD, by how many characters are kept


def check_up(text: str) -> CheckUp:
    """Look a decoded text through. Raises CorpusError where it is empty."""
    text = normalised(text, [])
    ranked = by_frequency(text)
    kept = {keep: sum(times for _, times in ranked[:keep]) for keep in KEEP if keep < len(ranked)}
    whole = sum(times for _, times in ranked)
    return CheckUp(
        characters=len(text),
        alphabet=len(ranked),
        lowered=len(set("".join(character for character, _ in ranked).lower())),
        seldom="".join(character for character, times in ranked if times <= SELDOM),
        lost={keep: (whole - times) / len(text) for keep, times in kept.items()},
    )
