"""The components' scripts: served by a route of the page's own, and for each a shim that Streamlit is given.

Streamlit would serve a component's files for packages that pip has installed; this page starts from a bare clone. The
address changes with the scripts, so that a browser may keep them for good. They are read once, when the server starts.
"""

import hashlib
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

SCRIPTS = {path.name: path.read_bytes() for path in sorted(Path(__file__).with_name("assets").glob("*.js"))}
VERSION = hashlib.sha256(b"".join(SCRIPTS.values())).hexdigest()[:16]
ADDRESS = f"scripts/{VERSION}"
HEADERS = {"Cache-Control": "public, max-age=31536000, immutable"}


def shim(name: str) -> str:
    """A component's script that is the one of this name, which the browser loads once for all who import it."""
    address = f'new URL("{ADDRESS}/{name}.js", document.baseURI)'
    return f"const {{ default: draw }} = await import({address});\nexport default draw;\n"


async def script(request: Request) -> Response:
    """Answer with a script."""
    found = SCRIPTS.get(request.path_params["name"])
    if found is None:
        return PlainTextResponse("There is no such script.", 404)
    return Response(found, media_type="text/javascript", headers=HEADERS)
