"""A text of one's own: brought as files or pasted, looked through, and only then learned from."""

from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

import streamlit as st

from charrnn.dashboard import words
from charrnn.dashboard.controls.dropped import dropped
from charrnn.dashboard.controls.opening import offer
from charrnn.dashboard.controls.reading import choices, reading
from charrnn.dashboard.language import _, sentence_of
from charrnn.dashboard.session.adopting import adopt
from charrnn.dashboard.session.panel import refusal
from charrnn.dashboard.session.session import Session
from charrnn.dashboard.session.speaking import speak
from charrnn.sentence import Sentence
from charrnn.text.checkup import KEEP, SELDOM, CheckUp, check_up
from charrnn.text.corpus import Corpus, refuse_large
from charrnn.text.decoding import CorpusError, Decoded, joined, known, readings

LISTED = 40  # characters of an alphabet that are named
DECODED = "decoded"  # in the session's state
FOUND = Sentence("as found")  # the encoding that is the likeliest


class Brought(NamedTuple):
    """What somebody has brought: files, or else a pasted text."""

    name: str
    place: str  # where it is said that it cannot be had
    files: tuple[tuple[str, bytes], ...] = ()
    pasted: str = ""
    key: str = ""  # another one with other files

    @property
    def encoding(self) -> str | None:
        """The encoding chosen, None for the one that is found."""
        chosen = st.session_state.get(f"encoding {self.key}", FOUND)
        with suppress(CorpusError):  # that a browser tells by the words of a language left since
            return None if chosen == FOUND else known(str(chosen))
        return None

    def corpus(self) -> Corpus:
        """The corpus as it is to be read now. Raises CorpusError."""
        keep = st.session_state.get("frequent")
        if not self.files:
            return Corpus.from_text(self.pasted, name=self.name, keep_frequent=keep, **choices()._asdict())
        return Corpus.from_decoded(self.decoded(), self.name, *choices(), keep_frequent=keep)

    def looked_through(self) -> CheckUp:
        """What there is to know of it. Raises CorpusError."""
        return check_up(self.decoded().text if self.files else self.pasted)

    def decoded(self) -> Decoded:
        """The files' text, decoded once as long as they are in the drop zone. Raises CorpusError."""
        of, read = st.session_state.get(DECODED, (None, None))
        if of != (self.key, self.encoding) or not isinstance(read, Decoded):
            refuse_large(sum(len(data) for _, data in self.files))
            read = joined(self.files, self.encoding)
            st.session_state[DECODED] = (self.key, self.encoding), read
        return read


def files_brought() -> Brought | None:
    """The texts that are in the drop zone now."""
    files = dropped()[0]
    if not files:
        return None
    name = files[0].name + (_(" and {files} more", files=len(files) - 1) if len(files) > 1 else "")
    return Brought(name, "uploaded", tuple(file[:2] for file in files), key=" ".join(file.key for file in files))


def text_pasted() -> Brought:
    """What is in the field for pasting now."""
    return Brought(_("pasted text"), "pasted", pasted=st.session_state["pasted"])


def bring(session: Session) -> None:
    """Drop zone and paste, and what was found in what came by them."""
    st.markdown(_("**Bring your own**"))
    left, right = st.columns(2)
    with left:
        help = _("Plain text in any encoding; several become one. Or a network that was saved (.safetensors).")
        st.file_uploader(_("Files"), key="uploaded", accept_multiple_files=True, help=help)
        files, networks = files_brought(), dropped()[1]
        if files and not networks:
            learn(
                session, _("Learn from {name}", name=words.plain(files.name)), "use-uploaded", "uploaded", files_brought
            )
    with right:
        st.text_area(_("or paste a text"), key="pasted", persist_state="session", height=90)
        if not files and not networks:  # above what is found, so that no finding moves it away from who presses it
            learn(session, _("Learn from what I pasted"), "use-pasted", "pasted", text_pasted)
    brought = files or (text_pasted() if st.session_state["pasted"] else None)
    if networks:
        offer(session)
    elif brought:
        checked(session, brought)
    else:
        reading()


def learn(session: Session, label: str, key: str, place: str, brought: Callable[[], Brought | None]) -> None:
    """The button; as all that a press depends on, what was brought is read when the press comes."""

    def load() -> Corpus:
        speak()  # which goes into its name
        found = brought()
        if not found:
            raise KeyError("taken out again")
        return found.corpus()

    def press() -> None:
        adopt(session, load, place)
        if not session.said(place):
            st.session_state.pop(DECODED, None)

    st.button(label, key=key, type="primary", on_click=press)
    refusal(session, place)


def checked(session: Session, brought: Brought) -> None:
    """What was found, each finding with its remedy."""
    try:
        found = brought.looked_through()
    except CorpusError as error:
        if not session.said(brought.place):
            st.info(words.plain(_(sentence_of(error))))
        reading()
        if brought.files:
            encodings(brought)
        return
    st.caption(
        _(
            "{characters:,} characters · {alphabet:,} different ones",
            characters=found.characters,
            alphabet=found.alphabet,
        )
    )
    if found.seldom:
        rare = " ".join(map(words.visible, found.seldom[-LISTED:])) + (" …" if len(found.seldom) > LISTED else "")
        st.caption(
            _(
                "{seldom:,} of them occur {times} times or less: {rare}",
                seldom=len(found.seldom),
                times=SELDOM,
                rare=words.plain(rare),
            )
        )
    if brought.files:
        encodings(brought)
    reading()
    if found.lowered < found.alphabet:
        st.caption(
            _(
                "In lower case {alphabet:,} different characters would become {lowered:,}: learned sooner.",
                alphabet=found.alphabet,
                lowered=found.lowered,
            )
        )
    if found.lost:
        kept_alone(found)
    remarks(session, brought)


def encodings(brought: Brought) -> None:
    """How the first file was read, which is how the likeliest encoding has it, and how else it would read."""
    found = readings(brought.files[0][1])
    if len(found) > 1:
        st.radio(
            _("Encoding: how two lines of it would read"),
            [FOUND, *(name for name, _ in found[1:])],
            format_func=lambda name: f"{_(FOUND)}: {found[0][0]}" if name == FOUND else name,
            captions=[words.plain(lines[:120]) for _, lines in found],
            key=f"encoding {brought.key}",
        )


def kept_alone(found: CheckUp) -> None:
    """Whether only the frequent characters are kept, and what would be lost."""
    st.select_slider(
        _("Keep only the most frequent characters"),
        [None, *KEEP],
        format_func=lambda keep: words.number(keep, ",") if keep else _("all"),
        key="frequent",
        persist_state="session",
        help=_("The others become one sign, �, which is not predicted and counts in no loss."),
    )
    lost = " · ".join(
        _("{keep:,} kept: {share:.1%} lost", keep=keep, share=share) for keep, share in found.lost.items()
    )
    st.caption(_("All {alphabet:,} can be learned. {lost}.", alphabet=found.alphabet, lost=lost))


def remarks(session: Session, brought: Brought) -> None:
    """What would be dropped or replaced, what may not be meant, and whether it is enough for these settings."""
    try:
        corpus = brought.corpus()
        corpus.require_window(session.run.in_force.sequence_length)
    except CorpusError as error:
        if not session.said(brought.place):
            st.info(words.plain(_(sentence_of(error))))
        return
    for hint in corpus.report.hints:
        st.info(words.plain(_(hint)))
    for note in corpus.report.notes:
        st.text(_(note))
