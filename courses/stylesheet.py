"""The style sheet: one file per component in `static/css`, sent to readers as one.

On a slow network a request costs more than the few kilobytes of components a page does not use. The
address carries a hash of the content, so a copy once fetched is good for ever.
"""

import hashlib
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders


@cache
def stylesheet() -> tuple[str, bytes]:
    """The hash in the address, and the style sheet."""
    folder = Path(finders.find("css"))
    parts = [
        folder / "tokens.css",
        folder / "base.css",
        *sorted((folder / "components").glob("*.css")),
        folder / "print.css",
    ]
    content = b"\n".join(part.read_bytes() for part in parts)
    return hashlib.sha256(content).hexdigest()[:12], content
