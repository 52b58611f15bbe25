"""The link is the experiment: text and settings as a query string, and back."""

from urllib.parse import urlencode

from charrnn.dashboard.session import texts
from charrnn.dashboard.session.texts import Choices
from charrnn.text.corpus import Corpus, CorpusError
from charrnn.training.settings import Settings, SettingsError

KINDS = {name: type(value) for name, value in Settings(decay=0.0).to_dict().items()}


def query(corpus: Corpus, settings: Settings) -> str | None:
    """What to put behind the page's address; None for a text that nobody can have by its name.

    The name of a generated text holds its parameters.
    """
    if corpus.before or not texts.is_known(corpus):
        return None
    known = {"text": corpus.name, "lowercase": int(corpus.lowercase), "held_out": corpus.held_out}
    changed = {name: value for name, value in settings.to_dict().items() if value != getattr(Settings(), name)}
    return urlencode(known | changed)


def experiment(values: dict[str, str]) -> tuple[Corpus, Settings]:
    """Text and settings from a query; what it does not name has its default. Raises CorpusError, SettingsError."""
    choices = Choices()
    try:
        settings = Settings(**{name: kind(values[name]) for name, kind in KINDS.items() if name in values})
        choices = Choices(values.get("lowercase", "0") != "0", float(values.get("held_out", choices.held_out)))
    except ValueError as error:
        if isinstance(error, SettingsError):
            raise
        raise SettingsError("The link holds a setting that is not a number: here are the defaults.") from error
    if "text" not in values:
        return texts.first(), settings
    try:
        return texts.find(values["text"], choices), settings
    except KeyError:
        raise CorpusError(
            "There is no text called “{name}” here: here is another one.", name=values["text"][:60]
        ) from None
