"""Is it copying? What of a sample stands word for word in the text, beside what is usual."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import streamlit as st

from charrnn.dashboard import words
from charrnn.dashboard.components import Colouring, Guesses, coloured_text, encode_coloured_text
from charrnn.dashboard.language import _
from charrnn.dashboard.session import measuring
from charrnn.dashboard.session.looked_up import explained
from charrnn.dashboard.session.parts import redrawn
from charrnn.dashboard.session.session import Last, Session
from charrnn.dashboard.tables import table
from charrnn.dashboard.views.writing import dice_now
from charrnn.insight.reading import Strip, strip
from charrnn.network import sampling
from charrnn.sentence import Sentence
from charrnn.text.copying import GRAM, Index, Stretch, copied, index, ngram_writing
from charrnn.text.corpus import Ids

LENGTH = 2_000  # characters of the sample that is looked through
LEAST = 100  # of held-out text: fewer tell nothing
BACK = 5  # characters that the n-gram looks back
AROUND = 20  # characters shown of a place, before and behind
ALIGNED = {"before": st.column_config.TextColumn(alignment="right")}  # ends at the stretch
FEW = {"characters": None, "here": 200}  # on a phone


class Found(NamedTuple):
    """One writing, and what of it stands in the text."""

    name: str
    ids: Ids
    stretches: list[Stretch]

    @property
    def longest(self) -> int:
        """Characters of the longest stretch, 0 where there is none."""
        return max((stretch.length for stretch in self.stretches), default=0)

    @property
    def covered(self) -> float:
        """The share of its characters that are in a stretch."""
        inside = np.zeros(len(self.ids), bool)
        for stretch in self.stretches:
            inside[stretch.start : stretch.end] = True
        return float(inside.mean())


class Copying(NamedTuple):
    """What was measured."""

    sample: Found
    others: list[Found]  # held-out text, where there is enough, and what an n-gram writes, as long as the sample
    reading: Strip  # of the sample
    shortest: int


def copying(session: Session) -> None:
    """Parts of the page: the shortest stretch that counts, and what was found."""
    redrawn(controls, "copying-row")
    dice = dice_now(session)
    about = session.sampling_seed, dice, shortest()
    measuring.measured_fragment(session, "copying", measured, lambda: drawn(session), about=about)


def controls() -> None:
    """From how many characters on a stretch counts."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(
            _("**Is it copying?** What of its writing stands word for word in the text that it learns from."),
            width="content",
            help=explained(
                _(
                    "{length:,} characters from the seed and temperature of the sample above. Held-out text, "
                    "which it never read, and an n-gram that looks {back} characters back show how much of that "
                    "is usual.",
                    length=LENGTH,
                    back=BACK,
                ),
                "copying",
                "n-gram",
                "held out",
            ),
        )
        st.number_input(
            _("From so many characters on"),
            GRAM,
            100,
            GRAM,
            key="shortest",
            persist_state="session",
            on_change=st.rerun,
            width=200,
        )


def shortest() -> int:
    """From how many characters on a stretch counts."""
    return int(st.session_state.get("shortest") or GRAM)


def measured(session: Session) -> Any:
    """Work to be done beside the page: write, and look for all of it in the text."""
    run, parameters, least, dice = session.run, session.view.parameters, shortest(), dice_now(session)
    corpus, seed = run.corpus, session.sampling_seed
    prime = corpus.primed(dice.prime)
    last = session.remember("grams", Last, corpus.digest)

    def work() -> Copying:
        if last.value is None:
            last.value = index(corpus.train_ids)
        text: Index = last.value
        held_out = corpus.held_out_ids[:LENGTH]
        length = len(held_out) if len(held_out) >= LEAST else LENGTH
        rng = np.random.default_rng(seed)
        written = sampling.sample(parameters, prime, LENGTH, rng, dice.temperature, dice.top_k)[:length]
        ngram = ngram_writing(index(corpus.train_ids, BACK), length, np.random.default_rng(seed))
        others = [(Sentence("held-out text"), held_out)] if len(held_out) >= LEAST else []
        others.append((Sentence("an n-gram"), ngram))
        sample, *rest = (
            Found(name, ids, copied(text, ids, least)) for name, ids in [(Sentence("what it wrote"), written), *others]
        )
        return Copying(sample, rest, strip(parameters, written, 0), least)

    return work


