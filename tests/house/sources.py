"""The product's own files, for the tests that hold them to the rules of the house."""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ("cms", "outreach", "volunteers", "courses")
FOLDERS = (*APPS, "templates", "static", "tests")
NOT_OURS = {"migrations", "vendor", "node_modules"}


def source_files(*suffixes: str, folders: tuple[str, ...] = FOLDERS) -> Iterator[Path]:
    """Our files with one of the suffixes; no migrations, and nothing that others wrote."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            parts = path.relative_to(ROOT).parts
            if path.suffix in suffixes and not NOT_OURS & set(parts):
                yield path


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))
