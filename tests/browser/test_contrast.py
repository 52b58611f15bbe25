"""What the strip draws, for eyes that see little or no colours and for signs of any width: by its pixels."""

from contextlib import ExitStack
from io import BytesIO

import numpy as np
import pytest
from alone import THEMES, Alone, pages
from PIL import Image
from test_gates_drawn import drawn as network_drawn

from charrnn.dashboard.components import Axis, encode_cells, encode_coloured_text
from charrnn.dashboard.components.strip import encode_strip

COLUMNS = 36


def luminance(rgb):
    """Relative luminance of sRGB (..., 3), 0 to 1 (WCAG 2.2)."""
    part = np.asarray(rgb, float) / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def contrast(picture):
    """Of what is drawn there to what it is drawn on, which most of it shows (WCAG 2.2)."""
    light = luminance(picture)
    ground = np.median(light)
    return max((light.max() + 0.05) / (ground + 0.05), (ground + 0.05) / (light.min() + 0.05))


@pytest.fixture
def drawn(chromium):
    """The names and the cells of a strip as pixels, four to one of CSS."""

    def picture(theme, came="a"):
        strip = opened(theme=theme, device_scale_factor=4)
        strip.page.evaluate("background => { document.body.style.background = background }", THEMES[theme])
        values = np.where(np.arange(COLUMNS) % 2, 1.0, -1.0)
        wrong = {"label": "at step 10", "guess": "b" * COLUMNS, "p": np.zeros(COLUMNS)}
        awaited = {"label": "at step 30", "guess": "", "p": []}
        frame = {"text": came * COLUMNS, "rows": [wrong, awaited], "now": "its guess now", "top": ["bcdef"] * COLUMNS}
        frame |= {"top_p": np.zeros((COLUMNS, 5)), "surprise": np.zeros(COLUMNS)}
        strip.receive(encode_strip(frame | {"units": [{"name": "unit 0", "values": values}]}))
        strip.page.wait_for_function("document.fonts.ready")
        canvases = strip.page.locator(".row canvas")
        return [np.asarray(Image.open(BytesIO(one.screenshot())).convert("RGB")) for one in canvases.all()]

    with pages(chromium, "reading_strip", Alone) as opened:
        yield picture


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_least_sure_guess_and_a_step_still_to_come_contrast_three_to_one(drawn, theme):
    names, cells = drawn(theme)
    assert contrast(cells[: 4 * 19]) >= 3
    assert contrast(names[4 * 19 : 8 * 19]) >= 3


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_minus_and_plus_one_differ_without_colours(drawn, theme):
    _, cells = drawn(theme)
    light = luminance(cells)
    unit = light[-4 * 17 : -4 * 6]  # its row is the last
    width = unit.shape[1] / COLUMNS
    marked = [
        np.ptp(unit[:, int((column + 0.3) * width) : int((column + 0.7) * width)]) > 0.1 for column in range(COLUMNS)
    ]
    assert marked == [column % 2 == 0 for column in range(COLUMNS)]


@pytest.fixture
def alone(chromium):
    """A component alone, with a message of Python's."""
    with ExitStack() as opened:

        def shown(script, theme, message, *width):
            one = opened.enter_context(pages(chromium, script, Alone))(*width, theme=theme, device_scale_factor=4)
            one.receive(message)
            return one.page

        yield shown


def pixels(shown):
    """The luminance of what is drawn there."""
    return luminance(np.asarray(Image.open(BytesIO(shown.screenshot())).convert("RGB")))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_minus_one_is_marked_in_a_heatmap_of_as_many_units_as_there_are_at_first(alone, theme):
    values = np.where(np.indices((128, COLUMNS)).sum(0) % 2, 1.0, -1.0)
    across, down = Axis("character", "a" * COLUMNS), Axis("unit", list(map(str, range(128))))
    page = alone("cells", theme, encode_cells(values, down=down, across=across, title="value", limit=1.0, text=True))
    light = pixels(page.locator("canvas[role=application]"))
    across, down = light.shape[1] / COLUMNS, 4 * 3
    contrasts = np.empty(values.shape)
    for row, column in np.ndindex(values.shape):
        cell = light[row * down + 2 : (row + 1) * down - 2, int((column + 0.3) * across) : int((column + 0.7) * across)]
        contrasts[row, column] = (cell.max() + 0.05) / (cell.min() + 0.05)
    assert contrasts[values < 0].min() >= 3
    assert contrasts[values > 0].max() == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_minus_one_is_marked_in_a_coloured_text(alone, theme):
    colouring = {"title": "value", "signed": True, "limit": 1.0}
    guesses = {"of": "here", "top": [" "] * 4, "top_p": np.zeros((4, 1)), "surprise": np.zeros(4)}
    message = encode_coloured_text([[-1, 1, -0.5, 0.5]], text="    ", rows=[""], colouring=colouring, guesses=guesses)
    page = alone("coloured_text", theme, message)
    signs = [pixels(sign)[12:-12, 5:-5] for sign in page.locator(".text span").all()]
    assert [np.ptp(sign) > 0.1 for sign in signs] == [True, False, True, False]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("cell", "shown", "beside"), [("rnn", 12, 0.0), ("lstm", 8, 0.245)])
def test_what_is_well_below_zero_is_marked_in_the_drawn_network(alone, theme, cell, shown, beside):
    """In h, which stands so much of a column beside its middle, of so many columns that are shown."""
    step, message = network_drawn(cell)
    light = pixels(alone("network", theme, message, 1280).locator("canvas[role=application]"))
    wide, high, top = light.shape[1] / shown, 4 * 11, 4 * 153
    contrasts = {}
    for unit, column in np.ndindex(step.h.shape[1], shown):
        middle = int((column + 0.5 + beside) * wide)
        seen = light[top + unit * high + 6 : top + (unit + 1) * high - 8, middle - 6 : middle + 6]
        contrasts[step.h[column - shown, unit]] = (seen.max() + 0.05) / (seen.min() + 0.05) if column > 1 else None
    learned = {value: found for value, found in contrasts.items() if found}  # the others are pale, being beyond the cut
    below, others = (
        [found for value, found in learned.items() if (value < -0.25) == marked] for marked in (True, False)
    )
    assert len(below) > 5
    assert min(below) >= 1.5
    assert max(others) == 1


def test_signs_that_are_as_wide_as_high_have_room(drawn):
    letters, signs = drawn("light")[1], drawn("light", "春")[1]
    assert signs.shape[1] > 1.4 * letters.shape[1]
