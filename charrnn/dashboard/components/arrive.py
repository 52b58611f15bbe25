"""A section of the page that the browser is led to."""

from charrnn.dashboard.wire import pack

from .mounting import mount


def arrive(section: str, number: int, *, key: str) -> None:
    """Have the section of this key brought before the eye, once for each ``number``; 0 leaves it."""
    mount(
        "arrive", pack({"section": section, "number": str(number)}), key=key
    )  # as text: JavaScript rounds numbers as large as these
