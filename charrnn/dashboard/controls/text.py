"""The text's button: what there is to learn from, a text of one's own, and what was found in the present one."""

import streamlit as st

from charrnn.dashboard import words
from charrnn.dashboard.controls.bringing import bring
from charrnn.dashboard.controls.reading import choices
from charrnn.dashboard.language import _
from charrnn.dashboard.session import texts
from charrnn.dashboard.session.adopting import adopt
from charrnn.dashboard.session.looked_up import explained
from charrnn.dashboard.session.panel import panel, refusal
from charrnn.dashboard.session.session import Session
from charrnn.text.cleaning import by_frequency
from charrnn.text.corpus import Corpus
from charrnn.text.parameters import changed, name_of, parameters_of
from charrnn.text.synthetic import SOURCES, Source, source_of

NAME = 28  # characters of a text's name on its button: more would push the last button out of the first screen


def text(session: Session) -> None:
    """The text's button."""
    panel(session, "text", of_text(session.run.corpus.name), "menu_book", choose_text)


def of_text(name: str) -> str:
    """What its button says."""
    shown = name if len(name) <= NAME else name[: NAME - 1] + "…"
    return _("Text: {shown}", shown=words.plain(shown))


def choose_text(session: Session) -> None:
    """A text of one's own, the texts there are, and what was found in the present one."""
    corpus = session.run.corpus
    bring(session)
    st.divider()
    chosen = corpus.name if (corpus.lowercase, corpus.held_out) == choices() else ""
    pick(session, texts.names(), chosen)
    st.caption(_("Generated, of exactly known entropy:"), help=explained("", "exact entropy", "nat and bit"))
    source = source_of(corpus.name, corpus.text)
    pick(session, [each.title for each in SOURCES], source.title if source else "")
    if source:
        parameters(session, source)
    refusal(session, "picked")
    st.divider()
    report(corpus)


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
            _(parameter.words),
            kind(parameter.low),
            kind(parameter.high),
            getattr(source, parameter.name),
            step=1 if kind is int else 0.05,
            key=keys[parameter.name],
        )

    def entered() -> Source:
        return changed(source, {name: st.session_state[key] for name, key in keys.items()})

    other = entered()
    st.caption(
        _(
            "{teaches} Exact entropy: {entropy_bits:.4f} bits a character.",
            teaches=source.teaches,
            entropy_bits=other.entropy_bits,
        )
    )
    if other != source:
        st.button(
            _("Learn from this"),
            key="use-generated",
            type="primary",
            on_click=lambda: adopt(session, lambda: texts.find(name_of(entered()), choices()), "picked"),
        )


def report(corpus: Corpus) -> None:
    """What was found in the text: size, alphabet, what was dropped or replaced."""
    found = corpus.report
    held_out = len(corpus.held_out_ids)
    encoding = _(" · read as {encoding}", encoding=found.encoding) if found.encoding else ""
    st.caption(words.plain(corpus.name))
    st.caption(
        _(
            "{characters:,} characters · {alphabet:,} different ones{encoding} · {held_out:,} held out",
            characters=found.characters,
            alphabet=found.alphabet,
            encoding=encoding,
            held_out=held_out,
        )
    )
    shown = "".join(character for character, _ in by_frequency(corpus.text)[:120])
    st.code("".join(words.visible(character) for character in shown), language=None, wrap_lines=True)
    for remark in (*found.notes, *found.hints):
        st.text(_(remark))
