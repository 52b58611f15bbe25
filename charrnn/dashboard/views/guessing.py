"""Guess the next character: a person against the network, the n-grams and chance, on text that none of them learned."""

from math import log2
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import streamlit as st

from charrnn.dashboard import words
from charrnn.dashboard.components import Passage, encode_passages, passages
from charrnn.dashboard.language import _, figure
from charrnn.dashboard.session import fields
from charrnn.dashboard.session.looked_up import explained
from charrnn.dashboard.session.parts import redrawn
from charrnn.dashboard.session.session import Session
from charrnn.dashboard.tables import table
from charrnn.insight.reading import TOP, read
from charrnn.network.parameters import Array, Parameters
from charrnn.sentence import Sentence
from charrnn.text.baselines import ngram_probabilities
from charrnn.text.corpus import Corpus
from charrnn.text.guessing import CONTEXT, bet_bits, places

ROUND = 10  # guesses
STRETCH = 2_000  # held-out characters among which the places are
BACK = 200  # characters that the network reads before each
COMMON = 12  # characters to pick from, the most frequent of the text: the network's own would give it away
SURE = (0.5, 0.8, 0.95)
ORDER = 2  # of the n-grams: counting triples
PLAYERS = (Sentence("you"), Sentence("the network"), Sentence("counting triples"), Sentence("chance"))
FRESH = "guessing-round"  # in Streamlit's state: the round that is played


class Question(NamedTuple):
    """One character to be guessed, and what the others gave it."""

    before: str  # the text that is shown
    came: int  # its id
    p: Array  # (V,) what the network gives each character
    ngram: float  # what counting triples gives the one that came


class Guess(NamedTuple):
    """What a person bet, and what that costs everybody in bits."""

    picked: int
    sure: float
    bits: tuple[float, float, float, float]  # of PLAYERS


class Round(NamedTuple):
    """Ten questions, as one network would answer them."""

    digest: str  # of the text
    step: int
    spoken: str
    common: list[int]
    questions: list[Question]
    guesses: list[Guess]


def guessing(session: Session) -> None:
    """The section: nothing of it is computed while it is folded away."""
    with st.expander(_("**Can you guess better?**"), on_change="rerun", key="guessing") as section:
        if section.open:
            redrawn(lambda: played(session), "guessing-round-drawn")


def played(session: Session) -> None:
    """The round, from its beginning to its end."""
    st.markdown(
        _("**Guess the next character**: you against the network, counting triples and chance."),
        help=explained(
            _(
                "The fewer bits the better: 50 % sure and right costs 1 bit, 95 % sure and right 0.07, but "
                "95 % sure and wrong about ten."
            ),
            "surprise",
            "nat and bit",
            "n-gram",
        ),
    )
    st.caption(
        _(
            "Name one character and how sure you are: it gets that probability, all others share the "
            "rest, and you pay −log₂ of what you gave to the one that came."
        )
    )
    state, run = st.session_state, session.run
    now: Round | None = state.get(FRESH)
    if now and now.digest != run.corpus.digest:
        now = None

    def begin() -> None:
        seed = int.from_bytes(np.random.default_rng().bytes(4), "little")
        state[FRESH] = new_round(session.view.parameters, session.view.step, run.corpus, seed)

    if not now or len(now.guesses) == len(now.questions):
        if now and now.guesses:
            told(now, run.corpus.vocabulary.characters)
        label = _("Ten more") if now else _("Begin: ten guesses")
        st.button(label, key="guessing-begin", type="primary", on_click=begin)
        if now and not now.questions:
            st.caption(_("The text is too short for a round."))
        return
    ask(session, now)
    if now.guesses:
        told(now, run.corpus.vocabulary.characters)


def new_round(parameters: Parameters, step: int, corpus: Corpus, seed: int) -> Round:
    """Ten places of the held-out text, each with what the network and the n-grams say of it."""
    rng, vocabulary = np.random.default_rng(seed), corpus.vocabulary
    V, ignored, train = len(vocabulary), vocabulary.replacement, corpus.train_ids
    held_out = len(corpus.held_out_ids) > 2 * CONTEXT
    ids = corpus.held_out_ids if held_out else train
    start = int(rng.integers(max(1, len(ids) - STRETCH)))
    ids = ids[start : start + STRETCH]
    counted = ngram_probabilities(train, ids, V, order=ORDER, ignored=ignored)[ORDER]
    counts = np.bincount(train, minlength=V)
    if ignored is not None:
        counts[ignored] = 0
    questions = [
        Question(
            before=vocabulary.decode(ids[max(0, at - CONTEXT) : at]),
            came=int(ids[at]),
            p=read(parameters, ids[max(0, at - BACK) : at]).probabilities[-1],
            ngram=float(counted[at]),
        )
        for at in places(ids, ROUND, rng, ignored)
    ]
    common = [int(i) for i in np.argsort(-counts, kind="stable")[:COMMON] if counts[i]]
    spoken = (
        Sentence("held-out text") if held_out else Sentence("the text that it trains on, since too little is held out")
    )
    return Round(corpus.digest, step, spoken, common, questions if V > 1 else [], [])


