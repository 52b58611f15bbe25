"""What one browser session has of what moves: its pictures, the parts of its page, and what its buttons do.

Streamlit draws each picture once; later ones are made by the same function, and sent by live.py.
"""

import itertools
import logging
import secrets
import threading
from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass
from time import monotonic
from weakref import WeakValueDictionary

from charrnn.dashboard.drawing import Drawing, shared
from charrnn.dashboard.wire import Envelope, sealed

QUICK = 0.001  # seconds: what is made as quickly as that is not worth a thread
ASK_AGAIN_SECONDS = 2.0  # where a part of the page was asked for and has not been redrawn
PAGE = ""  # the name of the whole page among its parts

_DRAWINGS = itertools.count(1)  # which drawing of Streamlit's is the later one


@dataclass
class Picture:
    """How a picture is made, and what of it the browser has."""

    make: Callable[[], bytes]
    find: Callable[[], Drawing]  # what was made of it last, by this browser or one that sees the same
    drawing: Drawing
    drawn: int  # by which of Streamlit's drawings: what an earlier one would make is past
    origin: Callable[[], Hashable]  # what it is about,
    drawn_of: Hashable  # and was then: of another text its choices may make no sense, until it is drawn anew
    sent: bytes = b""


@dataclass
class Part:
    """A part of the page that Streamlit draws, and what it depends on."""

    depends: Callable[[], Hashable]
    drawn: Hashable  # what that was when the part was drawn
    asked: Hashable = None  # what it was when the browser was last asked to have it redrawn
    again: float = 0.0  # when it may be asked for once more
    due: float = 0.0  # when it may be redrawn at the earliest
    moves: bool = False  # with training: while nobody sees it, it need not


