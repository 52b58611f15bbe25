"""The trainer: next batch, loss and gradients, clip, update, carry the state."""

from dataclasses import replace
from math import exp, log
from typing import Any, NamedTuple

import numpy as np

from charrnn.network.cells import CELLS, zero_state
from charrnn.network.dropout import draw_mask
from charrnn.network.evaluate import evaluate
from charrnn.network.optimizers import OPTIMIZERS, clip, decay_weights, update_rows
from charrnn.network.parameters import Array, Parameters, aligned_zeros, unbounded
from charrnn.network.sampling import generate, sample
from charrnn.shown import displayed, table
from charrnn.text.batches import Batches, streams_that_fit
from charrnn.text.corpus import Corpus
from charrnn.training.memory import require_memory
from charrnn.training.settings import Settings, fallen


@displayed
class Step(NamedTuple):
    """What one training step reports; losses in nats per character."""

    step: int  # counted from 1
    loss: float  # of this window, before its update
    smooth_loss: float
    gradient_norm: float  # before clipping
    clipped: float  # fraction of the gradient's entries that were cut


class State(NamedTuple):
    """Everything a step depends on, as plain values and arrays."""

    values: dict[str, Any]  # JSON-able
    arrays: dict[str, Array]


def mask_key(seed: int) -> int:
    """What, with the step, makes the masks of dropout of a run of this seed."""
    return int(np.random.SeedSequence(seed).spawn(3)[2].generate_state(1, np.uint64)[0])