def drawn(session: Session) -> str:
    """The finding in words and figures, the sample with its stretches marked, and where they stand."""
    found = measuring.found(session, "copying")
    if not found:
        return ""
    here: Copying = found.value
    decode = session.run.corpus.vocabulary.decode
    st.markdown(in_words(here, decode))
    percent = st.column_config.NumberColumn(format="percent")
    table(
        "usual",
        _("Of {characters:,} characters each", characters=len(here.sample.ids)),
        figures(here),
        {"in stretches": percent},
        few={"writing": 140, "longest": None, "in stretches": None},
    )
    marked(here, decode)
    if here.sample.stretches and st.toggle(_("Show where they stand in the text"), key="copy-places"):
        table(
            "copies",
            _("The stretches, the longest first"),
            places(here, session.run.corpus.text),
            ALIGNED,
            few=FEW,
        )
    return _(", {characters:,} characters written", characters=len(here.sample.ids))


def in_words(here: Copying, decode: Any) -> str:
    """The longest stretch, beside what is usual."""
    stretches = here.sample.stretches
    if not stretches:
        said = _("Nothing of {shortest} characters or more that it wrote stands in the text.", shortest=here.shortest)
    else:
        longest = max(stretches, key=lambda stretch: stretch.length)
        piece = words.plain("".join(map(words.visible, decode(here.sample.ids[longest.start : longest.end]))))
        said = _(
            "The longest stretch that stands in the text has **{length} characters**: “{piece}”.",
            length=longest.length,
            piece=piece,
        )
    none = _("no such stretch")
    usual = _(" and ").join(f"{_(other.name)} {other.longest or none}" for other in here.others)
    return _("{said} Beside it: {usual}.", said=said, usual=usual)


def figures(here: Copying) -> pd.DataFrame:
    """The same figures of all writings."""
    all_of_them = [here.sample, *here.others]
    return pd.DataFrame(
        {
            "writing": [_(each.name) for each in all_of_them],
            "longest": [each.longest for each in all_of_them],
            "stretches": [len(each.stretches) for each in all_of_them],
            "in stretches": [each.covered for each in all_of_them],
        }
    )


def marked(here: Copying, decode: Any) -> None:
    """The sample, the stretches coloured by how long they are."""
    length = np.zeros(len(here.sample.ids))
    for start, end, __ in here.sample.stretches:
        length[start:end] = np.maximum(length[start:end], end - start)
    read = here.reading
    message = encode_coloured_text(
        length[None],
        text=decode(here.sample.ids),
        rows=[""],
        colouring=Colouring(
            title=_("stands in the text"), signed=False, limit=max(30, here.sample.longest), unit=_("characters")
        ),
        guesses=Guesses(
            of="here", top=[decode(ids) for ids in read.top_ids], top_p=read.top_probabilities, surprise=read.surprise
        ),
    )
    coloured_text(message, key="copied-text")


def places(here: Copying, text: str) -> pd.DataFrame:
    """Each stretch with its place in the text and what stands around it there, the longest first."""
    ordered = sorted(here.sample.stretches, key=lambda stretch: -stretch.length)

    def seen(low: int, high: int) -> str:
        return "".join(map(words.visible, text[max(0, low) : high]))

    ends = [(stretch.place, stretch.place + stretch.length) for stretch in ordered]
    return pd.DataFrame(
        {
            "characters": [stretch.length for stretch in ordered],
            "at character": [stretch.place + 1 for stretch in ordered],
            "before": [seen(start - AROUND, start) for start, end in ends],
            "here": [seen(start, end) for start, end in ends],
            "after": [seen(end, end + AROUND) for start, end in ends],
        }
    )