class Channel:
    """One browser session's pictures and parts.

    `version()` is a number that changes with what is shown, `pace()` how much more seldom than usual pictures are to be
    made. Streamlit's thread draws the page while the server's threads send: one lock is held whenever one of them puts
    in its place, or takes, a picture or a part, and never while one is made. So what is sent is of the latest drawing,
    and of two pictures that are taken the later one is as new. What makes pictures, or does what buttons say, runs in
    any thread: it never touches st.*.
    """

    def __init__(self, version: Callable[[], int], pace: Callable[[], float], watching: bool = False) -> None:
        self.token = secrets.token_urlsafe(16)
        self.version, self.pace, self.watching = version, pace, watching
        self.path = f"live/{self.token}"
        self.followed = 0  # by how many connections
        self.width = "usual"  # the browser's: "wide" has room for more characters, "narrow" for fewer columns
        self._pictures: dict[str, Picture] = {}
        self._parts: dict[str, Part] = {}
        self._whole = False
        self._actions: dict[str, Callable[[], None]] = {}
        self._taken = itertools.count(1)
        self._lock = threading.Lock()
        CHANNELS[self.token] = self

    def begin(self) -> None:
        """The whole page is being drawn anew: what is not drawn again is no longer there."""
        with self._lock:
            self._pictures, self._parts, self._whole = {}, {}, False

    def close(self) -> None:
        """Its session has ended: there is nothing to be shown any more, though a browser may still be connected."""
        CHANNELS.pop(self.token, None)

    @property
    def closed(self) -> bool:
        """Whether its session has ended."""
        return CHANNELS.get(self.token) is not self

    def end(self) -> None:
        """The page has been drawn, all of it."""
        self._whole = True

    def picture(
        self,
        name: str,
        make: Callable[[], bytes],
        same: Callable[[], Hashable] | None = None,
        origin: Callable[[], Hashable] = tuple,
    ) -> bytes:
        """The picture for the component that Streamlit draws now; later ones follow by themselves.

        Browsers for which `same` says the same get one picture of each version, made for one of them: it has to tell
        all that `make` depends on. Who only watches is content with one that has just been made. Once `origin` says
        something else than now, the picture may fail until it is drawn anew.
        """
        own = Drawing()
        find = (lambda: shared((name, same()), Drawing)) if same else (lambda: own)
        picture = Picture(make, find, Drawing(), next(_DRAWINGS), origin, origin())
        while picture.drawing is not (found := find()):  # once more where it came to see something else meanwhile
            picture.drawing = found
            if not (self.watching and found.frame) or found.due(self.version(), 0.0):
                self._renew(picture, wait=True)
        with self._lock:
            self._pictures[name] = picture
            return self._take(name, picture)

    def _renew(self, picture: Picture, *, wait: bool) -> None:
        drawing = picture.drawing

        def make() -> bytes | None:
            try:
                frame = picture.make()
            except Exception:
                if picture.find() is drawing and picture.origin() == picture.drawn_of:
                    raise
                return None  # it was begun for one text, say, and came to another
            return frame if picture.find() is drawing else None

        drawing.renew(make, self.version(), wait=wait)

    def _take(self, name: str, picture: Picture) -> Envelope:
        """To be called with the lock held."""
        picture.sent = picture.drawing.frame
        return sealed(picture.sent, name, picture.drawn, next(self._taken))

    def part(self, name: str, depends: Callable[[], Hashable], every: float = 0.0) -> None:
        """This part of the page is being drawn, and is to be redrawn when what it depends on is no longer the same; one
        that moves at most once in `every` seconds, more seldom where pictures are, and only in sight."""
        part = Part(depends, depends(), due=monotonic() + every * self.pace(), moves=every > 0)
        with self._lock:
            self._parts[name] = part

    def is_due(self, name: str) -> bool:
        """Whether a part is not as it was drawn any more, for all that is known here: where no browser follows what
        moves, always. What a browser was asked for may have been drawn meanwhile."""
        with self._lock:
            part = self._parts.get(name)
        return not self.followed or part is None or part.depends() != part.drawn

    def standing(self, *parts: str) -> list[str]:
        """Those of these parts that stand on the page; none where its drawing has been cut short by a click: then what
        has yet to be drawn is to be so too."""
        with self._lock:
            return [part for part in parts if self._whole and part in self._parts]

    def action(self, name: str, do: Callable[[], None]) -> None:
        """What is done when a button of this name is pressed, from now on."""
        self._actions[name] = do

    def press(self, name: str) -> None:
        """Do what the button says."""
        try:
            self._actions.get(name, lambda: None)()
        except Exception:  # the page goes on
            if not self.closed:  # a session that ends meanwhile leaves nothing to do it with
                logging.getLogger(__name__).exception("What %s says could not be done.", name)

    def smallest_first(self, sight: Sequence[str]) -> list[str]:
        """The pictures in sight in the order in which they are to be made: buttons do not wait for heatmaps."""
        with self._lock:
            pictures = dict(self._pictures)
        return sorted(pictures.keys() & set(sight), key=lambda name: len(pictures[name].sent))

    def takes_long(self, name: str, pause: float) -> bool:
        """Whether a picture is to be made now, and that is work for a thread."""
        picture = self._find(name)
        if not picture:
            return False
        drawing = picture.drawing = picture.find()
        return drawing.seconds > QUICK and drawing.due(self.version(), pause)

    def _find(self, name: str) -> Picture | None:
        with self._lock:
            return self._pictures.get(name)

    def fresh(self, name: str, pause: float = 0.0) -> Envelope | None:
        """A picture instead of one that shows what is past, made `pause` seconds after the last at the earliest."""
        picture = self._find(name)
        if not picture:
            return None
        drawing = picture.drawing = picture.find()
        if drawing.due(self.version(), pause):
            try:
                self._renew(picture, wait=False)
            except Exception:  # the others go on
                if self.closed:
                    return None
                logging.getLogger(__name__).exception("The picture %s could not be made.", name)
        with self._lock:
            replaced = self._pictures.get(name) is not picture  # by a later drawing, which shows what was chosen since
            picture.drawing = drawing
            old = not drawing.frame or drawing.frame == picture.sent
            return None if replaced or old else self._take(name, picture)

    def outdated(self, sight: Collection[str]) -> list[str]:
        """The parts of the page that are to be redrawn with these in sight; the page alone where it is one of them."""
        with self._lock:
            parts = list(self._parts.items())
        now, found = monotonic(), []
        for name, part in parts:
            if part.moves and name not in sight:
                continue
            value = part.depends()
            if value != part.drawn and now >= part.due and (value != part.asked or now > part.again):
                part.asked, part.again = value, now + ASK_AGAIN_SECONDS
                found.append(name)
        return [PAGE] if PAGE in found else found


CHANNELS: WeakValueDictionary[str, Channel] = WeakValueDictionary()
