"""The folder of backups: one folder each, which appears when it is complete."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from outreach.backups import Impossible, manifest

PREFIX = "ngo-so-"
UNFINISHED = ".unfinished-"
LOCK = ".lock"
MEDIA = "media"


def stamp(now: datetime) -> str:
    """A moment as it stands in the names of files and folders, in UTC."""
    return now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def check_place(place: Path) -> None:
    """Raises Impossible when backups cannot or should not be kept there."""
    if not place.is_dir():
        raise Impossible(
            f"{place} is not a folder. Is the disk for backups mounted? Then make the folder "
            "first, readable by the product's user alone.",
            usage=True,
        )
    for name, inside in (("DATA_DIR", settings.DATA_DIR), ("the media folder", media_root())):
        if place.resolve().is_relative_to(inside.resolve()):
            raise Impossible(
                f"{place} lies inside {name} ({inside}); what destroys the data would destroy its "
                "backup too. Choose a folder elsewhere, best on another disk.",
                usage=True,
            )
    if not os.access(place, os.W_OK | os.X_OK):
        raise Impossible(
            f"{place} cannot be written to by this user; change its owner or choose another.",
            usage=True,
        )


def media_root() -> Path:
    return Path(settings.MEDIA_ROOT).resolve()


def complete(place: Path) -> list[Path]:
    """The complete backups in the folder, oldest first."""
    found = (path for path in place.glob(f"{PREFIX}*") if (path / manifest.NAME).is_file())
    return sorted(found, key=lambda path: path.name)


@contextmanager
def alone(place: Path) -> Iterator[None]:
    """While no other backup is made there, and without what a broken one left behind."""
    lock = place / LOCK
    try:
        lock.touch(mode=0o600)
        with lock.open("r+b") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise Impossible(f"Another backup into {place} is being made.") from error
            for left in place.glob(f"{UNFINISHED}*"):
                shutil.rmtree(left)
            yield
    except OSError as error:
        raise Impossible(f"{error.filename or place}: {error.strerror}.") from error


@contextmanager
def appearing(place: Path, now: datetime) -> Iterator[tuple[Path, Path]]:
    """A folder to write the backup into, and where it will stand: it appears there at the end,
    when every byte is on the disk, or not at all."""
    target = place / f"{PREFIX}{stamp(now)}"
    if target.exists():
        raise Impossible(f"{target} is there already; try again in a second.")
    unfinished = place / f"{UNFINISHED}{stamp(now)}"
    unfinished.mkdir(mode=0o700)
    try:
        yield unfinished, target
        for inside, _folders, names in os.walk(unfinished):
            for name in names:
                to_disk(Path(inside) / name)
            to_disk(Path(inside))
        unfinished.rename(target)
        to_disk(place)
    except BaseException:
        for left in (unfinished, target):
            shutil.rmtree(left, ignore_errors=True)
        raise


def to_disk(path: Path) -> None:
    """What was written to this file or folder survives a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def media_files() -> Iterator[Path]:
    """Every file below MEDIA_ROOT. Raises Impossible for a link to a folder, whose files would be
    missing from the backup."""
    for inside, folders, names in os.walk(media_root()):
        for folder in folders:
            if (Path(inside) / folder).is_symlink():
                raise Impossible(
                    f"{Path(inside) / folder} is a link to a folder elsewhere, which no backup "
                    "would hold. Move the files themselves into the media folder."
                )
        for name in names:
            yield Path(inside) / name


def remove_tree(folder: Path) -> None:
    """Nothing is there afterwards; nothing need be before."""
    if folder.exists():
        shutil.rmtree(folder)


def copy_file(source: Path, target: Path) -> None:
    """For the product's user alone, whatever the source allows."""
    target.touch(mode=0o600)
    shutil.copyfile(source, target)


def copy_tree(source: Path, target: Path) -> None:
    """Every file below `source`; folders for the product's user alone."""
    target.mkdir(mode=0o700, exist_ok=True)
    for inside, folders, names in os.walk(source):
        here = target / Path(inside).relative_to(source)
        for folder in folders:
            (here / folder).mkdir(mode=0o700)
        for name in names:
            try:
                copy_file(Path(inside) / name, here / name)
            except FileNotFoundError:
                # Deleted while the copy was made; nothing in the copied database needs it.
                (here / name).unlink(missing_ok=True)
