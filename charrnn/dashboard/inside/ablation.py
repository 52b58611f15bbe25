"""Silence a unit, or hold it at a value, and see what suffers."""

from math import log
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from charrnn.dashboard import words
from charrnn.dashboard.charts import draw, inside
from charrnn.dashboard.components import Passage, encode_passages, passages
from charrnn.dashboard.language import _
from charrnn.dashboard.session import measuring
from charrnn.dashboard.session.looked_up import explained
from charrnn.dashboard.session.parts import anew, redrawn
from charrnn.dashboard.session.selection import looked_at
from charrnn.dashboard.session.session import Session
from charrnn.dashboard.tables import table
from charrnn.insight import ablation
from charrnn.network.parameters import Array

CHARACTERS = 4_000  # held-out ones on which an ablation is tried, fewer where units are many:
READ = 2e9  # characters times units squared, read twice, half a second
WORK = 2e10  # multiplications for all units, one after the other: a second or two
MANY = 512  # more units than this are not silenced one by one
SHOWN = 60  # bars
HARDER = 10  # characters listed
IN_ALL, EACH = "in all, bits", "each, bits"
SAMPLE = 240
HEIGHT = 150  # pixels of each sample
LISTED = 366  # pixels of the list, which has room for all of it
PRIME = 60


def silence(session: Session) -> None:
    """Parts of the page: an ablation of one's own choice and what came of it, and all units by what they cost."""
    redrawn(lambda: controls(session), "silence", lambda: looked_at(session))
    redrawn(lambda: suffered(session), "silence-drawn", lambda: looked_at(session))
    if session.run.settings.hidden_size <= MANY:
        measuring.measured_fragment(session, "unit-costs", all_costs, lambda: costs(session))
    else:
        st.caption(_("With more than {many} units they are not silenced one by one: choose some above.", many=MANY))


def controls(session: Session) -> None:
    """Which units are held, and at what."""
    st.markdown(
        _("**Silence a unit**: hold it at 0, or at another value, and see what suffers."),
        help=explained(
            _(
                "A unit that is held no longer hears anything; the others go on hearing it. Cost: the "
                "held-out loss with the units held, less the loss without."
            ),
            "loss",
            "held out",
        ),
    )
    if session.view.step == 0:
        st.caption(_("An untrained network has nothing to lose: train it first."))
        return
    names = session.names
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.multiselect(
            _("Units"),
            range(session.run.settings.hidden_size),
            placeholder=_("unit {looked_at}, which is looked at; or choose some", looked_at=looked_at(session)),
            format_func=lambda unit: _("unit {unit}", unit=unit) + (f" · {names[unit]}" if unit in names else ""),
            key="silenced",
            persist_state="session",
            width="stretch",
            on_change=anew("silence-drawn"),
        )
        st.slider(
            _("hold at"),
            -1.0,
            1.0,
            0.0,
            0.1,
            key="held-at",
            persist_state="session",
            width=220,
            on_change=anew("silence-drawn"),
        )


def suffered(session: Session) -> None:
    """Read the held-out text again with the units held, and write again."""
    if session.view.step == 0:
        return
    state = st.session_state
    value = state.get("held-at") or 0.0
    held = dict.fromkeys(state.get("silenced") or [looked_at(session)], value)
    kept = measuring.kept(
        session, "ablation", lambda: tried(session, held), (tuple(held), value, session.sampling_seed)
    )
    found, spoken, before, after = kept.value
    st.markdown(in_words(found, list(held), value))
    left, right = st.columns([2, 3], gap="medium")
    with left:
        suffering(harder(session.run.corpus.vocabulary.characters, found.by_character, found.counts))
    with right:
        passages(encode_passages(beside(before, after), height=HEIGHT), key="beside")
    st.caption(_("Step {step:,}, on {spoken}.", step=kept.step, spoken=spoken))


