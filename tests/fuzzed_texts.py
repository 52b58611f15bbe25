"""Claims about texts: brought as files, pasted, typed as a beginning; and about lessons and what is handed on."""

import json
import re
import tempfile
from functools import cache
from pathlib import Path

import hostile
import numpy as np
from fuzzing import about, edited, hostile_texts, sentence, texts
from hypothesis import strategies as st

from charrnn.dashboard.lessons.lesson import ABOUT, LESSONS, lessons
from charrnn.dashboard.replay.document import document
from charrnn.network.cells import CELLS
from charrnn.refusal import in_a_line
from charrnn.runs import history
from charrnn.runs.known import Known
from charrnn.runs.opening import untrained
from charrnn.runs.record import Snapshot
from charrnn.text.checkup import KEEP, check_up
from charrnn.text.corpus import Corpus
from charrnn.text.decoding import CorpusError, joined, readings
from charrnn.training.settings import Settings
from charrnn.training.trainer import Trainer

SMALL = Settings(hidden_size=4, sequence_length=5, batch_size=2)
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "latin-1", "cp1251", "big5", "gb18030", "cp500")
BEGINNINGS = (b"%PDF-1.7\n", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n", b"\xff\xfe", b"\xfe\xff", b"+/v8-", b"{\\rtf1")

encoded = st.builds(lambda text, name: text.encode(name, "replace"), texts, st.sampled_from(ENCODINGS))
contents = st.binary(max_size=400) | encoded | encoded.flatmap(edited)
contents |= st.builds(lambda head, rest: head + rest, st.sampled_from(BEGINNINGS), encoded)
files = st.lists(st.tuples(hostile_texts, contents), min_size=1, max_size=3)
choices = st.booleans(), st.sampled_from([0.0, 0.05, 0.5, 0.99]), st.sampled_from([None, *KEEP, 1])


@about(files, st.none() | st.sampled_from([*ENCODINGS, "utf-7"]), *choices)
def uploads(brought, encoding, lowercase, held_out, keep):
    """A file is learned from or refused in a sentence."""
    try:
        check_up(joined(brought, encoding).text)
        readings(brought[0][1])
        corpus = Corpus.from_files(
            brought,
            name=brought[0][0],
            encoding=encoding,
            lowercase=lowercase,
            held_out=held_out,
            keep_frequent=keep,
        )
    except CorpusError as error:
        return sentence(error) and "refused"
    return learned(corpus)


@about(texts, *choices)
def pastes(text, lowercase, held_out, keep):
    """A pasted text is learned from or refused in a sentence."""
    try:
        check_up(text)
        corpus = Corpus.from_text(text, name="pasted", lowercase=lowercase, held_out=held_out, keep_frequent=keep)
    except CorpusError as error:
        return sentence(error) and "refused"
    return learned(corpus)


def learned(corpus):
    """The corpus is its text, what is said of it can be shown, and a network learns from it."""
    ids = np.concatenate([corpus.train_ids, corpus.held_out_ids])
    assert corpus.vocabulary.decode(ids) == corpus.text
    assert all(said == in_a_line(said) for said in (*corpus.report.notes, *corpus.report.hints))
    try:
        trainer = Trainer(corpus, SMALL)
    except CorpusError as error:
        return sentence(error) and "too short"
    assert all(np.isfinite(step.loss) for step in trainer.train(3))
    assert len(trainer.sample(20)) == 20
    return "learned"


@cache
def networks():
    """A small network of each cell that has learned from hostile texts."""
    corpus = Corpus.from_text("\n".join(hostile.PIECES) * 3, name="hostile", lowercase=True)
    trainers = [Trainer(corpus, Settings(hidden_size=6, sequence_length=8, batch_size=2, cell=cell)) for cell in CELLS]
    for trainer in trainers:
        trainer.train(30)
    return trainers


temperatures = st.sampled_from([0.0, 1e-9, 1e-3, 0.5, 1.0, 2.0, 100.0]) | st.floats(0, 100)
beginnings = st.none() | hostile_texts | st.text(max_size=3_000)


@about(st.integers(0, 2), beginnings, temperatures, st.none() | st.integers(1, 999), st.integers(0, 60))
def primes(cell, prime, temperature, top_k, length):
    """Whatever it begins with and however hot, so many characters of its alphabet come, and training is undisturbed."""
    trainer = networks()[cell]
    before = trainer.hidden.copy(), trainer.parameters.flat.copy()
    written = trainer.sample(length, temperature, prime=prime, top_k=top_k, seed=1)
    assert len(written) == length
    assert set(written) <= set(trainer.corpus.vocabulary.characters)
    assert all(np.array_equal(*pair) for pair in zip(before, (trainer.hidden, trainer.parameters.flat), strict=True))
    return "written"


lesson_files = st.sampled_from(sorted(set(LESSONS.glob("*.md")) - {LESSONS / ABOUT})).map(Path.read_bytes)


@about(lesson_files.flatmap(edited), lesson_files, st.integers(0, 10**4), hostile_texts)
def lesson_folders(damaged, other, cut, text):
    """Each file of a folder is a lesson or a sentence that begins with its name, whatever became of the other files."""
    with tempfile.TemporaryDirectory() as folder:
        whole = {"damaged": damaged, "spliced": damaged[:cut] + text.encode() + other[cut:], "other": other}
        for name, data in whole.items():
            (Path(folder) / f"{name}.md").write_bytes(data)
        found, wrong = lessons(Path(folder))
    assert "other" in [lesson.name for lesson in found]
    assert len(found) + len(wrong) == len(whole)
    assert all(said.startswith(("damaged.md", "spliced.md")) and said.endswith(".") for said in wrong), wrong
    assert all(said == in_a_line(said) for said in wrong), wrong
    return f"{len(found)} of {len(whole)} can be read"


BLOCK = re.compile('(<script type="application/json" id="replay">)(.*?)(</script>)', re.DOTALL)


@about(hostile_texts, hostile_texts, hostile_texts)
def replays(text, title, sample):
    """A replay holds every text as data, and around these it is the same whatever they are."""
    data, around = replayed(text, title, sample)
    assert json.loads(data)["title"] == title or not title
    assert "<" not in data
    assert around == plain_replay()
    return "replayed"


def replayed(text, title, sample):
    """The data in a replay of a small run, and what stands around it."""
    corpus = Corpus.from_text(f"{text}to be or not to be\n" * 4, name="text")
    run, trainer = Known(untrained(corpus, SMALL), title), Trainer(corpus, SMALL)
    curve = run.curve.extended(history.of(trainer.train(3)))
    run.record = run.record._replace(snapshot=Snapshot.of(trainer), curve=curve, samples=((3, sample),))
    html = document(run, "http://127.0.0.1:8501/").decode()
    ((_, data, _),) = BLOCK.findall(html)
    return data, BLOCK.sub(r"\1\3", html)


@cache
def plain_replay():
    """What stands around the data of any replay."""
    return replayed("", "plain", "plain")[1]


CLAIMS = [uploads, pastes, primes, lesson_folders, replays]
