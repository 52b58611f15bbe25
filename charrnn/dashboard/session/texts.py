"""The texts to choose from: files of data/, generated sources of known entropy; and what a network is compared to."""

import os
from contextlib import suppress
from math import log
from pathlib import Path
from typing import NamedTuple

import streamlit as st

from charrnn.sentence import Sentence
from charrnn.text.baselines import Baseline, baselines
from charrnn.text.corpus import Corpus, CorpusError
from charrnn.text.folder import DATA, corpora
from charrnn.text.parameters import name_of
from charrnn.text.synthetic import SOURCES, Source, drawn, named, source_of

FIRST = "Shakespeare"  # what a first visit opens


class Choices(NamedTuple):
    """How a text is to be read."""

    lowercase: bool = False
    held_out: float = 0.05


def names() -> list[str]:
    """Titles of the files in data/."""
    return [title for title, _ in corpora(DATA)]


def find(name: str, choices: Choices) -> Corpus:
    """The corpus with this name. Raises KeyError where there is none, CorpusError where it cannot be had so."""
    path = dict(corpora(DATA)).get(name)
    if not path:
        return of_source(named(name), choices.held_out)
    try:
        return of_file(os.fsencode(path), path.stat().st_mtime, name, choices)
    except OSError as error:
        raise CorpusError(
            "The file of “{name}” cannot be read ({strerror}): choose another text.", name=name, strerror=error.strerror
        ) from None


def is_known(corpus: Corpus) -> bool:
    """Whether anybody can have this very text here by its name."""
    with suppress(KeyError, CorpusError):
        return find(corpus.name, Choices(corpus.lowercase, corpus.held_out)).digest == corpus.digest
    return False


def first() -> Corpus:
    """The text that a first visit opens: of those that can be read the first one."""
    for name in (FIRST, *names()):
        with suppress(KeyError, CorpusError):
            return find(name, Choices())
    return find(SOURCES[0].title, Choices())


@st.cache_resource(show_spinner=False, max_entries=32)
def of_file(path: bytes, modified: float, name: str, choices: Choices) -> Corpus:
    """A text of data/, read once for all who choose it, and again when the file was changed."""
    data = Path(os.fsdecode(path)).read_bytes()  # a cache cannot take a name that is no UTF-8
    return Corpus.from_bytes(data, name=name, lowercase=choices.lowercase, held_out=choices.held_out)


@st.cache_resource(show_spinner=False, max_entries=32)
def of_source(source: Source, held_out: float) -> Corpus:
    """A text drawn from a source; its last part is a fresh draw, so holding it out is an honest test."""
    return Corpus.from_text(drawn(source), name=name_of(source), held_out=held_out)


def baselines_of(corpus: Corpus) -> list[Baseline]:
    """What the network is compared to: the weakest first; for a generated text, last, the floor none can pass."""
    source = source_of(corpus.name, corpus.text)
    floor = [Baseline("exact entropy", source.entropy_bits * log(2), Sentence("the source"))] if source else []
    return [*measured(corpus), *floor]


@st.cache_resource(show_spinner=False, max_entries=64, hash_funcs={Corpus: lambda corpus: corpus.digest})
def measured(corpus: Corpus) -> list[Baseline]:
    """What is measured on the text, whatever it is called."""
    return baselines(corpus)
