"""The components' scripts: served by a route of the page's own, and for each a shim that Streamlit is given.

Streamlit would serve a component's files for packages that pip has installed; this page starts from a bare clone. The
address changes with the scripts, so that a browser may keep them for good. They are read once, when the server starts.
"""

import hashlib
import json
import re
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from charrnn.dashboard.language import LANGUAGES, _, marks, within

SCRIPTS = {path.name: path.read_bytes() for path in sorted(Path(__file__).with_name("assets").glob("*.js"))}
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
SAID = re.compile(rf"\b(?:_|Sentence)\(\s*({_STRING.pattern}(?:\s*\+\s*{_STRING.pattern})*)")  # as JavaScript has it


def literals(script: str) -> set[str]:
    """What a script says."""
    return {"".join(map(json.loads, _STRING.findall(said))) for said in SAID.findall(script)}


def words(code: str, scripts: str) -> dict[str, str]:
    """What these scripts say, in a language: by what it is in English; and the mark before decimals."""
    found = within(
        code, lambda: {text: _(text) for text in sorted(literals(scripts))} | {".": marks()[1], "lang": code}
    )
    return {text: meant for text, meant in found.items() if meant != text}


JOINED = b"\n".join(SCRIPTS.values()).decode()
SCRIPTS |= {f"words-{code}.js": f"export default {json.dumps(words(code, JOINED))};\n".encode() for code in LANGUAGES}
VERSION = hashlib.sha256(b"".join(SCRIPTS.values())).hexdigest()[:16]
ADDRESS = f"scripts/{VERSION}"
HEADERS = {"Cache-Control": "public, max-age=31536000, immutable"}


def shim(name: str, code: str) -> str:
    """A component's script that is the one of this name, which the browser loads once for all who import it; it speaks
    this language."""
    return f"""const load = (name) => import(new URL("{ADDRESS}/" + name + ".js", document.baseURI));
const [{{ default: draw }}, {{ speak }}, words] = await Promise.all(["{name}", "language", "words-{code}"].map(load));
export default (given) => (speak(words.default), draw(given));
"""


async def script(request: Request) -> Response:
    """Answer with a script."""
    found = SCRIPTS.get(request.path_params["name"])
    if found is None:
        return PlainTextResponse("There is no such script.", 404)
    return Response(found, media_type="text/javascript", headers=HEADERS)