def in_words(found: ablation.Ablation, units: list[int], value: float) -> str:
    """What an ablation costs, in a sentence."""
    held = _("Unit {units}", units=units[0]) if len(units) == 1 else _("{units} units", units=len(units))
    costs = _("costs **{cost:+.4f} nats** a character", cost=found.cost)
    if found.before >= 0.0005:  # less is written as 0.000, of which nothing is a share
        costs += f" ({words.number(100 * found.cost / found.before, '+.1f')} %)"
    if abs(found.cost) < 5e-5:
        costs = _("costs **nothing**")
    before, after = words.between(found.before), words.between(found.after)
    said = _(
        "{held} held at {value:g} {costs}: the loss goes from {before:.3f} to {after:.3f} nats, so "
        "it hesitates {hesitates}, {beside}",
        held=held,
        value=value,
        costs=costs,
        before=found.before,
        after=found.after,
        hesitates=after,
        beside=_("as before.") if after == before else _("instead of {before}.", before=before),
    )
    return said.replace("-", "−")


def suffering(frame: pd.DataFrame) -> None:
    """The list of characters that became harder."""
    if frame.empty:
        st.markdown(_("No character became harder"))
        return
    grown = _("By how much all of its surprise has grown: each time it came, added up.")
    config = st.column_config
    columns = {
        IN_ALL: config.ProgressColumn(
            help=grown, format="%+.1f", max_value=max(1e-3, float(frame[IN_ALL].max())), color="orange"
        ),
        EACH: config.NumberColumn(help=_("The same on average."), format="%+.3f"),
        "came": config.NumberColumn(help=_("How often, in the text on which this was tried."), format="%,d"),
    }
    table(
        "harder",
        _("Which characters became harder"),
        frame,
        columns,
        height=LISTED,
        few={"next": 50, IN_ALL: None, EACH: None},
    )


def harder(characters: str, nats: Array, counts: Array) -> pd.DataFrame:
    """The characters that became harder, the one that costs most in all first."""
    change = nats / np.log(2)
    in_all = np.where(counts > 0, change * counts, 0)
    order = np.argsort(-in_all, kind="stable")[:HARDER]
    order = order[in_all[order] > 0]
    signs = [words.visible(characters[i]) for i in order]
    return pd.DataFrame({"next": signs, IN_ALL: in_all[order], EACH: change[order], "came": counts[order]})


def beside(before: str, after: str) -> list[Passage]:
    """Both samples, the second with what is otherwise than in the first."""
    differing = [a != b for a, b in zip(before, after, strict=False)]
    same = differing.index(True) if any(differing) else len(differing)
    held = _("held: the same beginning, the same draws") if after != before else _("held: not a character is otherwise")
    return [
        Passage(title=_("It writes, untouched"), text=before),
        Passage(title=_("It writes, {held}", held=held), text=after[:same], changed=after[same:]),
    ]


def tried(session: Session, held: dict[int, float]) -> tuple[ablation.Ablation, str, str, str]:
    """The ablation, on what it was tried, and the two samples."""
    parameters, decode = session.view.parameters, session.run.corpus.vocabulary.decode
    H = parameters.sizes[1]
    ids, spoken = measuring.held_out(session, max(300, min(CHARACTERS, int(READ / (2 * H**2)))))
    samples = ablation.samples_beside(parameters, held, ids[:PRIME], SAMPLE, 0.7, session.sampling_seed)
    return ablation.ablate(parameters, ids, held), spoken, decode(samples[0]), decode(samples[1])


def all_costs(session: Session) -> Any:
    """Work to be done beside the page: silence every unit, one by one."""
    parameters = session.view.parameters
    H = parameters.sizes[1]
    ids, spoken = measuring.held_out(session, max(300, min(2_000, int(WORK / (2 * H**3)))))
    return lambda: (ablation.unit_costs(parameters, ids), spoken)


def costs(session: Session) -> str:
    """The bars."""
    found = measuring.found(session, "unit-costs")
    if not found:
        return ""
    by_unit, spoken = found.value
    costs: Array = by_unit
    shown = min(SHOWN, len(costs))
    st.markdown(
        _("**All units by what silencing them costs**"),
        help=_(
            "Each alone held at 0. Where most cost next to nothing, what the network knows is spread over many units."
        ),
    )
    draw("costs", inside.cost_chart, inside.cost_data(costs, shown))
    dear = int((costs > 0.01 * log(2)).sum())
    return _(
        ", the {shown} dearest of {costs} units, on {spoken}: {dear} cost more than 0.01 bits a character",
        shown=shown,
        costs=len(costs),
        spoken=spoken,
        dear=dear,
    )