def ask(session: Session, now: Round) -> None:
    """The text so far, and the bet."""
    corpus, state, number = session.run.corpus, st.session_state, len(now.guesses)
    characters, question = corpus.vocabulary.characters, now.questions[number]
    title = _("{number} of {questions}: what comes next?", number=number + 1, questions=len(now.questions))
    passages(encode_passages([Passage(title=title, text=question.before, changed="?")]), key="guessing-text")

    def bet() -> None:
        typed = corpus.typed(fields.typed("guessed"))[:1]
        chosen = state.get("guessing-pick")
        state["guessing-unknown"] = typed if typed and typed not in characters else ""
        if typed and typed in characters:
            chosen = characters.index(typed)
        if chosen is None or state["guessing-unknown"]:
            return
        guess = judged(question, int(chosen), float(state.get("guessing-sure") or SURE[0]))
        state[FRESH] = now._replace(guesses=[*now.guesses, guess])

    with st.form("guessing-form", clear_on_submit=True, border=False):
        st.pills(
            _("The commonest characters"),
            now.common,
            format_func=lambda i: words.plain(words.visible(characters[i])),
            key="guessing-pick",
        )
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            fields.text(_("or another"), "guessed", width=110)
            st.segmented_control(
                _("How sure are you?"),
                SURE,
                default=SURE[0],
                format_func=lambda sure: figure(sure, ".0%"),
                key="guessing-sure",
                required=True,
                wrap=True,
            )
            st.form_submit_button(_("Guess"), type="primary", on_click=bet)
    if unknown := state.get("guessing-unknown"):
        st.caption(_("“{unknown}” is not in this text's alphabet.", unknown=words.plain(words.visible(unknown))))


def judged(question: Question, picked: int, sure: float) -> Guess:
    """What a bet costs, beside what the others' cost."""
    V = len(question.p)
    given = float(question.p[question.came])
    own = bet_bits(sure, picked == question.came, V)
    return Guess(picked, sure, (own, -log2(max(given, 1e-30)), -log2(question.ngram), log2(V)))


def told(now: Round, characters: str) -> None:
    """What came, what the network thought, and how all stand."""
    guess, question = now.guesses[-1], now.questions[len(now.guesses) - 1]
    st.markdown(in_words(guess, question, characters))
    left, right = st.columns(2, gap="medium")
    with left:
        shares = st.column_config.ProgressColumn(format="percent", min_value=0, max_value=1)
        table("guessing-thought", _("What the network thought"), thought(question, characters), {"probability": shares})
    with right:
        bits = st.column_config.NumberColumn(format="%.2f")
        columns: dict[str, Any] = {"this one, bits": bits, "on average, bits": bits}
        heading = _("After {guesses} of {questions}", guesses=len(now.guesses), questions=len(now.questions))
        table("guessing-scores", heading, scores(now), columns)
    if len(now.guesses) == len(now.questions):
        st.markdown(verdict(now))
    st.caption(_("The network of step {step:,}, on {spoken}.", step=now.step, spoken=now.spoken))


def in_words(guess: Guess, question: Question, characters: str) -> str:
    """What came, and what each paid for it."""
    came, picked = (words.plain(words.visible(characters[i])) for i in (question.came, guess.picked))
    bet = _("right") if guess.picked == question.came else _("not “{picked}”", picked=picked)
    own, network = guess.bits[:2]
    return _(
        "“{came}” came, {bet}: **{own:.2f} bits** for you, {sure:.0%} sure, and **{network:.2f}** "
        "for the network, which gave it {p:.1%}.",
        came=came,
        bet=bet,
        own=own,
        sure=guess.sure,
        network=network,
        p=question.p[question.came],
    )


def thought(question: Question, characters: str) -> pd.DataFrame:
    """The network's likeliest characters, and the one that came."""
    order = np.argsort(-question.p, kind="stable")[:TOP].tolist()
    shown = order if question.came in order else [*order[:-1], question.came]
    signs = [words.visible(characters[i]) + (_(" (came)") if i == question.came else "") for i in shown]
    return pd.DataFrame({"next": signs, "probability": question.p[shown].astype(float)})


def scores(now: Round) -> pd.DataFrame:
    """What each paid for the last one, and on average, the best first."""
    bits = np.array([guess.bits for guess in now.guesses])
    frame = pd.DataFrame(
        {"who": [_(player) for player in PLAYERS], "this one, bits": bits[-1], "on average, bits": bits.mean(axis=0)}
    )
    return frame.sort_values("on average, bits", kind="stable")


def verdict(now: Round) -> str:
    """Who has won the round."""
    bits = np.array([guess.bits for guess in now.guesses])
    own, *others = bits.mean(axis=0)
    luck = float(bits[:, 0].std() / np.sqrt(len(bits)))
    beaten = [name for name, bits in zip(PLAYERS[1:], others, strict=True) if own < bits]
    better = _(" and ").join(map(_, beaten))
    said = _("better than {beaten}", beaten=better) if beaten else _("and all others have fewer")
    return _(
        "**{own:.2f} bits a character** over the round: {said}. So few guesses tell it to ±{luck:.1f}.",
        own=own,
        said=said,
        luck=luck,
    )
