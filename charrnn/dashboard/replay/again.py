"""What a run was made with, and how another one becomes the same."""

import shlex

from charrnn.dashboard import words
from charrnn.dashboard.language import _
from charrnn.dashboard.session import links, texts
from charrnn.runs.known import Known
from charrnn.text.corpus import Corpus
from charrnn.text.folder import corpora
from charrnn.training.settings import WORDS, Settings

OWN = "TEXT"  # stands for a file that only its owner has


def settings_of(run: Known) -> list[tuple[str, str]]:
    """Text and settings as the run began with them, each by its name."""
    corpus = run.corpus
    about = [
        (
            _("text"),
            _(
                "{name}: {characters:,} characters, {different:,} different ones",
                name=corpus.name,
                characters=len(corpus.text),
                different=len(corpus.vocabulary),
            ),
        ),
        (_("letter case"), _("lowered") if corpus.lowercase else _("kept")),
        (
            _("held out"),
            _("the last {held_out:.0%}", held_out=corpus.held_out) if len(corpus.held_out_ids) else _("nothing"),
        ),
    ]
    return about + [
        (_(WORDS[name]), words.number(value, ",g") if isinstance(value, float) else str(value))
        for name, value in run.settings.to_dict().items()
    ]


def command(run: Known) -> str | None:
    """The command line that trains the same network; None where it learned from more than one text."""
    corpus, settings = run.corpus, run.settings
    if corpus.before:
        return None
    options = ["--steps", str(run.snapshot.step)]
    options += ["--lowercase"] if corpus.lowercase else []
    options += ["--held-out", f"{corpus.held_out:g}"] if corpus.held_out != 0.05 else []
    options += ["--keep-frequent", str(corpus.keep_frequent)] if corpus.keep_frequent else []
    for name, value in settings.to_dict().items():
        if value != getattr(Settings(), name):
            options += [f"--{name.replace('_', '-')}", str(value)]
    return shlex.join(["python", "-m", "charrnn", "train", text_of(corpus), *options])


def text_of(corpus: Corpus) -> str:
    """What the command line calls a text."""
    if not texts.is_known(corpus):
        return OWN
    path = dict(corpora()).get(corpus.name)
    return path.stem if path else corpus.name


def lines(run: Known, page: str) -> list[tuple[str, str]]:
    """What to type where, to train it again; `page` is the address of a page that can."""
    found, query = [], links.query(run.corpus, run.settings)
    if line := command(run):
        found.append((_("On the command line"), line))
    if query:
        found.append((_("In the page"), f"{page}?{query}"))
    return found


def remarks(run: Known) -> list[str]:
    """What is to be known beside, a sentence each."""
    corpus = run.corpus
    if corpus.before:
        return [
            _(
                "It learned from {learned} before: only the run itself goes on as it did.",
                learned=words.learned(corpus.before),
            )
        ]
    said = [
        _("At step {step:,} was set: {change}.", step=step, change=words.change(change)) for step, change in run.log
    ]
    if not texts.is_known(corpus):
        said.append(_("{own} stands for the text, which is not in this file and has to be brought along.", own=OWN))
    return said
