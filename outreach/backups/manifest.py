"""What a backup says of itself: manifest.json."""

import hashlib
import hmac
import os
import subprocess
from pathlib import Path
from typing import Literal
from uuid import UUID

from django.conf import settings
from django.db.migrations.loader import MigrationLoader
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from outreach.backups import Impossible

NAME = "manifest.json"
CHUNK = 1 << 20


class Part(BaseModel):
    """One file of the backup."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    size: int  # bytes
    sha256: str


class Manifest(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = 1
    made_at: AwareDatetime
    # As `git describe` names it; empty where that is not known.
    product: str
    engine: str
    engine_version: str
    # "app.name" of each, sorted.
    migrations: list[str]
    epoch: UUID
    # Every event with a number up to this one is in the backup.
    through: int
    # Rows of each table.
    rows: dict[str, int]
    # Tells which SECRET_KEY belongs to the backup, and not what it is.
    key_fingerprint: str
    # By path inside the backup; database, media, without the manifest.
    files: dict[str, Part]

    @property
    def name_of_product(self) -> str:
        return self.product or "an unknown version"


def key_fingerprint() -> str:
    """Of the present SECRET_KEY. A keyed hash, so nothing but trying keys leads back to it."""
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, b"ngo-so backup key fingerprint", hashlib.sha256).hexdigest()


def product_version() -> str:
    """What `git describe` says of the product's folder; empty outside a clone."""
    if not (settings.BASE_DIR / ".git").exists():
        return ""
    try:
        run = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--tags"],  # noqa: S607 - wherever git is
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
            timeout=20,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return run.stdout.strip() if run.returncode == 0 else ""


def unknown_migrations(manifest: Manifest) -> list[str]:
    """Migrations in the backup that this version of the product does not have."""
    loader = MigrationLoader(None)
    names = {f"{app}.{name}" for app, name in loader.disk_migrations}
    for migration in loader.disk_migrations.values():
        names.update(".".join(replaced) for replaced in migration.replaces)
    return sorted(set(manifest.migrations) - names)


def part_of(path: Path) -> Part:
    digest = hashlib.sha256()
    size = 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return Part(size=size, sha256=digest.hexdigest())


def parts_of(folder: Path) -> dict[str, Part]:
    """Every file in the folder but the manifest, by its path inside."""
    files: dict[str, Part] = {}
    for inside, _folders, names in os.walk(folder):
        for name in names:
            path = Path(inside) / name
            if path != folder / NAME:
                files[path.relative_to(folder).as_posix()] = part_of(path)
    return dict(sorted(files.items()))


def write(folder: Path, manifest: Manifest) -> None:
    (folder / NAME).touch(mode=0o600)
    (folder / NAME).write_text(manifest.model_dump_json(indent=2) + "\n")


def read(folder: Path) -> Manifest:
    """Raises Impossible."""
    try:
        return Manifest.model_validate_json((folder / NAME).read_bytes())
    except OSError as error:
        raise Impossible(f"{folder / NAME} cannot be read ({error.strerror}).") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"]) or "the whole"
        raise Impossible(
            f"{folder / NAME} is not the manifest of a backup that this version of the product "
            f"reads ({where}: {first['msg']}). Take another backup, or the version that made it."
        ) from error


def check_files(folder: Path, manifest: Manifest) -> None:
    """Raises Impossible when a file is missing, changed, or was not there when it was made."""
    found = parts_of(folder)
    for name in sorted(set(found) | set(manifest.files)):
        expected, there = manifest.files.get(name), found.get(name)
        if expected == there:
            continue
        if there is None:
            problem = "is missing"
        elif expected is None:
            problem = "does not belong to it"
        else:
            problem = f"is damaged: {there.size} bytes, expected {expected.size}; SHA-256 differs"
        raise Impossible(
            f"The backup {folder} is not as it was made: {name} {problem}. Nothing was changed. "
            "Take another copy of this backup, or an older one."
        )
