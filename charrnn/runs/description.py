"""A corpus in plain values beside its text, to be sent or saved, and back; which runs can be had again without that."""

import re
from functools import reduce
from typing import Any

from charrnn.sentence import Sentence
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
    told = title.parts() if isinstance(title, Sentence) else title
    return {"corpus": describe(corpus), "settings": settings.to_dict(), "title": told}


def title_of(about: dict[str, Any]) -> str:
    """A run's title, "" where it has none; a sentence where nobody gave it. Raises ValueError where it is no text."""
    title = about.get("title", "")
    if isinstance(title, dict):
        return Sentence.of(title)
    if not isinstance(title, str):
        raise ValueError("its title is no text")
    return title


def is_untouched(corpus: Corpus, settings: Settings) -> bool:
    """Whether anybody can have the same start again by choosing a text by its name."""
    names = {title for title, _ in corpora(DATA)} | {source.title for source in SOURCES}
    return settings == Settings() and corpus.name in names


def fork_title(name: str, step: int, changes: dict[str, Any]) -> str:
    """What a run is called that was another up to a step and goes on with other settings."""
    if not changes:
        return Sentence("{name}, forked at {step:,}", name=name, step=step)
    each = [Sentence("{setting} {value}", setting=WORDS[setting], value=value) for setting, value in changes.items()]
    changed = reduce(lambda some, other: Sentence("{some}, {other}", some=some, other=other), each)
    return Sentence("{name}, forked at {step:,}: {changed}", name=name, step=step, changed=changed)


def later_title(name: str, corpus: Corpus, step: int) -> str:
    """What a run is called that was another up to a step and goes on with another text."""
    return Sentence("{name}, then {text} from step {step:,}", name=name, text=corpus.name, step=step)


def title_from_the_start(title: str) -> str:
    """The title of a run that starts over: none where it said at which step the run was forked, or went on with another
    text, which is past."""
    return "" if re.search(r", forked at \d[\d,]*(: |$)|, then .* from step \d[\d,]*$", title) else title
