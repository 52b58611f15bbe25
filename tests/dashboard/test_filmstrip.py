"""The filmstrip is regenerated from stored networks: identical each time, and harmless as a picture."""

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from charrnn import Corpus, Settings, Trainer
from charrnn.dashboard.pictures.film import LENGTH, Frame, as_picture, as_text, frames
from charrnn.runs.record import Checkpoint

CORPUS = Corpus.from_text("the cat sat on the mat & <b>the dog</b> ran.\n" * 60, lowercase=True)


def checkpoints() -> tuple[Checkpoint, ...]:
    trainer = Trainer(CORPUS, Settings(hidden_size=12, sequence_length=10, batch_size=2))
    kept = [Checkpoint(0, trainer.parameters.copy())]
    for steps in (17, 13):
        trainer.train(steps)
        kept.append(Checkpoint(trainer.steps, trainer.parameters.copy()))
    return tuple(kept)


def test_the_film_is_the_same_each_time_and_leaves_pauses_out() -> None:
    first, again = (frames(checkpoints(), CORPUS, "the ", 0.8, 7) for _ in range(2))
    assert first == again
    assert [frame.step for frame in first] == [0, 30]
    assert all(len(frame.text) == LENGTH for frame in first)


def test_another_seed_or_another_step_writes_something_else() -> None:
    film, other = (frames(checkpoints(), CORPUS, "the ", 0.8, seed) for seed in (7, 8))
    assert film[1].text != other[1].text
    assert film[0].text != film[1].text


def test_the_picture_is_well_formed_whatever_the_text_holds() -> None:
    film = frames(checkpoints(), CORPUS, "<b>&", 1.0, 1)
    picture = ElementTree.fromstring(as_picture(film, "<b>&\x01", "A & <script>"))
    texts = [element.text or "" for element in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert texts[0] == "A & <script>"
    assert any(text.startswith("<b>&�") for text in texts)


TEXTS = st.text(
    st.one_of(st.characters(), st.sampled_from("\ufffe\uffff\x00\x01\x1b\x7f\x85\ud800<>&'\"]")), max_size=60
)


@given(title=TEXTS, prime=TEXTS, text=TEXTS)
def test_the_picture_is_xml_whatever_title_prime_and_text_hold(title, prime, text):
    picture = as_picture([Frame(0, text), Frame(10, text)], prime, title).encode()
    root = ElementTree.fromstring(picture)
    assert {element.tag.rpartition("}")[2] for element in root.iter()} == {"svg", "rect", "text"}
    assert len(root[1].text or "") == len(title)


def test_the_text_holds_every_frame_whole() -> None:
    film = frames(checkpoints(), CORPUS, "the ", 0.8, 7)
    text = as_text(film, "the ")
    assert all(f"the {frame.text}" in text and f"step {frame.step}" in text for frame in film)
