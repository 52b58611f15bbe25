"""Texts that everybody can have by their names: those in data/, and the generated ones."""

from contextlib import suppress

from charrnn.text.corpus import Corpus
from charrnn.text.decoding import CorpusError
from charrnn.text.folder import corpora
from charrnn.text.parameters import name_of
from charrnn.text.synthetic import drawn, named


def known(name: str, lowercase: bool = False, held_out: float = 0.05) -> Corpus:
    """The corpus with this name. Raises KeyError where there is none, CorpusError where it cannot be had so."""
    if path := dict(corpora()).get(name):
        return Corpus.from_bytes(path.read_bytes(), name=name, lowercase=lowercase, held_out=held_out)
    source = named(name)
    return Corpus.from_text(drawn(source), name=name_of(source), held_out=held_out)


def is_known(corpus: Corpus) -> bool:
    """Whether everybody can have this very text by its name."""
    with suppress(KeyError, OSError, CorpusError):
        return known(corpus.name, corpus.lowercase, corpus.held_out).digest == corpus.digest
    return False
