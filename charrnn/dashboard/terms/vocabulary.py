"""What can be known, by name. Closed lists: nothing that a file says is ever evaluated."""

from typing import NamedTuple

from charrnn.insight.concepts import NAMES as CONCEPTS
from charrnn.sentence import Sentence
from charrnn.training.settings import COUNTS, LIMITS, WORDS


class Fact(NamedTuple):
    """Something that the page knows: what it is called, and how a number is written.

    Without a form it is a word, yes or no where it is about what holds or does not.
    """

    words: str
    form: str = ""
    of: tuple[str, ...] = ()  # what may stand behind it after "of": a run compared, or a concept
    needed: bool = False  # whether something has to


RUNS = ("B", "C", "D", "E", "F")  # those compared beside the page's own
OF_A_RUN = {
    "step": Fact(Sentence("training steps"), ",.0f"),
    "epochs": Fact(Sentence("times through the text"), ".1f"),
    "held_out": Fact(Sentence("held-out loss, nats"), ".2f"),
    "held_out_bits": Fact(Sentence("held-out loss, bits"), ".2f"),
    "hesitates": Fact(Sentence("characters that it hesitates between"), ".1f"),
    "best_held_out": Fact(Sentence("lowest held-out loss, nats"), ".2f"),
    "risen": Fact(Sentence("held-out loss above its lowest, nats"), ".2f"),
    "training": Fact(Sentence("loss on the text it reads, smoothed, nats"), ".2f"),
    "gap": Fact(Sentence("held-out loss above the loss on the text it reads, nats"), ".2f"),
    "above_entropy": Fact(Sentence("held-out loss above the exact entropy, bits"), ".3f"),
    "weights": Fact("weights", ",.0f"),
    "text": Fact(Sentence("the text's name")),
} | {name: Fact(WORDS[name], ",.0f" if name in COUNTS else ".3g" if name in LIMITS else "") for name in WORDS}
OF_A_CONCEPT = {
    "score": Fact(Sentence("the best unit's score"), ".2f"),
    "luck": Fact(Sentence("what chance reaches"), ".2f"),
    "untrained": Fact(Sentence("the best unit's score before training"), ".2f"),
    "probe": Fact(Sentence("all units together"), ".2f"),
    "unit": Fact(Sentence("the best unit"), ".0f"),
}
BASELINES = (
    Sentence("blind guess"),
    Sentence("counting letters"),
    Sentence("counting pairs"),
    Sentence("counting triples"),
    Sentence("file compression"),
)
FACTS: dict[str, Fact] = {
    **{name: fact._replace(of=RUNS) for name, fact in OF_A_RUN.items()},
    **{name: fact._replace(of=CONCEPTS, needed=True) for name, fact in OF_A_CONCEPT.items()},
    **{name: Fact(Sentence("{name}, nats", name=name), ".2f") for name in (*BASELINES, Sentence("exact entropy"))},
    "characters": Fact(Sentence("different characters"), ",.0f"),
    "blind_bits": Fact(Sentence("a blind guess, bits"), ".2f"),
    "entropy_bits": Fact(Sentence("exact entropy, bits"), ".3f"),
    "text_characters": Fact(Sentence("characters of the text"), ",.0f"),
    "gradient_norm": Fact(Sentence("norm of the gradient"), ".3g"),
    "clipped": Fact(Sentence("entries of the gradient clipped"), ".0%"),
    "reach": Fact(Sentence("characters until a hundredth of the gradient is left"), ",.0f"),
    "right": Fact(Sentence("guesses that are right"), ".0%"),
    "knows": Fact(Sentence("concepts that some unit knows"), ".0f"),
    "copied": Fact(Sentence("longest stretch copied, characters"), ",.0f"),
    "copied_share": Fact(Sentence("share of its writing copied"), ".0%"),
    "copied_usual": Fact(Sentence("longest stretch of held-out text that stands in the text"), ",.0f"),
    "gradient_error": Fact(Sentence("largest relative error of a gradient"), ".0e"),
    "bug": Fact(Sentence("the bug that is switched on")),
    "caught": Fact(Sentence("arrays on which the bug is caught"), ",.0f"),
    "surprise": Fact(Sentence("surprise at the pinned character, bits"), ".2f"),
    "surprise_untrained": Fact(Sentence("the same before training, bits"), ".2f"),
    "probability": Fact(Sentence("probability of the pinned character"), ".1%"),
    "own_surprise": Fact(Sentence("surprise at its own writing, bits a character"), ".2f"),
    "temperature": Fact("temperature", ".1f"),
    "samples": Fact(Sentence("samples drawn"), ",.0f"),
    "runs": Fact(Sentence("runs compared"), ".0f"),
    "pinned": Fact(Sentence("a character is pinned")),
    "sentence": Fact(Sentence("a sentence was typed in")),
    "own_text": Fact(Sentence("the text was brought")),
    "paused": Fact(Sentence("training rests")),
    "back": Fact(Sentence("a stored step is looked at")),
}

SECTIONS = {  # by their keys on the page
    "works": Sentence("How does it work?"),
    "watched": Sentence("Writing, watched"),
    "guessing": Sentence("Can you guess better?"),
    "knows": Sentence("What does it know?"),
    "remembers": Sentence("What does it remember?"),
    "learns": Sentence("How does it learn?"),
    "film": Sentence("How did it come to write like this?"),
    "compare": Sentence("What if one knob were different?"),
}
FACTS |= {f"{key} open": Fact(Sentence("“{section}” is open", section=title)) for key, title in SECTIONS.items()}


def fact(name: str) -> Fact:
    """What is known by this name. Raises ValueError, one sentence."""
    base, _, of = name.partition(" of ")
    found = FACTS.get(name) or FACTS.get(base)
    if found is None:
        raise ValueError(f"nothing is known as “{name}”; there is {', '.join(sorted(FACTS))}")
    if (of and of not in found.of) or (found.needed and not of):
        raise ValueError(f"“{base}” is of one of {', '.join(found.of)}, and not of “{of}”")
    return found
