"""Which unit knows? Every concept is held against every unit while the run rests, without being asked."""

from functools import partial
from typing import Any, NamedTuple
from zlib import crc32

import pandas as pd
import streamlit as st

from charrnn.dashboard.language import _
from charrnn.dashboard.session import adopting, fields, measuring, texts
from charrnn.dashboard.session.fields import acts, key_of
from charrnn.dashboard.session.looked_up import explained
from charrnn.dashboard.session.selection import look_at, looked_at
from charrnn.dashboard.session.session import RANKING, Session
from charrnn.dashboard.session.texts import Choices
from charrnn.dashboard.tables import table
from charrnn.insight.concepts import ENOUGH, own_concept
from charrnn.insight.pattern import PatternError
from charrnn.insight.probing import Verdict, characters_read, gather, judge, named_units, rank_all
from charrnn.sentence import Sentence
from charrnn.text.synthetic import Brackets, Quotes

TWINS = {"inside quotes": Quotes.title, "bracket depth": Brackets.title}  # texts where such a unit is born in seconds
OWN_CHARACTERS = 10_000  # for a learner's own concept, which is judged while they wait
HELP = {
    "concept": Sentence("What a unit might know after reading each character."),
    "unit": Sentence("The one that knows it best."),
    "its value": Sentence("Whether it rises or falls where the concept holds, or with its degree."),
    "score": Sentence("AUC, 1 perfect, 0.5 chance; for depths and places (r) rank correlation, 1 perfect, 0 chance."),
    "luck": Sentence("The best unit's score for labels shifted against the text: what chance reaches."),
    "untrained": Sentence("The best unit's score in the untrained network."),
    "all together": Sentence(
        "A linear probe on all units, fitted on the first half of the text and scored on the second: "
        "a concept can be spread over many units."
    ),
    "known": Sentence("Better than luck and than untrained, by 0.05 (AUC) or 0.10 (r)."),
}
SCORE = partial(st.column_config.NumberColumn, format="%.2f")
KINDS: dict[str, Any] = {"unit": st.column_config.NumberColumn}
KINDS |= dict.fromkeys(("score", "luck", "untrained", "all together"), SCORE)


class Ranked(NamedTuple):
    """What the search has found."""

    verdicts: list[Verdict]  # the best known first
    spoken: str  # on what
    names: dict[int, str]  # units that know a concept, by number


def which_unit(session: Session) -> None:
    """The part of the page."""
    measuring.measured_fragment(
        session, RANKING, ranking, lambda: verdicts(session), depends=lambda: looked_at(session)
    )


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
    """The table, the words beneath it, and a concept of the learner's own, which stands in the table too."""
    st.markdown(
        _("**Which unit knows?** Every unit is held against what one might know of a text."),
        help=explained(
            _(
                "1 is perfect; 0.5 is chance for what is there or not, 0 for what has a degree. Two "
                "baselines show luck: labels shifted against the text, and the untrained network. Tick a row "
                "to see its unit on the text: ticked is the unit that is looked at."
            ),
            "rank correlation",
            "linear probe",
            "luck",
        ),
    )
    found = measuring.found(session, RANKING)
    if not found:
        return ""
    ranked: Ranked = found.value
    own, problem = own_verdict(session, fields.typed("pattern"))
    listed = [own, *ranked.verdicts] if own else ranked.verdicts
    if listed:
        choose(session, listed)
        judged_in_words(session, listed)
    else:
        st.caption(_("The text has too few examples of any concept: at least {enough} are needed.", enough=ENOUGH))
    own_pattern(problem)
    return _(", on {spoken}", spoken=ranked.spoken) if listed else ""


