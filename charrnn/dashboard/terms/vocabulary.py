"""What can be known, by name. Closed lists: nothing that a file says is ever evaluated."""

from typing import NamedTuple

from charrnn.insight.concepts import NAMES as CONCEPTS
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
    "step": Fact("training steps", ",.0f"),
    "epochs": Fact("times through the text", ".1f"),
    "held_out": Fact("held-out loss, nats", ".2f"),
    "held_out_bits": Fact("held-out loss, bits", ".2f"),
    "hesitates": Fact("characters that it hesitates between", ".1f"),
    "best_held_out": Fact("lowest held-out loss, nats", ".2f"),
    "risen": Fact("held-out loss above its lowest, nats", ".2f"),
    "training": Fact("loss on the text it reads, smoothed, nats", ".2f"),
    "gap": Fact("held-out loss above the loss on the text it reads, nats", ".2f"),
    "above_entropy": Fact("held-out loss above the exact entropy, bits", ".3f"),
    "weights": Fact("weights", ",.0f"),
    "text": Fact("the text's name"),
} | {name: Fact(WORDS[name], ",.0f" if name in COUNTS else ".3g" if name in LIMITS else "") for name in WORDS}
OF_A_CONCEPT = {
    "score": Fact("the best unit's score", ".2f"),
    "luck": Fact("what chance reaches", ".2f"),
    "untrained": Fact("the best unit's score before training", ".2f"),
    "probe": Fact("all units together", ".2f"),
    "unit": Fact("the best unit", ".0f"),
}
BASELINES = ("blind guess", "counting letters", "counting pairs", "counting triples", "file compression")
FACTS: dict[str, Fact] = {
    **{name: fact._replace(of=RUNS) for name, fact in OF_A_RUN.items()},
    **{name: fact._replace(of=CONCEPTS, needed=True) for name, fact in OF_A_CONCEPT.items()},
    **{name: Fact(f"{name}, nats", ".2f") for name in (*BASELINES, "exact entropy")},
    "characters": Fact("different characters", ",.0f"),
    "blind_bits": Fact("a blind guess, bits", ".2f"),
    "entropy_bits": Fact("exact entropy, bits", ".3f"),
    "text_characters": Fact("characters of the text", ",.0f"),
    "gradient_norm": Fact("norm of the gradient", ".3g"),
    "clipped": Fact("entries of the gradient clipped", ".0%"),
    "reach": Fact("characters until a hundredth of the gradient is left", ",.0f"),
    "right": Fact("guesses that are right", ".0%"),
    "knows": Fact("concepts that some unit knows", ".0f"),
    "copied": Fact("longest stretch copied, characters", ",.0f"),
    "copied_share": Fact("share of its writing copied", ".0%"),
    "copied_usual": Fact("longest stretch of held-out text that stands in the text", ",.0f"),
    "gradient_error": Fact("largest relative error of a gradient", ".0e"),
    "bug": Fact("the bug that is switched on"),
    "caught": Fact("arrays on which the bug is caught", ",.0f"),
    "surprise": Fact("surprise at the pinned character, bits", ".2f"),
    "surprise_untrained": Fact("the same before training, bits", ".2f"),
    "probability": Fact("probability of the pinned character", ".1%"),
    "own_surprise": Fact("surprise at its own writing, bits a character", ".2f"),
    "temperature": Fact("temperature", ".1f"),
    "samples": Fact("samples drawn", ",.0f"),
    "runs": Fact("runs compared", ".0f"),
    "pinned": Fact("a character is pinned"),
    "sentence": Fact("a sentence was typed in"),
    "own_text": Fact("the text was brought"),
    "paused": Fact("training rests"),
    "back": Fact("a stored step is looked at"),
}

SECTIONS = {  # by their keys on the page
    "works": "How does it work?",
    "watched": "Writing, watched",
    "guessing": "Can you guess better?",
    "knows": "What does it know?",
    "remembers": "What does it remember?",
    "learns": "How does it learn?",
    "film": "How did it come to write like this?",
    "compare": "What if one knob were different?",
}
FACTS |= {f"{key} open": Fact(f"“{title}” is open") for key, title in SECTIONS.items()}


def fact(name: str) -> Fact:
    """What is known by this name. Raises ValueError, one sentence."""
    base, _, of = name.partition(" of ")
    found = FACTS.get(name) or FACTS.get(base)
    if found is None:
        raise ValueError(f"nothing is known as “{name}”; there is {', '.join(sorted(FACTS))}")
    if (of and of not in found.of) or (found.needed and not of):
        raise ValueError(f"“{base}” is of one of {', '.join(found.of)}, and not of “{of}”")
    return found
