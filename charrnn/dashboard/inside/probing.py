"""Which unit knows? Every concept is held against every unit while the run rests, without being asked."""

from typing import Any, NamedTuple

import streamlit as st

from charrnn.dashboard.components import Numbers, Table, Words, encode_table, table
from charrnn.dashboard.session import adopting, fields, measuring, texts
from charrnn.dashboard.session.selection import look_at, looked_at
from charrnn.dashboard.session.session import RANKING, Session
from charrnn.dashboard.session.texts import Choices
from charrnn.insight.concepts import ENOUGH, own_concept
from charrnn.insight.pattern import PatternError
from charrnn.insight.probing import Verdict, characters_read, gather, judge, named_units, rank_all
from charrnn.text.synthetic import Brackets, Quotes

TWINS = {"inside quotes": Quotes.title, "bracket depth": Brackets.title}  # texts where such a unit is born in seconds
OWN_CHARACTERS = 10_000  # for a learner's own concept, which is judged while they wait
HELP = {
    "concept": "What a unit might know after reading each character.",
    "unit": "The one that knows it best; ↓: it falls where the others rise.",
    "score": "AUC, 1 perfect, 0.5 chance; for depths and places (r) rank correlation, 1 perfect, 0 chance.",
    "luck": "The best unit's score for labels shifted against the text: what chance reaches.",
    "untrained": "The best unit's score in the untrained network.",
    "all together": "A linear probe on all units, fitted on the first half of the text and scored on the second: a "
    "concept can be spread over many units.",
    "known": "Better than luck and than untrained, by 0.05 (AUC) or 0.10 (r).",
}


class Ranked(NamedTuple):
    """What the search has found."""

    verdicts: list[Verdict]  # the best known first
    spoken: str  # on what
    names: dict[int, str]  # units that know a concept, by number


def which_unit(session: Session) -> None:
    """The part of the page."""
    measuring.measured_fragment(session, RANKING, ranking, lambda: verdicts(session))


def ranking(session: Session) -> Any:
    """Work to be done beside the page: judge all concepts that the held-out text has examples of."""
    parameters, untrained = session.view.parameters, session.run.checkpoints[0].parameters
    vocabulary = session.run.corpus.vocabulary
    ids, spoken = measuring.held_out(session, characters_read(parameters.sizes[1]))
    text = vocabulary.decode(ids)

    def work() -> Ranked:
        found = rank_all(parameters, untrained, text, vocabulary)
        return Ranked(found, spoken, {named.unit: named.name for named in named_units(found)})

    return work


def verdicts(session: Session) -> str:
    """The table, the words beneath it, and a concept of the learner's own."""
    st.markdown(
        "**Which unit knows?** Every unit is held against what one might know of a text.",
        help="1 is perfect; 0.5 is chance for what is there or not, 0 for what has a degree. Two baselines show luck: "
        "labels shifted against the text, and the untrained network. Choose a row to see its unit on the text.",
    )
    found = measuring.found(session, RANKING)
    if not found:
        return ""
    ranked: Ranked = found.value
    own = own_verdict(session)
    listed = [own, *ranked.verdicts] if own else ranked.verdicts
    if not listed:
        st.caption(f"The text has too few examples of any concept: at least {ENOUGH} are needed.")
        return ""

    units = dict(zip(rows(listed), (verdict.unit for verdict in listed), strict=True))

    def show(row: str | None) -> None:
        if row in units:
            look_at(session, units[row])

    chosen = st.session_state.get("verdicts", {}).get("chosen")
    looked = chosen if units.get(chosen) == looked_at(session) else None
    table(encode_table(in_columns(listed), chosen=looked), key="verdicts", on_choose=show)
    judged_in_words(session, listed)
    return f", on {ranked.spoken}"


def in_columns(listed: list[Verdict]) -> Table:
    """A row for each verdict."""
    words = {
        "concept": [verdict.name + (" (r)" if verdict.graded else "") for verdict in listed],
        "unit": [str(verdict.unit) + ("\u00a0↓" if verdict.sign < 0 else "") for verdict in listed],
        "known": ["yes" if verdict.knows else "together" if verdict.together else "no" for verdict in listed],
    }
    figures = {
        "score": [verdict.score for verdict in listed],
        "luck": [verdict.luck for verdict in listed],
        "untrained": [verdict.untrained for verdict in listed],
        "all together": [verdict.probe for verdict in listed],
    }
    columns = [
        Words(name, words[name], help) if name in words else Numbers(name, figures[name], 2, help)
        for name, help in HELP.items()
    ]
    return Table("Concepts and the units that know them best", columns, titled=False, rows=rows(listed))


def rows(listed: list[Verdict]) -> list[str]:
    """What each verdict's row is called: the same as long as its unit is."""
    return [f"{verdict.name}: {verdict.unit}" for verdict in listed]


def judged_in_words(session: Session, listed: list[Verdict]) -> None:
    """The best in a sentence; those that no unit knows, and a text where one is born."""
    known = [verdict for verdict in listed if verdict.knows]
    unknown = sorted((v for v in listed if not v.knows), key=lambda v: v.name not in TWINS)
    st.text("\n".join(verdict.sentence for verdict in [*known[:3], *unknown[:3]]))
    for verdict in unknown:
        twin = TWINS.get(verdict.name)
        if twin and twin != session.run.corpus.name and not session.watching:
            st.button(
                f"See a unit for “{verdict.name}” being born, on a generated text",
                key=f"twin-{verdict.name}",
                on_click=born_elsewhere,
                args=(session, twin),
                help=f"Starts over on “{twin}”. Train for about 20 seconds, then pause.",
            )


def born_elsewhere(session: Session, title: str) -> None:
    """Start over on a generated text, after a question where training would be lost."""
    adopting.adopt(session, lambda: texts.find(title, Choices()))
    st.rerun()


def own_verdict(session: Session) -> Verdict | None:
    """A verdict on the learner's own regular expression, or a sentence on why there is none."""
    pattern = fields.text(
        "A concept of your own, as a regular expression",
        "pattern",
        persist_state="session",
        placeholder=r"such as  th|the\b",
        width=420,
        help="Labels all characters within its matches. It is tried on 10,000 "
        "characters and stopped after two seconds.",
    )
    if not pattern:
        return None
    verdict, problem = measuring.kept(session, "own-concept", lambda: judged_own(session, pattern), pattern).value
    if problem:
        st.text(problem)
    return verdict


def judged_own(session: Session, pattern: str) -> tuple[Verdict | None, str]:
    """The verdict, or a sentence on why there is none. What it rests on, tens of megabytes, is not kept."""
    parameters, vocabulary = session.view.parameters, session.run.corpus.vocabulary
    ids, spoken = measuring.held_out(session, min(OWN_CHARACTERS, characters_read(parameters.sizes[1])))
    text = vocabulary.decode(ids)
    try:
        concept = own_concept(text, pattern)
    except PatternError as error:
        return None, str(error)
    if not concept.enough:
        examples = int(concept.labels.sum())
        return None, f"It matches {examples:,} of {spoken}: at least {ENOUGH} with and without are needed."
    return judge(gather(parameters, session.run.checkpoints[0].parameters, text, vocabulary), concept), ""
