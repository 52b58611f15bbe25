"""What one browser has: its run, the lease that keeps it alive, and what it is looking at."""

import os
import secrets
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np
import streamlit as st

from charrnn.dashboard.channel import Channel
from charrnn.dashboard.drawing import shared
from charrnn.dashboard.language import _, sentence_of, spoken, within
from charrnn.dashboard.session import showing
from charrnn.dashboard.session.server import engine
from charrnn.insight.reading import sentence, states
from charrnn.network.parameters import Array, Parameters
from charrnn.runs.run import Command, Run
from charrnn.runs.store_types import StoreError
from charrnn.sentence import Sentence
from charrnn.text.corpus import Corpus, CorpusError
from charrnn.training.checkpoint import CheckpointError
from charrnn.training.settings import Settings, SettingsError

CELLS = 84  # columns of the reading strip
WIDE_CELLS = 126  # the same in a wide window, where they are as large then as on a laptop's
CHARACTERS = 400  # of a text typed in
# Runs that may train before all pages' pictures come more seldom: processors are for training.
LIVELY = min(os.cpu_count() or 2, 8)
ALPHABET = 300  # characters of an alphabet that are drawn or listed, the most frequent or the likeliest
LIMIT = 6  # runs in a comparison
HEARD_SECONDS = 10.0  # by then a browser has heard that its address is another one, however busy the server is
RANKING = "which-unit"  # the measurement that gives units their names
Found = TypeVar("Found")
NAMED_FOR = 1.5  # a ranking names units until the step is this many times further, or back


class Notice(NamedTuple):
    """One sentence about what could not be done, said at a place: a part of a panel, or the page, which is ""."""

    sentence: str
    place: str
    after: Command | None  # the run's last one: with the next the sentence is past


class Last:
    """What was drawn last of something, None before the first."""

    value: Any = None


class View(NamedTuple):
    """The network that everything on the page shows: the present one, or one of a stored step."""

    step: int
    parameters: Parameters
    past: bool
    memory: tuple[Array, ...] | None = None  # of the optimiser, where it came along with the present network


