"""What a lesson can point at."""

from charrnn.dashboard.terms.vocabulary import SECTIONS

POINTS = SECTIONS | {  # what can be pointed at, by its key on the page
    "text": "the button Text",
    "network": "the button Network",
    "learning": "the button Learning",
    "my-runs": "the button My runs",
    "sentence": "the button Sentence",
    "share": "the button Share",
    "headline": "the loss in words",
    "strip": "the reading strip",
    "curve": "the loss curve",
    "sampling": "the button Temperature",
    "new-sample": "the button New",
    "written-text": "what it writes",
    "playing": "the button Train, or Pause",
    "step": "the button Step",
    "stop-at": "the button Stop at",
    "scrubber": "the slider over stored steps",
    "start-over": "the button Start over",
    "step-drawn": "the network drawn",
    "step-as-tables": "its numbers as tables",
    "mistakes": "where it is wrong",
    "copied-text": "what of its writing is copied",
    "four-temperatures": "its writing at four temperatures",
    "heatmap": "the heatmap of all units",
    "on-the-text": "one unit on the text",
    "verdicts": "which unit knows what",
    "silenced": "units to be silenced",
    "reach": "how far the gradient reaches",
    "connected": "what moved a prediction",
    "proof-rows": "the gradients against nudged weights",
    "bug": "the bugs to switch on",
    "matrix": "the weights as colours",
    "fork": "the button Fork",
    "train-all": "the button Train all",
    "overlay": "the curves compared",
    "results": "where each run has come to",
    "reaches": "how far the gradients of the runs compared reach",
}

_WITHIN = {  # the parts of the page in which they stand, where they are none themselves
    "sample": ("sampling", "new-sample", "written-text"),
    "player": ("playing", "step", "stop-at", "scrubber", "start-over"),
    "works": ("step-drawn", "step-as-tables", "mistakes"),
    "watched": ("copied-text", "four-temperatures"),
    "knows": ("heatmap", "on-the-text", "verdicts", "silenced"),
    "remembers": ("reach", "connected"),
    "learns": ("proof-rows", "bug", "matrix"),
    "compare": ("fork", "train-all", "overlay", "results", "reaches"),
}
PART = {point: point for point in POINTS} | {point: part for part, points in _WITHIN.items() for point in points}