class Trainer:
    """A network in training on a corpus. Raises CorpusError where the text is shorter than one window, SettingsError
    where it would take more memory than it may have.

    The same seed, settings and text give the same losses bit for bit on the same machine; sampling and evaluating
    do not disturb that.
    """

    def __init__(self, corpus: Corpus, settings: Settings) -> None:
        corpus.require_window(settings.sequence_length)
        self.corpus, self.settings = corpus, settings
        V, H = len(corpus.vocabulary), settings.hidden_size
        B = streams_that_fit(len(corpus.train_ids), settings.sequence_length, settings.batch_size)
        require_memory(replace(settings, batch_size=B), V)
        dtype, cell = np.dtype(settings.dtype), CELLS[settings.cell]
        init_seed, sampling_seed, _ = np.random.SeedSequence(settings.seed).spawn(3)
        self.parameters: Parameters = cell.initialise(
            V, H, np.random.default_rng(init_seed), init=settings.init, scale=settings.init_scale, dtype=dtype
        )
        self.batches = Batches(corpus.train_ids, settings.sequence_length, settings.batch_size)
        self.hidden = zero_state(self.parameters, self.batches.B)
        self.steps = 0  # done so far
        self.smooth_loss = log(V)
        self.log: list[tuple[int, dict[str, float]]] = []  # (step, change) of what was changed while training
        self._learning_rate, self._clip = settings.learning_rate, settings.clip
        self._sampler = np.random.default_rng(sampling_seed)
        self._flat = self.parameters.flat
        self._optimize, memories = OPTIMIZERS[settings.optimizer]
        self._memory = [aligned_zeros(len(self._flat), dtype=dtype) for _ in range(memories)]
        self._scratch = aligned_zeros(len(self._flat), dtype=dtype)
        self._loss_and_gradients = cell.loss_and_gradients
        self._space = cell.Workspace(self.batches.T, self.batches.B, V, H, dtype)
        self._gradients = self._space.gradients.flat
        self._mask = aligned_zeros(self.batches.T * self.batches.B, H, dtype=dtype) if settings.dropout else None
        self._mask_key = mask_key(settings.seed)
        self._keep = 0.999**self.batches.B  # of the smooth loss, a step: the same memory in characters at every B

    @property
    def characters(self) -> int:
        """Characters read so far, over all streams."""
        return self.steps * self.batches.T * self.batches.B

    @property
    def epochs(self) -> float:
        """How often the training text has been read."""
        return self.characters / len(self.corpus.train_ids)

    @property
    def rate(self) -> float:
        """The learning rate in force at the next step."""
        return fallen(self._learning_rate, self.settings.decay, self.characters)

    @property
    def learning_rate(self) -> float:
        """The learning rate before its schedule; may be changed at any step."""
        return self._learning_rate

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        self._learning_rate = value
        self.log.append((self.steps, {"learning_rate": value}))

    @property
    def clip(self) -> float:
        """The largest gradient entry allowed; may be changed at any step."""
        return self._clip

    @clip.setter
    def clip(self, value: float) -> None:
        self._clip = value
        self.log.append((self.steps, {"clip": value}))

    @unbounded
    def step(self) -> Step:
        """One window: next batch, loss and gradients, clip, update, carry the state."""
        inputs, targets, fresh = self.batches.next()
        if fresh:
            self.hidden[:] = 0
        ignored = self.corpus.vocabulary.replacement
        counted = None if ignored is None else targets != ignored
        if self._mask is not None:
            draw_mask(self._mask, self.settings.dropout, self._mask_key, self.steps)
        loss, _, hidden = self._loss_and_gradients(
            self.parameters, inputs, targets, self.hidden, self._space, counted, self._mask
        )
        g = self._gradients
        norm, clipped = clip(g, self._clip)
        rate = self.rate
        self.steps += 1
        if self.settings.weight_decay:
            decay_weights(self.parameters, rate, self.settings.weight_decay)
        if (rows := self._space.rows) is None:
            self._optimize(self._flat, g, self._memory, self._scratch, rate, self.steps)
        else:
            shape = self.parameters.W_xh.shape
            update_rows(self._optimize, self._flat, g, self._memory, rate, self.steps, rows, shape)
        self.hidden[:] = hidden
        predicted = targets.size if counted is None else int(np.count_nonzero(counted))
        loss = loss / (predicted / self.batches.B) if predicted else self.smooth_loss
        self.smooth_loss = self._keep * self.smooth_loss + (1 - self._keep) * loss
        return Step(self.steps, loss, self.smooth_loss, norm, clipped)

    def train(self, steps: int) -> list[Step]:
        """That many steps, one after the other."""
        return [self.step() for _ in range(steps)]

    def evaluate(self) -> float | None:
        """Loss on the held-out text, or None where there is none. Nothing is learned and nothing disturbed."""
        return evaluate(self.parameters, self.corpus.held_out_ids, self.corpus.vocabulary.replacement)

    def sample(
        self,
        length: int,
        temperature: float = 1.0,
        prime: str | None = None,
        top_k: int | None = None,
        seed: int | None = None,
    ) -> str:
        """What the network writes: `length` characters, without the prime.

        prime None goes on from the present state and character of stream 0 (the classic way); a text is read first,
        from a zero state ("" begins as a line of the text does), in the letter case of the text. Characters that the
        network has never seen are left out: `corpus.vocabulary.unseen(prime)` names them. Without a seed each call
        draws anew.
        """
        rng = self._sampler if seed is None else np.random.default_rng(seed)
        vocabulary = self.corpus.vocabulary
        if prime is not None:
            ids = sample(self.parameters, self.corpus.primed(prime), length, rng, temperature, top_k)
        else:
            state, last = self._present()
            ids, _ = generate(self.parameters, state, last, length, rng, temperature, top_k)
        return vocabulary.decode(ids)

    def _repr_html_(self) -> str:
        settings, nats = self.settings, self.smooth_loss
        rows = [
            ("text", self.corpus.name),
            ("network", f"{settings.cell}, {settings.hidden_size:,} units, {self._flat.size:,} parameters"),
            (
                "learning",
                f"{settings.optimizer}, rate {self.rate:.3g}, {self.batches.B} streams, {self.batches.T} back",
            ),
            ("steps", f"{self.steps:,}: {self.characters:,} characters, {self.epochs:.2f} epochs"),
            ("smoothed loss", f"{nats:.3f} nats: it hesitates between {exp(min(nats, 700)):.1f} characters"),
            ("it writes", self.sample(100, seed=0)),
        ]
        return table("Trainer", rows)

    def _present(self) -> tuple[Array, int]:
        """State (S H,) and character of stream 0 from which the next window starts."""
        position, state = self.batches.position, self.hidden[0]
        if self.batches.at_end:
            position, state = 0, np.zeros_like(state)
        return state, int(self.batches.streams[position, 0])

    def state(self) -> State:
        """A copy of everything a step depends on."""
        values = {
            "steps": self.steps,
            "position": self.batches.position,
            "smooth_loss": self.smooth_loss,
            "learning_rate": self._learning_rate,
            "clip": self._clip,
            "log": [[step, change] for step, change in self.log],
            "sampler": self._sampler.bit_generator.state,
        }
        arrays = {name: array.copy() for name, array in zip(Parameters._fields, self.parameters, strict=True)}
        arrays["hidden"] = self.hidden.copy()
        return State(values, arrays | self.memory())

    def memory(self) -> dict[str, Array]:
        """A copy of what the optimiser remembers of earlier gradients, as flat vectors: memory_0, memory_1 …"""
        return {f"memory_{i}": m.copy() for i, m in enumerate(self._memory)}

    def restore(self, state: State) -> None:
        """Go on from a state of a trainer with the same corpus and settings, bit for bit as that one would have."""
        values, arrays = state
        for name, array in zip(Parameters._fields, self.parameters, strict=True):
            array[:] = arrays[name]
        self.hidden[:] = arrays["hidden"]
        for i, m in enumerate(self._memory):
            m[:] = arrays[f"memory_{i}"]
        self.steps, self.batches.position = values["steps"], values["position"]
        self.smooth_loss = values["smooth_loss"]
        self._learning_rate, self._clip = values["learning_rate"], values["clip"]
        self.log = [(step, dict(change)) for step, change in values["log"]]
        self._sampler.bit_generator.state = values["sampler"]
