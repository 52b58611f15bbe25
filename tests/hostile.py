"""What people may bring that Streamlit's Markdown would make something of: for tests that it makes nothing of it."""

import random

PIECES = (
    *("https://example.invalid/a_b", "http://example.invalid", "HTTPS://example.invalid", "www.example.invalid"),
    *("WWW.example.invalid/x", "me@example.invalid", "mailto:me@example.invalid", "<https://example.invalid>"),
    *("[here](https://example.invalid)", "![seen](https://example.invalid/spy.png)", "[a]: https://example.invalid"),
    *(":skull_and_crossbones:", ":+1:", ":-1:", ":material/skull:", ":material_skull:", ":streamlit:", ":red[loud]"),
    *(":blue-background[b]", ":small[s]", ":color[c]{foreground='red'}", "$x^2$", "$$y$$", "`code`", "```\nblock\n```"),
    *("**bold**", "*slant*", "__bold__", "~~gone~~", "# big", "> said", "- one", "+ one", "1. one", "1) one", "---"),
    *("===", "| a | b |\n|---|---|", "<b>b</b>", "<!-- c -->", "&lt;i&gt;", "&#65;", "\\*", "\\", "a  \nb", "    deep"),
    *("->", "<-", "<->", "--", ">=", "<=", "~=", "[^1]", "[^1]: note", "[ ] todo", ":::note", "::leaf[x]", "{#id}"),
    *(" ", "\n", "\n\n", "\t", ":", "@", ".", "www", "http:", "x", "é", "字", "…", "/", "(", ")", "[", "]"),
)


def texts(count: int, seed: int = 1) -> list[str]:
    """Every piece by itself, then so many made of a few of them, the same ones each time."""
    drawn = random.Random(seed)
    return [*PIECES, *("".join(drawn.choices(PIECES, k=drawn.randint(2, 6))) for _ in range(count))]
