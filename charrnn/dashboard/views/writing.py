"""What it writes: a sample of the network shown, how to draw it, and the earlier ones."""

from collections.abc import Callable, Hashable
from typing import NamedTuple

import numpy as np
import streamlit as st

from charrnn.dashboard import words
from charrnn.dashboard.components import Passage, encode_passages, passages
from charrnn.dashboard.language import _
from charrnn.dashboard.session import fields
from charrnn.dashboard.session.looked_up import explained
from charrnn.dashboard.session.parts import anew, redrawn
from charrnn.dashboard.session.session import Last, Session
from charrnn.dashboard.session.status import running
from charrnn.network import sampling
from charrnn.sentence import Sentence

LENGTH = 450
TEMPERATURE = 0.8  # at first
HEIGHT, LOW = 218, 112  # pixels; the lower on a projector, where all is larger
SHOWN = 12  # characters of what it begins with that stand beside the temperature
LINES = 10  # written at once
LONGEST = 120  # characters of one


class Lines(NamedTuple):
    """The lines of a text: all of them, and those of the part that is learned from."""

    all: frozenset[str]
    read: frozenset[str]


class Dice(NamedTuple):
    """What a sample depends on beside the network and the seed."""

    prime: str
    temperature: float
    top_k: int | None


def dice_now(session: Session) -> Dice:
    """What the controls say."""
    state = st.session_state
    return Dice(
        session.run.corpus.typed(fields.typed("prime")), state.get("temperature", TEMPERATURE), state.get("top-k")
    )


def stop_now(session: Session) -> str:
    """The sign that ends each line, a line end unless another one is chosen; "" where no lines are wanted."""
    if not st.session_state.get("by-line"):
        return ""
    return session.run.corpus.typed(fields.typed("stop")) or "\n"


def sample(session: Session) -> None:
    """The row of controls, and below it what the network writes."""
    if not session.presents:
        redrawn(lambda: row(session), "sampling-row")
    with st.container(key="sample"):
        redrawn(lambda: text(session), "written")


def row(session: Session) -> None:
    """How the sample is drawn, another one, the earlier ones."""
    run = session.run
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="writing"):
        view = session.view
        st.markdown(_("**At step {step:,} it wrote**", step=view.step) if view.past else _("**It writes**"))
        dice = dice_now(session)
        begun = f" · “{words.plain(dice.prime[:SHOWN])}…”" if dice.prime else ""
        label = _("Temperature {temperature:g}{begun}", temperature=dice.temperature, begun=begun)
        with st.popover(label, key="sampling"):
            st.slider(
                _("Temperature"),
                0.0,
                2.0,
                TEMPERATURE,
                0.1,
                key="temperature",
                on_change=again,
                help=explained("", "temperature"),
            )
            fields.text(
                _("Begin with"), "prime", on_change=again, help=_("It continues from here; empty: it begins by itself.")
            )
            st.number_input(
                _("Only the … likeliest"), 1, len(run.corpus.vocabulary), None, key="top-k", on_change=again
            )
            by_line()
        st.button(
            _("New"),
            key="new-sample",
            on_click=another,
            args=(session,),
            help=explained(_("Another one, with other dice."), "sample", "seed"),
        )
        with st.popover(_("Earlier"), key="earlier", on_change="rerun") as earlier:
            for step, text in reversed(run.samples) if earlier.open else ():
                st.caption(_("step {step:,}", step=step))
                st.code(words.seen(text), language=None, wrap_lines=True)
            if earlier.open and not run.samples:
                st.caption(_("None yet: while it trains, a sample is kept now and then."))


def by_line() -> None:
    """Whether lines are written instead of a text, and where each ends."""
    help = _("For names, titles, recipes: each line is begun anew. Those that stand in the text are underlined.")
    st.toggle(_("One line at a time"), key="by-line", on_change=again, help=help)
    fields.text(
        _("which ends at"), "stop", on_change=again, placeholder=_("a line end"), help=_("A character of the text.")
    )


def again() -> None:
    """Have the sample drawn anew, and what else is written with the same dice; only from a widget's callback."""
    if st.session_state.get("watched"):
        st.rerun()
    anew("written", "sampling-row")()


