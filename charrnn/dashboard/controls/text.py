"""The text's button: what there is to learn from, a text of one's own, and what was found in the present one."""

import streamlit as st

from charrnn.dashboard import words
from charrnn.dashboard.session import texts
from charrnn.dashboard.session.adopting import adopt
from charrnn.dashboard.session.panel import panel, refusal
from charrnn.dashboard.session.session import Session
from charrnn.dashboard.session.texts import Choices
from charrnn.text.corpus import Corpus
from charrnn.text.parameters import changed, name_of, parameters_of
from charrnn.text.synthetic import SOURCES, Source, source_of

FREQUENT = 200
FILE_NAME = 255  # characters of a file's name that count: no more have names on disks, whatever a browser sends
NAME = 28  # characters of a text's name on its button: more would push the last button out of the first screen


def text(session: Session) -> None:
    """The text's button."""
    name = session.run.corpus.name
    shown = name if len(name) <= NAME else name[: NAME - 1] + "…"
    panel(session, "text", f"Text: {words.plain(shown)}", "menu_book", choose_text)


def choose_text(session: Session) -> None:
    """The texts there are, a text of one's own, and what was found in the present one."""
    corpus = session.run.corpus
    reading()
    chosen = corpus.name if (corpus.lowercase, corpus.held_out) == choices() else ""
    pick(session, texts.names(), chosen)
    st.caption("Generated, of exactly known entropy:")
    source = source_of(corpus.name, corpus.text)
    pick(session, [each.title for each in SOURCES], source.title if source else "")
    if source:
        parameters(session, source)
    refusal(session, "picked")
    left, right = st.columns(2)
    with left:
        paste(session)
    with right:
        upload(session)
    report(corpus)


def reading() -> None:
    """How the next text is to be read."""
    left, right = st.columns(2, vertical_alignment="center")
    left.toggle(
        "Lower-case letters only",
        value=True,
        key="lowercase",
        persist_state="session",
        help="A smaller alphabet is learned sooner: THE and the become one.",
    )
    right.select_slider(
        "Held out for testing",
        options=[0.0, 0.02, 0.05, 0.1, 0.2],
        value=0.05,
        format_func=lambda part: f"{part:.0%}" if part else "nothing",
        key="held_out",
        persist_state="session",
        help="The last part of the text, never learned from: its loss tells what was learned, not memorised.",
    )


def choices() -> Choices:
    """What was chosen there. As all that a press depends on, it is read when the press comes: who enters something and
    presses at once has it learned, though the panel was drawn before."""
    return Choices(st.session_state["lowercase"], st.session_state["held_out"])


def pick(session: Session, titles: list[str], chosen: str) -> None:
    """One button a title."""
    with st.container(horizontal=True, gap="small"):
        for title in titles:
            st.button(
                words.plain(title),
                on_click=lambda title=title: adopt(session, lambda: texts.find(title, choices()), "picked"),
                key=f"text-{title}",
                type="primary" if title == chosen else "secondary",
            )


def parameters(session: Session, source: Source) -> None:
    """What the generated text depends on, and what that makes of its entropy; another one takes effect by a press."""
    columns = st.columns(2, vertical_alignment="bottom")
    keys = {parameter.name: f"{parameter.name} of {session.run.corpus.name}" for parameter in parameters_of(source)}
    for place, parameter in enumerate(parameters_of(source)):
        kind = type(parameter.default)
        columns[place % 2].number_input(
            parameter.words,
            kind(parameter.low),
            kind(parameter.high),
            getattr(source, parameter.name),
            step=1 if kind is int else 0.05,
            key=keys[parameter.name],
        )

    def entered() -> Source:
        return changed(source, {name: st.session_state[key] for name, key in keys.items()})

    other = entered()
    st.caption(f"{source.teaches} Exact entropy: {other.entropy_bits:.4f} bits a character.")
    if other != source:
        st.button(
            "Learn from this",
            key="use-generated",
            type="primary",
            on_click=lambda: adopt(session, lambda: texts.find(name_of(entered()), choices()), "picked"),
        )


def paste(session: Session) -> None:
    """A text typed or pasted."""
    st.text_area(
        "or paste a text",
        key="pasted",
        persist_state="session",
        height=90,
        placeholder="A few hundred characters or more …",
    )

    def pasted() -> Corpus:
        return Corpus.from_text(st.session_state["pasted"], name="pasted text", **choices()._asdict())

    st.button("Learn from what I pasted", key="use-pasted", on_click=lambda: adopt(session, pasted, "pasted"))
    refusal(session, "pasted")


def upload(session: Session) -> None:
    """A file of one's own."""
    place = st.container()  # above the file: who has it in sight sees the button appear
    st.file_uploader("or upload a file", key="uploaded", help="Plain text, in any encoding.")
    file = st.session_state["uploaded"]
    if not file:
        return
    name = file.name[:FILE_NAME]
    st.toggle(
        f"Keep only the {FREQUENT} most frequent characters",
        key="frequent",
        persist_state="session",
        help="For texts with a very large alphabet: the rest becomes one sign, �.",
    )

    def uploaded() -> Corpus:
        file, frequent = st.session_state["uploaded"], FREQUENT if st.session_state["frequent"] else None
        if not file:
            raise KeyError("taken out again")
        name = file.name[:FILE_NAME]
        return Corpus.from_bytes(file.getvalue(), name=name, keep_frequent=frequent, **choices()._asdict())

    with place:
        st.button(
            f"Learn from {words.plain(name)}",
            key="use-uploaded",
            type="primary",
            on_click=lambda: adopt(session, uploaded, "uploaded"),
        )
        refusal(session, "uploaded")


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
