"""What a person looks at: the unit, the text and the order chosen, wherever that was."""

from typing import Any, NamedTuple

import numpy as np

from charrnn.dashboard.session import fields, measuring
from charrnn.dashboard.session.parts import anew
from charrnn.dashboard.session.session import CELLS, CHARACTERS, RANKING, Session
from charrnn.insight import states
from charrnn.network.cells import cell_of
from charrnn.network.parameters import Array
from charrnn.sentence import Sentence

ORDERS = {
    "similar": Sentence("alike beside each other"),
    "variance": Sentence("most varying first"),
    "natural": Sentence("by number"),
}
COMPUTED = {"similar": states.by_similarity, "variance": states.by_variance}
VIEWS = {
    "value": Sentence("value"),
    "deviation": Sentence("deviation from the unit's mean"),
    "change": Sentence("change from the character before"),
}
PARTS = {  # what there is to see of a state, and of what made it, by the cell
    "rnn": {"h": Sentence("hidden state h")},
    "gru": {
        "h": Sentence("hidden state h"),
        "r": Sentence("reset gate r"),
        "z": Sentence("update gate z"),
        "n": Sentence("candidate n"),
    },
    "lstm": {
        "h": Sentence("hidden state h"),
        "c": Sentence("cell state c"),
        "o": Sentence("output gate o"),
        "i": Sentence("input gate i"),
        "f": Sentence("forget gate f"),
        "g": Sentence("candidate g"),
    },
}
LENGTHS = {CELLS: Sentence("as above"), 200: "200", CHARACTERS: f"{CHARACTERS}"}  # of the held-out text
SUBJECTS = {  # what there is to see of the units below the heatmap and the text, one at a time
    "verdicts": Sentence("Which unit knows what"),
    "extremes": Sentence("Where it is on and off"),
    "elsewhere": Sentence("Where else"),
    "silence": Sentence("Silence it"),
}
FOLLOWERS = (  # parts of the page that follow a picked unit and a typed text
    *("heatmap-drawn", "text-drawn", "unit-text", "where-else", "silence", "silence-drawn"),
    *("connections-drawn", "guesses"),
    "step-tables",
)


class Reading(NamedTuple):
    """The text that is looked at, and the states it leads to. T = its characters, without the context before it."""

    ids: Array  # (start + T,) context first
    start: int
    h: Array  # (start + T + 1, S H) the states before the first character, then after each
    units: int  # H

    @property
    def hidden(self) -> Array:
        """(T, H) after each character that is shown."""
        return self.h[1 + self.start :, : self.units]


class Chosen(NamedTuple):
    """What the controls say, for those who cannot ask them: pictures are made in other threads."""

    order: str
    view: str
    typed: str
    length: int
    part: str

    def text(self, session: Session) -> tuple[str, int, str]:
        """What decides on the text that is read."""
        return self.typed, self.cells(session), session.typed

    def cells(self, session: Session) -> int:
        """How many characters of the held-out text: with the first choice as many as the strip reads."""
        return session.cells if self.length == CELLS else self.length


def orders(session: Session) -> list[str]:
    """In which the units can be put: once they have been ranked, also by what they know."""
    found = measuring.found(session, RANKING)
    return [*ORDERS, *(verdict.name for verdict in (found.value.verdicts if found else []))]


def chosen(session: Session) -> Chosen:
    """What the controls say now."""
    one, parts = fields.one, PARTS[session.run.settings.cell]
    order, view, part = one("order", orders(session)), one("view", VIEWS), one("part", parts)
    return Chosen(order, view, fields.typed("heatmap-text"), one("length", LENGTHS), part)


def reading(session: Session, choice: Chosen | None = None) -> Reading:
    """The strip's sentence and what follows it, or a text typed in, as the shown network reads it."""
    choice = choice or chosen(session)
    ids, start = session.ids(choice.cells(session))
    corpus = session.run.corpus
    own = corpus.vocabulary.encode(corpus.typed(choice.typed))[:CHARACTERS]
    if len(own):
        ids, start = own, 0
    parameters = session.view.parameters
    return Reading(ids, start, session.states(parameters, ids), len(parameters.W_hh))


def part_of(session: Session, now: Reading, choice: Chosen) -> tuple[str, Array]:
    """The name of the part that was chosen, "" for h and where the cell has none such, and its values (T, H)."""
    names, parameters = PARTS[session.run.settings.cell], session.view.parameters
    if choice.part == "h" or choice.part not in names:
        return "", now.hidden
    parts = cell_of(parameters).parts(parameters, now.ids, now.h[:-1], now.h[1:])
    return names[choice.part], parts[choice.part][now.start :]


def follow() -> None:
    """Have all that follows a pick drawn anew; only from a widget's callback."""
    anew(*FOLLOWERS)()


def pin(session: Session, column: int | None) -> None:
    """A column was pinned in the strip: have all that follows it drawn anew; only from its callback."""
    session.pinned = column
    anew("reading", "network-drawn", "step-tables")()


def look_at(session: Session, unit: int) -> None:
    """A unit was picked, somewhere."""
    session.unit = unit
    follow()


def shown(session: Session) -> Any:
    """Which network is shown."""
    return session.origin, session.view.step, session.view.past


def looked_at(session: Session) -> int:
    """The unit that was picked; before that the one that knows something best."""
    unit = session.best_known if session.unit is None else session.unit
    return min(unit, session.run.settings.hidden_size - 1)


def seen_as(h: Array, view: str) -> tuple[Array, float]:
    """The states (T, H) as value, deviation or change, and the end of the scale: only a cell state goes beyond ±1."""
    limit = max(1.0, float(np.abs(h).max(initial=0)))
    if view == "deviation":
        return states.deviation(h), 2 * limit
    return (states.change(h), 2 * limit) if view == "change" else (h, limit)


def ordered(session: Session, h: Array, choice: Chosen) -> Array:
    """All units (H,), in the order asked for; while training it stands still."""
    order = choice.order
    if order in COMPUTED:
        kept = measuring.kept(session, "order", lambda: COMPUTED[order](h), (order, *choice.text(session)))
        units: Array = kept.value
        return units
    found = measuring.found(session, RANKING)
    verdicts = found.value.verdicts if found else []
    strengths = next((verdict.strengths for verdict in verdicts if verdict.name == order), None)
    return np.arange(h.shape[1]) if strengths is None else states.by_score(strengths)
