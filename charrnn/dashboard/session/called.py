"""What each part of the page is called where it has nothing to show yet, is being measured, or could not be drawn."""

from charrnn.dashboard.language import _
from charrnn.sentence import Sentence

THIS = Sentence("this part")
MEASURED = {  # views of what is measured, as a sentence goes on
    "mistakes": Sentence("what it takes for what"),
    "copying": Sentence("what of its writing stands in the text"),
    "which-unit": Sentence("which unit knows what"),
    "unit-text": Sentence("where in the text the unit is most on and most off"),
    "where-else-found": Sentence("where else the same units are on"),
    "unit-costs": Sentence("what silencing each unit costs"),
    "memory": Sentence("how far the gradient reaches back and why it fades"),
    "over-time": Sentence("how many values are saturated"),
    "proof": Sentence("whether the gradients are right"),
    "reaches": Sentence("how far the gradient reaches in each run"),
}
CALLED = MEASURED | {  # the others
    "headlined": Sentence("the loss in words"),
    "reading": Sentence("the reading strip"),
    "curved": Sentence("the loss curve"),
    "written": Sentence("what it writes"),
    "player": Sentence("the row with Train"),
    "buttons": Sentence("the button Train"),
    "scrubbing": Sentence("the slider over stored steps"),
    "works": Sentence("the section on how it works"),
    "network-drawn": Sentence("the network"),
    "step-tables": Sentence("the step as tables"),
    "watched": Sentence("the section on its writing"),
    "one-by-one": Sentence("one character at a time"),
    "temperatures": Sentence("its writing at four temperatures"),
    "guessing": Sentence("the section in which you guess"),
    "guessing-round-drawn": Sentence("the round of guesses"),
    "knows": Sentence("the section on what it knows"),
    "heatmap-drawn": Sentence("the heatmap of all units"),
    "text-drawn": Sentence("the text in a unit's colours"),
    "where-else": Sentence("where else the same units are on"),
    "silence-drawn": Sentence("what a silenced unit costs"),
    "remembers": Sentence("the section on what it remembers"),
    "connections-drawn": Sentence("what moved a prediction"),
    "guesses": Sentence("the guesses at the character picked"),
    "learns": Sentence("the section on how it learns"),
    "weights": Sentence("the weights as colours"),
    "spread": Sentence("how the weights are spread"),
    "as-met": Sentence("the gradient over training"),
    "embedding": Sentence("the characters as points"),
    "film": Sentence("the section on how it came to write like this"),
    "film-frames": Sentence("the film"),
    "compare": Sentence("the section that compares runs"),
    "overlaid": Sentence("the curves of the runs compared"),
    "come-to": Sentence("the results of the runs compared"),
    "side-by-side": Sentence("what the runs compared write"),
    "lesson": Sentence("the lesson"),
    "board": Sentence("the board"),
    "array-row": Sentence("the choice of weights"),
    "beside": Sentence("the lessons beside the page"),
    "comparing": Sentence("the choices of the comparison"),
    "confirm": Sentence("the question whether to start over"),
    "connections": Sentence("the choice of a prediction"),
    "copying-row": Sentence("the choices of what is compared to the text"),
    "curve-choices": Sentence("the choices of the loss curve"),
    "doctor": Sentence("the doctor"),
    "fork-asked": Sentence("the question how to fork"),
    "heatmap-row": Sentence("the choices of the heatmap"),
    "language": Sentence("the choice of a language"),
    "last-run": Sentence("your last run"),
    "learning": Sentence("the panel Learning"),
    "lessons": Sentence("the button Lessons"),
    "my-runs": Sentence("the panel My runs"),
    "network": Sentence("the panel Network"),
    "nodes": Sentence("the nodes of the cluster"),
    "notices": Sentence("the remarks"),
    "remember": Sentence("the list of this browser's runs"),
    "sampling-row": Sentence("the choices of its writing"),
    "sentence": Sentence("the panel Sentence"),
    "share": Sentence("the panel Share"),
    "silence": Sentence("the choice of units to silence"),
    "starting-over": Sentence("the button Start over"),
    "step-row": Sentence("the choices of the step"),
    "text": Sentence("the panel Text"),
    "text-row": Sentence("the choices of the coloured text"),
    "welcome": Sentence("the welcome"),
}


def called(name: str) -> str:
    """A part of the page, as a sentence goes on."""
    return _(CALLED.get(name, THIS))


def called_first(name: str) -> str:
    """The same where a sentence begins."""
    words = called(name)
    return words[0].upper() + words[1:]
