"""The texts to choose from: files of data/, generated sources of known entropy; and what a network is compared to."""

from functools import lru_cache
from math import log
from pathlib import Path
from typing import NamedTuple

import numpy as np
import streamlit as st

from charrnn.text.corpus import DATA, Corpus, CorpusError, corpora
from charrnn.text.parameters import name_of
from charrnn.text.rivals import Rival, rivals
from charrnn.text.synthetic import SOURCES, Source, named

FIRST = "Shakespeare"  # what a first visit opens
GENERATED = 400_000  # characters drawn from a source
GENERATED_SEED = 1


class Choices(NamedTuple):
    """How a text is to be read."""

    lowercase: bool = True
    held_out: float = 0.05


def names() -> list[str]:
    """Titles of the files in data/."""
    return [title for title, _ in corpora(DATA)]


@lru_cache(64)
def source_named(name: str) -> Source | None:
    """The generated source that has this name, parameters included, if it is one."""
    try:
        return named(name)
    except (KeyError, CorpusError):
        return None


def find(name: str, choices: Choices) -> Corpus:
    """The corpus with this name. Raises KeyError where there is none, CorpusError where it cannot be had so."""
    if path := dict(corpora(DATA)).get(name):
        return of_file(path, path.stat().st_mtime, name, choices)
    return of_source(named(name), choices.held_out)


def first() -> Corpus:
    """The text that a first visit opens."""
    known = names()
    return find(FIRST if FIRST in known else (known or [SOURCES[0].title])[0], Choices())


@st.cache_resource(show_spinner=False, max_entries=32)
def of_file(path: Path, modified: float, name: str, choices: Choices) -> Corpus:
    """A text of data/, read once for all who choose it, and again when the file was changed."""
    return Corpus.from_bytes(path.read_bytes(), name=name, lowercase=choices.lowercase, held_out=choices.held_out)


@st.cache_resource(show_spinner=False, max_entries=32)
def of_source(source: Source, held_out: float) -> Corpus:
    """A text drawn from a source; its last part is a fresh draw, so holding it out is an honest test."""
    text = source.generate(GENERATED, np.random.default_rng(GENERATED_SEED))
    return Corpus.from_text(text, name=name_of(source), held_out=held_out)


@st.cache_resource(show_spinner=False, max_entries=64, hash_funcs={Corpus: lambda corpus: corpus.digest})
def rivals_of(corpus: Corpus) -> list[Rival]:
    """What the network is compared to: the weakest first; for a generated text, last, the floor none can pass."""
    found = rivals(corpus)
    if source := source_named(corpus.name):
        found.append(Rival("exact entropy", source.entropy_bits * log(2), "the source"))
    return found
