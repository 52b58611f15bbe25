"""A corpus in plain values beside its text, to be sent or saved, and back."""

from typing import Any

from charrnn.text.corpus import Corpus, Report, Vocabulary


def describe(corpus: Corpus) -> dict[str, Any]:
    """What a corpus is besides its text, JSON-able."""
    return {
        "name": corpus.name,
        "characters": corpus.vocabulary.characters,
        "split": len(corpus.train_ids),
        "held_out": corpus.held_out,
        "lowercase": corpus.lowercase,
        "encoding": corpus.report.encoding,
        "notes": corpus.report.notes,
    }


def corpus_from(about: dict[str, Any], text: str) -> Corpus:
    """The corpus that was described: the same alphabet and the same split, whatever it was made by."""
    vocabulary = Vocabulary(about["characters"])
    ids, split = vocabulary.encode(text), about["split"]
    ids.flags.writeable = False
    return Corpus(
        name=about["name"],
        text=text,
        vocabulary=vocabulary,
        held_out=about["held_out"],
        lowercase=about["lowercase"],
        report=Report(about["encoding"], len(text), len(vocabulary), tuple(about["notes"])),
        train_ids=ids[:split],
        held_out_ids=ids[split:],
    )
