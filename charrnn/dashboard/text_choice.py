"""The text's button: what there is to learn from, a text of one's own, and what was found in the present one."""

from collections.abc import Callable

import streamlit as st

from charrnn.dashboard import texts, words
from charrnn.dashboard.session import Session
from charrnn.dashboard.texts import Choices
from charrnn.text.corpus import Corpus, CorpusError
from charrnn.text.parameters import changed, name_of, parameters_of
from charrnn.text.synthetic import SOURCES, Source, source_of

FREQUENT = 200
NAME = 28  # characters of a text's name on its button: more would push the last button out of the first screen


def text(session: Session) -> None:
    """The text's button; as with the others, nothing of its panel is drawn while that is closed."""
    corpus = session.run.corpus
    name = corpus.name if len(corpus.name) <= NAME else corpus.name[: NAME - 1] + "…"
    with st.popover(f"Text: {words.plain(name)}", icon=":material/menu_book:", key="text", on_change="rerun") as panel:
        if panel.open:
            choose_text(session)


def choose_text(session: Session) -> None:
    """The texts there are, a text of one's own, and what was found in the present one."""
    corpus = session.run.corpus
    choices = reading()
    chosen = corpus.name if (corpus.lowercase, corpus.held_out) == choices else ""
    pick(session, texts.names(), choices, chosen)
    st.caption("Generated, of exactly known entropy:")
    source = source_of(corpus.name, corpus.text)
    pick(session, [each.title for each in SOURCES], choices, source.title if source else "")
    if source:
        parameters(session, source, choices)
    paste(session, choices)
    upload(session, choices)
    report(corpus)


def reading() -> Choices:
    """How the next text is to be read."""
    lowercase = st.toggle(
        "Lower-case letters only",
        value=True,
        key="lowercase",
        persist_state="session",
        help="A smaller alphabet is learned sooner: THE and the become one.",
    )
    held_out = st.select_slider(
        "Held out for testing",
        options=[0.0, 0.02, 0.05, 0.1, 0.2],
        value=0.05,
        format_func=lambda part: f"{part:.0%}" if part else "nothing",
        key="held_out",
        persist_state="session",
        help="The last part of the text, never learned from: its loss tells what was learned, not memorised.",
    )
    return Choices(lowercase, held_out)


def pick(session: Session, titles: list[str], choices: Choices, chosen: str) -> None:
    """One button a title."""
    with st.container(horizontal=True, gap="small"):
        for title in titles:
            st.button(
                words.plain(title),
                on_click=lambda title=title: adopt(session, lambda: texts.find(title, choices)),
                key=f"text-{title}",
                type="primary" if title == chosen else "secondary",
            )


def parameters(session: Session, source: Source, choices: Choices) -> None:
    """What the generated text depends on, and what that makes of its entropy; another one takes effect by a press."""
    columns, values = st.columns(2, vertical_alignment="bottom"), {}
    for place, parameter in enumerate(parameters_of(source)):
        kind = type(parameter.default)
        values[parameter.name] = columns[place % 2].number_input(
            parameter.words,
            kind(parameter.low),
            kind(parameter.high),
            getattr(source, parameter.name),
            step=1 if kind is int else 0.05,
            key=f"{parameter.name} of {session.run.corpus.name}",
        )
    other = changed(source, values)
    st.caption(f"{source.teaches} Exact entropy: {other.entropy_bits:.4f} bits a character.")
    if other != source:
        st.button(
            "Learn from this",
            key="use-generated",
            type="primary",
            on_click=lambda: adopt(session, lambda: texts.find(name_of(other), choices)),
        )


def paste(session: Session, choices: Choices) -> None:
    """A text typed or pasted."""
    pasted = st.text_area(
        "or paste a text",
        key="pasted",
        persist_state="session",
        height=90,
        placeholder="A few hundred characters or more …",
    )
    st.button(
        "Learn from what I pasted",
        key="use-pasted",
        on_click=lambda: adopt(session, lambda: Corpus.from_text(pasted, name="pasted text", **choices._asdict())),
    )


def upload(session: Session, choices: Choices) -> None:
    """A file of one's own."""
    uploaded = st.file_uploader("or upload a file", key="uploaded", help="Plain text, in any encoding.")
    if not uploaded:
        return
    rare = st.toggle(
        f"Keep only the {FREQUENT} most frequent characters",
        key="frequent",
        persist_state="session",
        help="For texts with a very large alphabet: the rest becomes one sign, �.",
    )
    name, data, frequent = uploaded.name, uploaded.getvalue(), FREQUENT if rare else None
    st.button(
        f"Learn from {words.plain(name)}",
        key="use-uploaded",
        type="primary",
        on_click=lambda: adopt(
            session, lambda: Corpus.from_bytes(data, name=name, keep_frequent=frequent, **choices._asdict())
        ),
    )


def report(corpus: Corpus) -> None:
    """What was found in the text: size, alphabet, what was dropped or replaced."""
    found = corpus.report
    held_out = len(corpus.held_out_ids)
    encoding = f" · read as {found.encoding}" if found.encoding else ""
    st.caption(words.plain(corpus.name))
    st.caption(f"{found.characters:,} characters · {found.alphabet} different ones{encoding} · {held_out:,} held out")
    shown = corpus.vocabulary.characters[:120]
    st.code("".join(words.visible(character) for character in shown), language=None, wrap_lines=True)
    for note in found.notes:
        st.text(note)


def adopt(session: Session, load: Callable[[], Corpus]) -> None:
    """Start over on a text if it can be had; otherwise say why, and leave the run alone."""
    try:
        corpus = load()
        corpus.require_window(session.run.settings.sequence_length)
    except CorpusError as error:
        session.notice = str(error)
    except (OSError, KeyError):
        session.notice = "The file is not there any more, or cannot be read: choose another text."
    else:
        session.propose(corpus, session.run.in_force)
