"""The replay: a run as one HTML file that needs no server and no network, and asks for nothing.

Every text in it is data, in a block of JSON from which the script takes it as text; what the browser may do at all is
said in its Content-Security-Policy: run this one script, known by its hash, and load nothing.
"""

import base64
import hashlib
import json
import re
from html import escape
from math import log
from typing import Any

from charrnn.dashboard import words
from charrnn.dashboard.components import Passage, encode_passages, encode_strip, scripts
from charrnn.dashboard.language import _, spoken
from charrnn.dashboard.pictures.losses import beside_blind, loss_of, of_kind, smoothed
from charrnn.dashboard.replay import again
from charrnn.dashboard.replay.moments import Moment, moments
from charrnn.dashboard.replay.script import ASSETS, script
from charrnn.dashboard.session.texts import baselines_of
from charrnn.dashboard.wire import sealed
from charrnn.runs.known import Known

SAMPLE_HEIGHT = 200  # CSS pixels
POLICY = "default-src 'none'; script-src 'sha256-{}'; style-src 'unsafe-inline'; img-src data: blob:; {}"
NOTHING_ELSE = "base-uri 'none'; form-action 'none'"


def document(run: Known, page: str) -> bytes:
    """The file; `page` is the address of a page on which the experiment can be opened."""
    # Escaped so that no text ends the block, and in ASCII, so that none is misread, whatever it holds.
    data = json.dumps(content(run, page)).replace("<", "\\u003c")
    digest = base64.b64encode(hashlib.sha256(script().encode()).digest()).decode()
    parts = {
        "POLICY": POLICY.format(digest, NOTHING_ELSE),
        "LANG": spoken(),
        "STYLE": (ASSETS / "replay.css").read_text(encoding="utf-8"),
        "DATA": data,
        "SCRIPT": script(),
    }
    html = (ASSETS / "replay.html").read_text(encoding="utf-8")
    html = re.sub(r"\[\[(.+?)\]\]", lambda found: escape(_(found[1])), html)
    return re.sub("@([A-Z]+)@", lambda found: parts[found[1]], html).encode()


def content(run: Known, page: str) -> dict[str, Any]:
    """All that it shows, JSON-able. Pictures are what the page's components are sent, in base 64."""
    found = moments(run)
    film = [Passage(title=_("step {step:,}", step=moment.step), text=moment.wrote) for moment in found]
    samples = [Passage(title=_("step {step:,}", step=step), text=text) for step, text in run.samples]
    return {
        "title": words.called(run.name),
        "about": _(
            "A network of {units:,} units after {step:,} steps: a run of CharRNN Lab, to be looked "
            "back at from step to step.",
            units=run.settings.hidden_size,
            step=run.snapshot.step,
        ),
        "moments": [shown(run, moment) for moment in found],
        "curve": curve(run),
        "film": sent(encode_passages(film, across=4)),
        "samples": sent(encode_passages(samples, across=3)),
        "settings": again.settings_of(run),
        "lines": sent(encode_passages([Passage(title=where, text=line) for where, line in again.lines(run, page)])),
        "remarks": again.remarks(run),
        "words": scripts.words(spoken(), script()),
    }


def shown(run: Known, moment: Moment) -> dict[str, Any]:
    """One moment."""
    wrote = [Passage(title="", text=moment.wrote)]
    return {
        "step": moment.step,
        "label": _("step {step:,}", step=moment.step),
        "said": said(run, moment.step),
        "strip": sent(encode_strip(moment.strip)),
        "heatmap": sent(moment.heatmap),
        "wrote": sent(encode_passages(wrote, height=SAMPLE_HEIGHT)),
    }


def said(run: Known, step: int) -> list[str]:
    """The loss at a step in words, and in figures."""
    V = len(run.corpus.vocabulary)
    if step == 0:
        return [_("It hesitates between {V:,} characters: a blind guess.", V=V), of_kind(log(V), _("untrained"))[0]]
    nats, kind, at = loss_of(run.curve, lambda: smoothed(run), log(V), step, step / 2)
    sentence = _(
        "At step {at:,} it hesitated {between}{beside_blind}",
        at=at,
        between=words.between(nats),
        beside_blind=beside_blind(nats, V),
    )
    return [sentence, of_kind(nats, _("{kind} at step {at:,}", kind=kind, at=at))[0]]


def curve(run: Known) -> dict[str, Any]:
    """The losses over the steps, in nats per character."""
    drawn = run.curve
    columns = {"smoothed": smoothed(run), "low": drawn.low, "high": drawn.high}
    return {
        "steps": drawn.steps.tolist(),
        **{name: [finite(value) for value in column.tolist()] for name, column in columns.items()},
        "heldOut": [[step, finite(nats)] for step, nats in drawn.held_out],
        "rivals": [[_(rival.name), round(rival.nats, 4)] for rival in baselines_of(run.corpus)],
    }


def finite(value: float) -> float | None:
    """A loss as JSON can hold it: None where it is no number, as after a blow-up."""
    return round(value, 4) if abs(value) < 1e9 else None


def sent(message: bytes) -> str:
    """A message for a component, in base 64."""
    return base64.b64encode(sealed(message)).decode()
