"""Making one backup."""

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import OperationalError, connection

from outreach import erasures
from outreach.backups import Impossible, folders, manifest
from outreach.backups.database import engine
from outreach.backups.manifest import Manifest
from outreach.epoch import current, note_backup

SPARE_BYTES = 64 << 20


@dataclass(frozen=True)
class Made:
    path: Path
    manifest: Manifest
    # Phones may forget what it holds; False when a restore began another epoch meanwhile, or when
    # somebody wrote for so long that it could not be noted.
    counts: bool
    same_disk: bool


def make_backup(place: Path, now: datetime) -> Made:
    """A complete, verified backup in the folder `place`, whose events phones may then forget.
    Raises Impossible; then there is no backup, and no half one either."""
    folders.check_place(place)
    current()
    with folders.alone(place):
        _check_space(place)
        erasures.merge(place / erasures.FILE_NAME, erasures.noted())
        with folders.appearing(place, now) as (folder, path):
            made = _fill(folder, now)
    counts = _note(made, now)
    same_disk = place.stat().st_dev == settings.DATA_DIR.stat().st_dev
    return Made(path, made, counts, same_disk)


def _note(made: Manifest, now: datetime) -> bool:
    """The backup is good also when nothing can be noted: phones then keep more than they need."""
    try:
        return note_backup(made.through, now, epoch=made.epoch)
    except OperationalError:
        return False


def _check_space(place: Path) -> None:
    needed = engine().size() + sum(file.stat().st_size for file in folders.media_files())
    free = shutil.disk_usage(place).free
    if free < needed + SPARE_BYTES:
        raise Impossible(
            f"{place} has {_megabytes(free)} free, and the backup may need "
            f"{_megabytes(needed + SPARE_BYTES)}. Delete old backups there or take a larger disk."
        )


def _megabytes(size: int) -> str:
    return f"{size / (1 << 20):,.0f} MB"


def _fill(folder: Path, now: datetime) -> Manifest:
    """The database first: every file that it names is there when media are copied after it."""
    copied = engine().copy(folder / engine().FILE_NAME)
    folders.copy_tree(folders.media_root(), folder / folders.MEDIA)
    made = Manifest(
        made_at=now,
        product=manifest.product_version(),
        engine=connection.vendor,
        engine_version=copied.engine_version,
        migrations=copied.content.migrations,
        epoch=copied.content.epoch,
        through=copied.content.through,
        rows=copied.content.rows,
        key_fingerprint=manifest.key_fingerprint(),
        files=manifest.parts_of(folder),
    )
    manifest.write(folder, made)
    return made
