"""A network that was saved, dropped where texts are: what it is, with which text it goes on, and a run of its own."""

import streamlit as st

from charrnn.dashboard import words
from charrnn.dashboard.controls.dropped import dropped
from charrnn.dashboard.language import _, sentence_of
from charrnn.dashboard.session.fields import CELL_NAMES
from charrnn.dashboard.session.networks import Opened, open_run, text_for
from charrnn.dashboard.session.panel import refusal
from charrnn.dashboard.session.session import Session
from charrnn.runs import run_file
from charrnn.sentence import Sentence
from charrnn.training.checkpoint import CheckpointError

READ = "network read"  # in the session's state


def offer(session: Session) -> None:
    """What the network is, how it goes on, and the button that opens it; or why it cannot be opened."""
    try:
        opened = found(session)
    except ValueError as error:  # CheckpointError, CorpusError, SettingsError
        st.info(words.plain(_(sentence_of(error))))
        return
    network = opened.file.network
    sizes = _(
        "{cell}, {units:,} units",
        cell=CELL_NAMES[network.settings.cell],
        units=network.settings.hidden_size,
    )
    told = _(
        "{name}: {sizes}, {characters:,} characters, step {steps:,}.",
        name=opened.file.name,
        sizes=sizes,
        characters=len(network.characters),
        steps=network.steps,
    )
    st.caption(words.plain(told))
    st.text(onward(opened))

    def press() -> None:
        open_run(session, lambda: found(session), "opened")  # read when the press comes: it may be another one by then
        if not session.said("opened"):
            st.session_state.pop(READ, None)

    st.button(_("Open this network"), key="open-network", type="primary", on_click=press)
    refusal(session, "opened")


def found(session: Session) -> Opened:
    """What is in the dropped file, read once as long as it is there. Raises ValueError, a sentence."""
    texts, networks = dropped()
    if len(networks) != 1:
        several = Sentence("Several networks cannot be opened at once: drop one at a time.")
        raise CheckpointError(several if networks else "The file is not there any more: drop it again.")
    (file,), present = networks, session.run.corpus
    key = (file.key, present.digest, *(text.key for text in texts))
    of, read = st.session_state.get(READ, (None, None))
    if of == key and isinstance(read, Opened):
        return read
    opened = run_file.read(file.data, file.name, lambda: present)
    opened.network.require_sizes()
    files = [(text.name, text.data) for text in texts]
    read = Opened(opened, text_for(opened.network, present, files))
    read.corpus.require_window(opened.network.settings.sequence_length)
    st.session_state[READ] = key, read
    return read


def onward(opened: Opened) -> str:
    """How it goes on, in a sentence or two: what comes with it, and what does not."""
    network, corpus = opened.file.network, opened.corpus
    if network.goes_on_exactly(corpus):
        return _("Training goes on with “{name}” exactly where it stopped.", name=corpus.name)
    if network.weights_alone:
        same = not network.text.digest and network.characters == corpus.vocabulary.characters
        taken = (
            _(", whose {characters:,} characters are taken for those that it knows", characters=len(network.characters))
            if same
            else ""
        )
        return _(
            "From PyTorch come its weights, not what an optimiser remembers, nor its place in a text: it "
            "begins “{name}” anew{taken}.",
            name=corpus.name,
            taken=taken,
        )
    own = f"“{network.text.name}”" if network.text.name else _("its text")
    return _(
        "It learned from {own}, which is not in the file: it goes on with “{name}”. What it has "
        "learned and what the optimiser remembers come with it, its place in the text does not. Drop "
        "its text beside it to go on exactly.",
        own=own,
        name=corpus.name,
    )