def choose(session: Session, listed: list[Verdict]) -> None:
    """The table, in which the unit that is looked at is ticked, and another one can be.

    What is ticked is a row, whatever stands in it: of other verdicts it must be another table.
    """
    units = [verdict.unit for verdict in listed]

    def ticked(chosen: Any) -> int | None:
        rows = chosen["selection"]["rows"]
        return units[rows[0]] if rows else None

    def show(chosen: Any) -> None:
        if (unit := ticked(chosen)) is not None:
            look_at(session, unit)

    def shown() -> int | None:
        return looked_at(session) if looked_at(session) in units else None

    looked = shown()
    of_these = crc32(repr([(verdict.name, verdict.unit) for verdict in listed]).encode())
    key = key_of("verdict", looked, f"{of_these:08x}", ticked)
    table(
        "verdicts",
        _("Concepts and the units that know them best"),
        in_columns(listed),
        {name: KINDS.get(name, st.column_config.TextColumn)(help=_(help)) for name, help in HELP.items()},
        titled=False,
        few={"concept": 140, "unit": None, "known": None},
        key=key,
        on_select=acts("verdict", key, shown, show, ticked),
        selection_mode="single-row",
        selection_default=None if looked is None else {"selection": {"rows": [units.index(looked)]}},
    )


def in_columns(listed: list[Verdict]) -> pd.DataFrame:
    """A row for each verdict."""
    columns = (
        [_(verdict.name) + (" (r)" if verdict.graded else "") for verdict in listed],
        [verdict.unit for verdict in listed],
        [_("falls") if verdict.sign < 0 else _("rises") for verdict in listed],
        [verdict.score for verdict in listed],
        [verdict.luck for verdict in listed],
        [verdict.untrained for verdict in listed],
        [verdict.probe for verdict in listed],
        [_("yes") if verdict.knows else _("together") if verdict.together else _("no") for verdict in listed],
    )
    return pd.DataFrame(dict(zip(HELP, columns, strict=True)))


def judged_in_words(session: Session, listed: list[Verdict]) -> None:
    """The best in a sentence; those that no unit knows, and a text where one is born."""
    known = [verdict for verdict in listed if verdict.knows]
    unknown = sorted((v for v in listed if not v.knows), key=lambda v: v.name not in TWINS)
    st.text("\n".join(_(verdict.sentence) for verdict in [*known[:3], *unknown[:3]]))
    for verdict in unknown:
        twin = TWINS.get(verdict.name)
        if twin and twin != session.run.corpus.name and not session.watching:
            st.button(
                _("See a unit for “{name}” being born, on a generated text", name=_(verdict.name)),
                key=f"twin-{verdict.name}",
                on_click=born_elsewhere,
                args=(session, twin),
                help=_("Starts over on “{twin}”. Train for about 20 seconds, then pause.", twin=twin),
            )


def born_elsewhere(session: Session, title: str) -> None:
    """Start over on a generated text, after a question where training would be lost."""
    adopting.adopt(session, lambda: texts.find(title, Choices()))
    st.rerun()


def own_pattern(problem: str) -> None:
    """The field for a concept of the learner's own, and what is wrong with what it holds."""
    fields.text(
        _("A concept of your own, as a regular expression"),
        "pattern",
        persist_state="session",
        placeholder=_("such as  {pattern}", pattern=r"th|the\b"),
        width=420,
        help=_(
            "Labels all characters within its matches. It is tried on 10,000 characters and stopped after two seconds."
        ),
    )
    if problem:
        st.text(_(problem))


def own_verdict(session: Session, pattern: str) -> tuple[Verdict | None, str]:
    """A verdict on the learner's own regular expression, if there is one, or a sentence on why there is none."""
    if not pattern:
        return None, ""
    judged: tuple[Verdict | None, str] = measuring.kept(
        session, "own-concept", lambda: judged_own(session, pattern), pattern
    ).value
    return judged


def judged_own(session: Session, pattern: str) -> tuple[Verdict | None, str]:
    """The verdict, or a sentence on why there is none. What it rests on, tens of megabytes, is not kept."""
    parameters, vocabulary = session.view.parameters, session.run.corpus.vocabulary
    ids, spoken = measuring.held_out(session, min(OWN_CHARACTERS, characters_read(parameters.sizes[1])))
    text = vocabulary.decode(ids)
    try:
        concept = own_concept(text, pattern, any_case=session.run.corpus.lowercase)
    except PatternError as error:
        return None, Sentence(error.made_of[0], **error.made_of[1])
    if not concept.enough:
        examples = int(concept.labels.sum())
        return None, Sentence(
            "It matches {examples:,} of {spoken}: at least {enough} with and without are needed.",
            examples=examples,
            spoken=spoken,
            enough=ENOUGH,
        )
    return judge(gather(parameters, session.run.checkpoints[0].parameters, text, vocabulary), concept), ""
