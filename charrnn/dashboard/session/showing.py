"""Show only this: what of the page a link shows, by names of a closed list: ?show=strip,curve in the address.

Who opens such a link can change it: it spares a class what it does not need, and keeps nothing secret.
"""

from collections.abc import Collection

from charrnn.dashboard.terms.vocabulary import SECTIONS
from charrnn.refusal import in_a_line
from charrnn.sentence import Sentence

LINK = "show"  # its name in the address
PARTS = {  # by their keys on the page, in its order
    "text": Sentence("Text"),
    "network": Sentence("Network"),
    "learning": Sentence("Learning"),
    "my-runs": Sentence("My runs"),
    "sentence": Sentence("Sentence"),
    "lessons": Sentence("Lessons"),
    "share": Sentence("Share"),
    "headline": Sentence("the loss in words"),
    "strip": Sentence("the reading strip"),
    "curve": Sentence("the loss curve"),
    "sample": Sentence("what it writes"),
    "player": Sentence("Train, and the slider over stored steps"),
} | SECTIONS
ALL = frozenset(PARTS)


def linked(said: str) -> tuple[frozenset[str], str]:
    """The parts that a link names, all where it names none; and a sentence where it had to be corrected."""
    named = [name for name in said.split(",") if name]
    shown = ALL.intersection(named)
    if not named:
        return ALL, ""
    if not shown:
        return ALL, Sentence(
            "The link is to show “{named}”, and nothing is called so: here is all of the page.",
            named=in_a_line(said[:60]),
        )
    unknown = [in_a_line(name[:60]) for name in named if name not in PARTS]
    return shown, Sentence(
        "There is nothing called “{named}” to be shown: here is the rest.", named=unknown[0]
    ) if unknown else ""


def link(shown: Collection[str]) -> str:
    """As the address has it: "" for all of the page."""
    return "" if ALL.issubset(shown) else ",".join(name for name in PARTS if name in shown)