@dataclass
class Session:
    """The one typed object in st.session_state."""

    run: Run
    name: str = field(default_factory=lambda: secrets.token_hex(2))  # tells two browsers on one run apart
    opened: float = field(default_factory=time.monotonic)
    linked: str = ""  # the token that the address holds because of this session
    past: tuple[str, float] = ("", 0.0)  # the one that it held before, and until when the browser may still tell of it
    arriving: bool = True  # whether the page has yet to be drawn whole
    watching: bool = False  # whether it came by the read-only link
    greets: bool = False  # whether somebody who is here for the first time is to be welcomed
    welcome: bool = False  # whether somebody is
    returns: bool = False  # whether it came by an address that names nothing: its last run is offered
    presents: bool = False  # whether the link is for a projector: the first screen fits into 1280 x 720
    shown: frozenset[str] = showing.ALL  # the parts of the page that its link shows
    compared: list[Run] = field(default_factory=list)  # beside its own run
    kept: list[str] = field(default_factory=list)  # tokens of this browser's runs
    dropped: list[str] = field(default_factory=list)  # those that were deleted
    returned: list[str] = field(default_factory=list)  # those whose deletion was undone
    closing: bool = False  # whether open panels are to close
    forking: bool = False  # whether the dialog for a fork is asked for
    notice: Notice | None = None
    proposal: tuple[Corpus, Settings] | None = None  # waits for a yes, since it would end training
    at: int | None = None  # the stored step that is looked back at; None: now
    typed: str = ""  # a sentence of one's own for the strip
    sampling_seed: int = 1
    remembered: dict[str, Any] = field(default_factory=dict)  # of the last drawings, for the next, by what it is
    sentences: dict[Any, tuple[str, int]] = field(default_factory=dict)  # by text and length
    carried: tuple[Any, Any, Any] = (None, None, None)  # the states read last: of which network, along which ids
    pinned: int | None = None  # the column of the strip that is pinned
    widgets: dict[str, Any] = field(default_factory=dict)  # what some held when a part was drawn last (parts.heed)
    unit: int | None = None  # the one that was picked to be looked at, wherever that was
    subject: str = "verdicts"  # what of the units is shown below them (selection)
    measurements: dict[str, Any] = field(default_factory=dict)  # what takes long to find out, by what it is (measuring)
    channel: Channel = field(init=False)

    def __post_init__(self) -> None:
        owner = engine()
        self.channel = Channel(lambda: self.version, lambda: max(1.0, owner.training / LIVELY), self.watching)

    if not TYPE_CHECKING:  # else it would let pass every name

        def __getattr__(self, name: str) -> Any:
            """A session that has ended knows nothing (letting_go): what is still done for it is over."""
            if not vars(self):
                st.stop()
            raise AttributeError(name)

    @property
    def version(self) -> int:
        """Rises with all that the runs do: browsers on the same runs have the same."""
        return sum(run.version for run in self.compared_runs())

    @property
    def view(self) -> View:
        """What the page shows."""
        for checkpoint in self.run.checkpoints:
            if checkpoint.step == self.at:
                return View(checkpoint.step, checkpoint.parameters, True)
        now = self.run.snapshot
        return View(now.parameters_step, now.parameters, False, now.memory)

    def picture(self, name: str, make: Callable[[], bytes], choices: Callable[[], Hashable] = tuple) -> bytes:
        """The picture for the component that is drawn now, one for all browsers that see the same.

        `make` depends on the runs, on the step that is looked back at, and else on nothing but what `choices` tells,
        what it holds of when this part was drawn included: what is left out, other browsers would see.
        """
        code = spoken()  # of who sees it, and not of the thread in which it is made

        def same() -> Hashable:
            of = [(run, run.corpus.digest, run.settings) for run in self.compared_runs()]
            return code, *of, self.seen_at, within(code, choices)

        return self.channel.picture(name, lambda: within(code, make), same, lambda: self.origin)

    def remember(self, name: str, kind: Callable[[], Found], *of: Hashable) -> Found:
        """What a drawing is to remember for the next one: in common with all browsers for which it is `of` the same."""
        found = self.remembered[name] = shared((name, self.run, *of), kind)
        return found

    @property
    def drawn_characters(self) -> Array:
        """The ids that charts and pictures of the alphabet show, in their order: of very many the most frequent."""
        return np.sort(self.run.corpus.frequency_order[:ALPHABET])

    @property
    def seen_at(self) -> int | None:
        """The stored step that the page shows, None where it shows the present."""
        view = self.view
        return view.step if view.past else None

    @property
    def cells(self) -> int:
        """How many characters the strip reads. On a projector they are to be large."""
        return WIDE_CELLS if self.channel.width == "wide" and not self.presents else CELLS

    @property
    def is_narrow(self) -> bool:
        """Whether the page is seen on a phone, or as large as on one."""
        return self.channel.width == "narrow"

    def sentence(self, cells: int | None = None) -> tuple[str, int]:
        """The text that the strip reads, context first, and where its columns begin; longer with more `cells`."""
        cells = cells or self.cells
        corpus, typed = self.run.corpus, self.typed
        if len(corpus.vocabulary.encode(typed)) > 1:  # another browser may have chosen another text since it was typed
            return typed, 0
        key = corpus.digest, cells
        if key not in self.sentences:
            self.sentences[key] = sentence(corpus.text, len(corpus.train_ids), cells)
        return self.sentences[key]

    def ids(self, cells: int | None = None) -> tuple[Array, int]:
        """The same as ids."""
        text, start = self.sentence(cells)
        vocabulary = self.run.corpus.vocabulary
        return vocabulary.encode(text), len(vocabulary.encode(text[:start]))

    def states(self, parameters: Parameters, ids: Array) -> Array:
        """The states (N + 1, S H) of a network along ids (N,), computed once for all pictures that show it."""
        network, text, h = self.carried
        if network is not parameters or not np.array_equal(text, ids):
            h = states(parameters, ids)
            self.carried = parameters, ids, h
        return h

    @property
    def origin(self) -> Any:
        """What measurements are about: the run and its text and settings, which a start over may change."""
        return self.run.token, self.run.corpus.digest, self.run.settings

    @property
    def naming(self) -> Hashable:
        """The finding on which rests what units are called, and which is looked at before one is picked."""
        return self.ranked and self.ranked.future

    @property
    def names(self) -> dict[int, str]:
        """What units are called, while the network is about the one that was ranked last."""
        ranked = self.ranked
        if not ranked:
            return {}
        near = ranked.step <= NAMED_FOR * self.view.step <= NAMED_FOR**2 * ranked.step
        return {unit: _(name) for unit, name in ranked.value.names.items()} if near else {}

    @property
    def best_known(self) -> int:
        """The unit that knows something best, as far as they were ranked; it stays that until they are ranked anew."""
        return next(iter(self.ranked.value.names), 0) if self.ranked else 0

    @property
    def ranked(self) -> Any:
        """The last ranking of this run's units, None before the first."""
        ranking = self.measurements.get(RANKING)
        ranked = ranking.latest if ranking else None
        return ranked if ranked and ranked.origin == self.origin else None

    def compared_runs(self) -> list[Run]:
        """Its own run and those beside it, in the order of their letters."""
        return [self.run, *self.compared]

    def link(self) -> None:
        """Have the address lead to its run."""
        token = self.run.watch_token if self.watching else self.run.token
        if token != self.linked:
            self.past = self.linked, time.monotonic() + HEARD_SECONDS
        self.linked = token

    def led_elsewhere(self, token: str) -> bool:
        """Whether an address with this token leads to another run, as the browser's Back does.

        A request that was on its way as another run was opened still tells of the one before. Were that believed, the
        page would go back to it, and take along what was pressed meanwhile.
        """
        before, until = self.past
        return bool(token) and token != self.linked and (token != before or time.monotonic() > until)

    def open(self, run: Run) -> None:
        """Make another run its own; in a comparison the two change places."""
        self.closing = True
        if run in self.compared:
            self.compared[self.compared.index(run)] = self.run
        else:
            self.compared.clear()
        self.run, self.notice, self.proposal = run, None, None
        self._look_anew()

    def say(self, sentence: str, place: str = "") -> None:
        """Say what could not be done."""
        self.notice = Notice(sentence, place, self.run.last_command)

    def said(self, place: str = "") -> str:
        """What is to be read at a place, "" where nothing is."""
        return _(self.standing.sentence) if self.standing and self.standing.place == place else ""

    @property
    def standing(self) -> Notice | None:
        """What was said last, unless it is past."""
        return self.notice if self.notice and self.notice.after is self.run.last_command else None

    @contextmanager
    def saying(self, place: str = "") -> Iterator[None]:
        """Do something; where it cannot be had, that is said at the place."""
        self.notice = None
        try:
            yield
        except (CheckpointError, CorpusError, SettingsError, StoreError) as error:
            self.say(sentence_of(error), place)

    def leave_panel(self) -> None:
        """A panel was opened or closed: what was said in one is past."""
        if self.notice and self.notice.place:
            self.notice = None

    def ask_for_fork(self, place: str) -> None:
        """Ask how to fork the run; where there is no room for another one beside it, that is said at the place."""
        if len(self.compared) + 1 < LIMIT:
            self.forking = True
        else:
            self.say(
                Sentence("{limit} runs are compared, as many as there is room for: take one out first.", limit=LIMIT),
                place,
            )

    def start_another(self, corpus: Corpus, settings: Settings) -> None:
        """A new run with this text and these settings; the present one stays as it is."""
        self.proposal = None
        with self.saying():
            run = engine().create(corpus, settings)
            self.run.pause(by=self.name)
            self.open(run)

    def propose(self, corpus: Corpus, settings: Settings, place: str = "") -> None:
        """Start over with a text and settings: at once where nothing is lost by it, else after a yes."""
        if self.run.status == "closed":  # it was deleted: there is nothing to start over, nor to lose
            self.start_another(corpus, settings)
        elif self.run.snapshot.step == 0:
            self.start_over(corpus, settings, place)
        else:
            self.proposal, self.closing = (corpus, settings), True

    def start_over(self, corpus: Corpus, settings: Settings, place: str = "") -> None:
        """The run at step 0 with this text and these settings; where they cannot be had, that is said at the place."""
        self.proposal = None
        with self.saying(place):
            self.run.reset(settings, corpus, by=self.name)
            self._look_anew()
            self.closing = True

    def rewind(self, step: int, place: str = "") -> None:
        """Have training go on from a stored step; where that cannot be had, that is said at the place."""
        with self.saying(place):
            self.run.rewind(step, by=self.name)
            self._look_anew()
            self.closing = True

    def ask_no_more(self) -> None:
        """What this browser has asked to be measured is wanted no longer, unless others want it."""
        for measurement in list(self.measurements.values()):  # a page that is drawn may add one
            measurement.let_go()

    def _look_anew(self) -> None:
        self.ask_no_more()
        self.measurements.clear()
        self.remembered.clear()
        self.at = None
