"""Prove the gradients: backpropagation against nudged weights, by array, with bugs to switch on."""

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from charrnn.dashboard import words
from charrnn.dashboard.language import _
from charrnn.dashboard.session import measuring
from charrnn.dashboard.session.fields import CELL_NAMES
from charrnn.dashboard.session.looked_up import explained
from charrnn.dashboard.session.session import Session
from charrnn.dashboard.tables import table
from charrnn.insight import bugs
from charrnn.insight.bugs import BUGS, Proof
from charrnn.network.gradient_check import Verdict
from charrnn.sentence import Sentence

T = 16  # characters of the window, fewer where it looks less far back
CONTEXT = 100  # characters read before it
ENTRIES = 100  # checked of each array, fewer where units are many:
WORK = 2e10  # multiplications, two or three seconds
HELP = {
    "array": Sentence("The five arrays that training changes."),
    "entries checked": Sentence(
        "Half of them those with the largest gradients, the others drawn; all of a small array."
    ),
    "largest relative error": Sentence(
        "|gradient − measured| ∕ (|gradient| + |measured|), of the worst entry that is not tiny: 0 "
        "where they agree, 1 where one has the wrong sign or is missing."
    ),
    "verdict": Sentence("Agrees: no entry is off by more than {limit:g}.", limit=bugs.TOLERANCE),
}


def prove(session: Session) -> None:
    """The part of the page: one measurement for all bugs, of which one is switched on."""
    measuring.measured_fragment(session, "proof", measured, lambda: drawn(session))


def measured(session: Session) -> Any:
    """Work to be done beside the page: nudge the weights."""
    parameters, settings = session.view.parameters, session.run.settings
    length = min(T, settings.sequence_length)
    ids, spoken = measuring.held_out(session, CONTEXT + length + 1)
    length = min(length, len(ids) - 1)
    entries = int(WORK / (2 * len(parameters) * length * (parameters.W_hh.size + parameters.W_hy.size)))
    entries, clip = max(4, min(ENTRIES, entries)), session.run.in_force.clip

    def work() -> tuple[Proof, str]:
        window = bugs.window_of(parameters, ids, length, clip)
        return bugs.prove(window, entries, np.random.default_rng(0)), spoken

    return work


def drawn(session: Session) -> str:
    """The question, the bugs to choose from, and what the check says."""
    st.markdown(
        _(
            "**Are the gradients right?** Each weight is nudged up and down a little, and the loss must "
            "change as backpropagation says."
        ),
        help=explained(
            _(
                "(loss(w + 0.0001) − loss(w − 0.0001)) ∕ 0.0002, a central difference, needs no backward "
                "pass: two independent ways to one number. Switch on a bug, and see on which arrays it is "
                "caught."
            ),
            "central difference",
            "backpropagation through time",
            "gradient",
        ),
    )
    found = measuring.found(session, "proof")
    if not found:
        return ""
    proof, spoken = found.value
    with_bug(session, proof)
    return _(", in 64-bit numbers, on the last {characters} of {spoken}", characters=proof.characters, spoken=spoken)


def with_bug(session: Session, proof: Proof) -> None:
    """The check of the gradients with the bug that is chosen."""
    there = [bug for bug in proof.checks if bug]
    chosen = st.pills(
        _("Switch on a bug"),
        there,
        key="bug",
        format_func=_,
        persist_state="session",
        help=_("It is planted in a copy: training goes on with the right gradients."),
    )
    bug = chosen if chosen in there else ""
    check = proof.checks[bug]
    st.markdown(in_words(bug, check, proof.limit))
    columns = {name: st.column_config.Column(help=_(help)) for name, help in HELP.items()}
    columns["largest relative error"] = st.column_config.NumberColumn(
        help=_(HELP["largest relative error"]), format="scientific"
    )
    table(
        "proof-rows",
        _("The gradient of each array against nudged weights"),
        in_columns(check),
        columns,
        titled=False,
        few={"array": None, "largest relative error": None, "verdict": None},
    )
    if left_out := [name for name in BUGS if name not in there]:
        cell = CELL_NAMES[session.run.settings.cell]
        st.caption(
            _(
                "{left_out} can be made in the vanilla network's backward pass alone, the other {there} in that of any "
                "cell, so also of this {cell}.",
                left_out=_(" and ").join(f"“{_(name)}”" for name in left_out),
                there=len(there),
                cell=cell,
            )
        )


def in_columns(check: list[Verdict]) -> pd.DataFrame:
    """A row for each array."""
    columns = (
        [one.array for one in check],
        [one.entries for one in check],
        [one.relative for one in check],
        [_("agrees") if one.passed else _("wrong") for one in check],
    )
    return pd.DataFrame(dict(zip(HELP, columns, strict=True)))


def in_words(bug: str, check: list[Verdict], limit: float) -> str:
    """What the check has found, and why just there."""
    caught = [f"**{words.plain(one.array)}**" for one in check if not one.passed]
    if not bug and not caught:
        worst = max(one.relative for one in check)
        return _(
            "All five arrays agree: the worst entry is off by {worst:.0e}, which is rounding.", worst=worst
        ).replace("e-0", "e-")
    if not bug:
        return _("The gradients of {caught} disagree: this should never be seen.", caught=", ".join(caught))
    made = BUGS[bug]
    at = _(" The limit here is ±{limit:.2g}.", limit=limit) if made.plant is bugs.clipped_before else ""
    if not caught:
        return _("`{line}`: not caught here, since there is hardly any gradient left.{at}", line=made.line, at=at)
    return _("`{line}`: caught on {caught}. {why}{at}", line=made.line, caught=", ".join(caught), why=made.why, at=at)