def another(session: Session) -> None:
    """With other dice."""
    session.sampling_seed += 1
    again()


def text(session: Session) -> None:
    """The sample, the prime before it."""
    dice = dice_now(session)
    if unseen := session.run.corpus.vocabulary.unseen(dice.prime):
        st.caption(
            _("Left out, never seen in the text: {unseen}", unseen=words.plain(" ".join(map(words.visible, unseen))))
        )

    stop = stop_now(session)
    if stop and stop not in session.run.corpus.vocabulary.characters:
        st.caption(_("No line ends at “{stop}”, which is not in the text.", stop=words.plain(words.visible(stop))))
        stop = ""

    def make() -> bytes:
        passage = listed(session, dice, stop) if stop else of_text(session, dice)
        said = Passage({**passage, "title": _(passage["title"])})
        return encode_passages([said], height=LOW if session.presents else HEIGHT)

    drawn = session.picture("written", make, lambda: (dice, stop, session.sampling_seed, session.presents))
    passages(drawn, key="written-text")


def of_text(session: Session, dice: Dice) -> Passage:
    """A sample of the network shown."""
    corpus, parameters = session.run.corpus, session.view.parameters

    def write(rng: np.random.Generator) -> Passage:
        prime = corpus.primed(dice.prime)
        ids = sampling.sample(parameters, prime, LENGTH, rng, dice.temperature, dice.top_k)
        return Passage(title="", prime=dice.prime, text=corpus.vocabulary.decode(ids))

    return lasting(session, write, dice)


def listed(session: Session, dice: Dice, stop: str) -> Passage:
    """Lines that the network shown writes, each begun anew; those that stand in the text are marked and counted."""
    corpus, parameters = session.run.corpus, session.view.parameters
    sign, those = int(corpus.vocabulary.encode(stop)[0]), lines_of(session, stop)

    def write(rng: np.random.Generator) -> Passage:
        prime, begun = corpus.primed(dice.prime, stop), corpus.vocabulary.encode(dice.prime)
        written = sampling.lines(parameters, prime, LINES, LONGEST, rng, sign, dice.temperature, dice.top_k)
        found = [corpus.vocabulary.decode(np.concatenate([begun, ids])) for ids in written]
        return in_lines(found, those)

    return lasting(session, write, dice, stop)


def in_lines(written: list[str], those: Lines) -> Passage:
    """Lines one below the other: how many of them stand in the text is said, and these are marked."""
    ends = np.cumsum([len(line) + 1 for line in written]).tolist()
    of_text = [(line, end - 1) for line, end in zip(written, ends, strict=True) if line.strip() and line in those.all]
    known = [(end - len(line), end) for line, end in of_text]
    unread = sum(line not in those.read for line, _ in of_text)
    counted = {"known": len(known), "written": len(written)}
    title = Sentence("{known} of {written} stand in the text", **counted)
    if unread:
        title = Sentence(
            "{known} of {written} stand in the text, {unread} of them where it never read", unread=unread, **counted
        )
    return Passage(title=title, text="\n".join(written), known=known)


def lines_of(session: Session, stop: str) -> Lines:
    """The lines of the text, split once."""
    corpus = session.run.corpus
    last = session.remember("lines", Last, corpus.digest, stop)
    if last.value is None:
        whole, read = (frozenset(text.split(stop)) for text in (corpus.text, corpus.text[: len(corpus.train_ids)]))
        last.value = Lines(whole, read)
    found: Lines = last.value
    return found


def lasting(session: Session, write: Callable[[np.random.Generator], Passage], *of: Hashable) -> Passage:
    """What is written from the seed; while training a new one each second or so, or it could not be read."""
    run, view = session.run, session.view
    pace = max(1, int(run.snapshot.speed * 2)) if running(run) and not view.past else 1
    network = run.token, run.corpus.digest, run.settings, view.step // pace, pace
    last = session.remember("sample", Last, session.seen_at, session.sampling_seed, *of)
    if not last.value or last.value[0] != network:
        last.value = network, write(np.random.default_rng(session.sampling_seed))
    written: Passage = last.value[1]
    return written
