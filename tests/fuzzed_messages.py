"""Claims about what comes over wires: links, what browsers say on the channel, what workers say through their pipes."""

import asyncio
import io
import json
from functools import cache
from unittest.mock import patch
from urllib.parse import parse_qsl

import killing
from fuzzing import about, edited, hostile_texts, junk, sentence
from hypothesis import strategies as st

from charrnn.dashboard.channel import Channel
from charrnn.dashboard.lessons import place
from charrnn.dashboard.lessons.lesson import lessons
from charrnn.dashboard.server import live
from charrnn.dashboard.session import links, showing, texts
from charrnn.runs import local, messages
from charrnn.runs.engine import Engine
from charrnn.runs.local import Local
from charrnn.runs.messages import Message
from charrnn.runs.start import start_message
from charrnn.runs.worker import Worker
from charrnn.text.corpus import Corpus, CorpusError
from charrnn.text.synthetic import SOURCES
from charrnn.training.memory import require_memory
from charrnn.training.settings import CHOICES, LIMITS, Settings, SettingsError
from charrnn.training.trainer import Trainer

numbers = st.sampled_from(["0", "1", "-1", "1e6", "nan", "inf", "1e400", "9" * 5_000, "0x10", "", " 7 ", "٣", "1_0"])
numbers |= st.integers().map(str) | st.floats().map(repr) | hostile_texts
within = {name: st.sampled_from([f"{low:g}", f"{high:g}"]) | numbers for name, (low, high) in LIMITS.items()}
within |= {name: st.sampled_from(choices) | hostile_texts for name, choices in CHOICES.items()}
titles = st.sampled_from([source.title for source in SOURCES])
generated = st.builds("{} ({}={})".format, titles, hostile_texts | st.sampled_from(["kinds", "open", "delay"]), numbers)
named = {"text": st.sampled_from(texts.names()) | titles | generated | hostile_texts, "held_out": numbers}
named |= {"lowercase": numbers, "show": hostile_texts, "lesson": hostile_texts, "place": numbers}


@about(st.fixed_dictionaries({}, optional=within | named))
def experiments(query):
    """A link is the experiment that it names, within all limits, or refused in a sentence."""
    shown, corrected = showing.linked(query.get("show", ""))
    assert shown
    for said in (corrected, place.linked(query, all_lessons())[1]):
        assert not said or sentence(ValueError(said))
    try:
        corpus, settings = links.experiment(query)
        require_memory(settings, len(corpus.vocabulary))
        corpus.require_window(settings.sequence_length)
    except (CorpusError, SettingsError) as error:
        return sentence(error) and "refused"
    query = dict(parse_qsl(links.query(corpus, settings), strict_parsing=True))
    again = links.experiment(query)
    assert (again[0].digest, again[1]) == (corpus.digest, settings)
    return "opened"


@cache
def all_lessons():
    """Those of the project."""
    return lessons()[0]


BUTTONS = ("train", "pause")
words = st.sampled_from([json.dumps({"press": name}) for name in BUTTONS] + ["[]", '["strip"]', "{", "[" * 9_999])
words |= junk.map(json.dumps) | st.dictionaries(st.sampled_from(["press", "sight"]), junk).map(json.dumps)
words |= st.text() | st.sampled_from(["x" * live.MESSAGE_LIMIT, json.dumps(["x" * live.MESSAGE_LIMIT])])


@about(st.lists(words.map(lambda text: {"text": text}) | st.binary().map(lambda data: {"bytes": data})))
def channel_words(said):
    """Whatever a browser says, no more buttons are pressed than it named, and the connection ends in peace."""
    pressed, socket = [], Said(said)
    channel = Channel(lambda: 0, lambda: 1.0)
    for name in BUTTONS:
        channel.action(name, lambda name=name: pressed.append(name))
    asyncio.run(live.listen(socket, channel, live.Browser()))
    named = [message.get("text") for message in said[: len(said) - len(socket.words)]]
    assert pressed == [name for text in named for name in BUTTONS if text == json.dumps({"press": name})]
    return "heard out" if not socket.words else "ended"


class Said:
    """A browser's end of the channel, which says some words and leaves."""

    def __init__(self, words):
        self.words = list(words)

    async def receive(self):
        if not self.words:
            return {"type": "websocket.disconnect", "code": 1001}
        return {"type": "websocket.receive"} | self.words.pop(0)


class Told:
    """An outbox whose messages wait in a stream for good."""

    idle = True

    def __init__(self):
        self.stream = io.BytesIO()

    def send(self, kind, fields, arrays=None):
        messages.write(self.stream, kind, fields, arrays)


SMALL = Settings(hidden_size=4, sequence_length=5, batch_size=2)
CORPUS = Corpus.from_text("to be or not to be, that is the question.\n" * 40, name="hamlet")


@cache
def told():
    """All that a worker says that trains up to step 120, is given another rate, and pauses."""
    worker = Worker(Trainer(CORPUS, SMALL), Told(), 0.0)
    worker.outbox.send("ready", worker.picture(), worker.parameters())
    worker.obey(Message("train", {"order": 1, "until": 120, "improving": False}, {}))
    worker.obey(Message("set", {"order": 1, "changes": {"learning_rate": 0.01}}, {}))
    while worker.until is not None or worker.evaluations:
        worker.advance()
    return worker.outbox.stream.getvalue()


class Process:
    """As local.launch returns one: it says so many bytes, takes whatever it is told, and ends."""

    pid, returncode = None, 1

    def __init__(self, says):
        self.stdin, self.stdout, self.stderr = io.BytesIO(), io.BytesIO(says), io.BytesIO()

    def kill(self):
        """It has ended."""

    def wait(self, timeout=None):
        return self.returncode


@about(st.builds(told).flatmap(edited) | st.binary().map(lambda noise: told() + noise))
def worker_messages(says):
    """Whatever comes through a worker's pipe, the run comes to rest, says why in a sentence, and can be trained on."""
    connections = []
    engine = Engine(connect=lambda *start: connections.append(Local(*start)) or connections[-1])
    try:
        run = engine.create(CORPUS, SMALL)
        with patch.object(local, "launch", lambda: Process(says)):
            run.train(until=120)
            connections[0].join(killing.SECONDS)
        assert run.at_rest, (run.status, run.message)
        assert not run.message or sentence(ValueError(run.message))
        json.dumps(start_message(run, {}, None).fields)
        return run.status
    finally:
        engine.close()


CLAIMS = [experiments, channel_words, worker_messages]
