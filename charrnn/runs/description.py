"""A corpus in plain values beside its text, to be sent or saved, and back; which runs can be had again without that."""

import re
from typing import Any

from charrnn.text.corpus import Corpus, Report, Vocabulary
from charrnn.text.folder import DATA, corpora
from charrnn.text.synthetic import SOURCES
from charrnn.training.settings import WORDS, Settings


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
        "hints": corpus.report.hints,
        "before": corpus.before,
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
        report=Report(
            about["encoding"], len(text), len(vocabulary), tuple(about["notes"]), tuple(about.get("hints", ()))
        ),
        train_ids=ids[:split],
        held_out_ids=ids[split:],
        before=tuple((str(name), int(step)) for name, step in about.get("before", ())),
    )


def about(corpus: Corpus, settings: Settings, title: str) -> dict[str, Any]:
    """What a run is besides its text and its history, JSON-able."""
    return {"corpus": describe(corpus), "settings": settings.to_dict(), "title": title}


def is_untouched(corpus: Corpus, settings: Settings) -> bool:
    """Whether anybody can have the same start again by choosing a text by its name."""
    names = {title for title, _ in corpora(DATA)} | {source.title for source in SOURCES}
    return settings == Settings() and corpus.name in names


def fork_title(name: str, step: int, changes: dict[str, Any]) -> str:
    """What a run is called that was another up to a step and goes on with other settings."""
    changed = ", ".join(f"{WORDS[setting]} {value}" for setting, value in changes.items())
    return f"{name}, forked at {step:,}" + (f": {changed}" if changed else "")


def later_title(name: str, corpus: Corpus, step: int) -> str:
    """What a run is called that was another up to a step and goes on with another text."""
    return f"{name}, then {corpus.name} from step {step:,}"


def title_from_the_start(title: str) -> str:
    """The title of a run that starts over: none where it said at which step the run was forked, or went on with another
    text, which is past."""
    return "" if re.search(r", forked at \d[\d,]*(: |$)|, then .* from step \d[\d,]*$", title) else title
