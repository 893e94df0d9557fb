"""The official provinces and communes, from our data file into the database.

Source: Decision 19/2025/QĐ-TTg; see data/README.md.
"""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import transaction

from volunteers.models import Area
from volunteers.names import fold

AREAS_FILE = Path(__file__).parent / "data" / "areas.csv"
COLUMNS = ["code", "name", "level", "parent"]
VALID_FROM = date(2025, 7, 1)
PROVINCE_CODE = re.compile(r"[0-9]{2}")
COMMUNE_CODE = re.compile(r"[0-9]{5}")


class AreasFileError(ValueError):
    """The file is not what it should be; the text says where, what arrived, what was expected."""


@dataclass(frozen=True)
class OfficialArea:
    """One line of the file. `parent` is the province's code, empty for a province."""

    code: str
    name: str
    level: Area.Level
    parent: str

    @property
    def path(self) -> str:
        return f"{self.parent}/{self.code}/" if self.parent else f"{self.code}/"


@dataclass(frozen=True)
class AreasImported:
    """How many areas were new, took another name, or were there already."""

    created: int
    renamed: int
    unchanged: int


def read_areas(path: Path) -> list[OfficialArea]:
    """Every area of the file, each after its parent. Raises AreasFileError."""
    areas: dict[str, OfficialArea] = {}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.reader(file)
            header = next(reader, [])
            if header != COLUMNS:
                raise AreasFileError(f"{path.name}, line 1: {header}; expected {COLUMNS}.")
            for cells in reader:
                try:
                    area = parse_line(cells, areas)
                except AreasFileError as error:
                    raise AreasFileError(f"{path.name}, line {reader.line_num}: {error}") from None
                areas[area.code] = area
    except UnicodeDecodeError as error:
        raise AreasFileError(f"{path.name} is not UTF-8: {error}.") from error
    return list(areas.values())


def parse_line(cells: list[str], earlier: dict[str, OfficialArea]) -> OfficialArea:
    """The area in one line; `earlier` are those of the lines before. Raises AreasFileError."""
    if len(cells) != len(COLUMNS):
        raise AreasFileError(f"{len(cells)} cells {cells}; expected {len(COLUMNS)}: {COLUMNS}.")
    code, name, level, parent = cells
    if level == Area.Level.PROVINCE:
        expected, pattern = "two digits", PROVINCE_CODE
        if parent:
            raise AreasFileError(f"province {code!r} has the parent {parent!r}; expected none.")
    elif level == Area.Level.COMMUNE:
        expected, pattern = "five digits", COMMUNE_CODE
        if parent not in earlier or earlier[parent].level != Area.Level.PROVINCE:
            raise AreasFileError(
                f"commune {code!r} has the parent {parent!r}; expected a province of a line above."
            )
    else:
        raise AreasFileError(f"the level is {level!r}; expected 'province' or 'commune'.")
    if not pattern.fullmatch(code):
        raise AreasFileError(f"the code of a {level} is {code!r}; expected {expected}, as text.")
    if code in earlier:
        raise AreasFileError(f"the code {code!r} is there twice; expected each code once.")
    if not name or name != " ".join(name.split()):
        raise AreasFileError(f"the name is {name!r}; expected words with single spaces.")
    return OfficialArea(code, name, Area.Level(level), parent)


@transaction.atomic
def import_areas(official: Iterable[OfficialArea]) -> AreasImported:
    """Create what is missing and correct names; neighbourhoods and lanes are not touched.

    An area that changed its parent is a change of boundaries and not for an import: it raises
    AreasFileError, and nothing is written.
    """
    held = {
        area.code: area
        for area in Area.objects.filter(level__in=[Area.Level.PROVINCE, Area.Level.COMMUNE])
    }
    new, renamed, unchanged = [], [], 0
    for entry in official:
        area = held.get(entry.code)
        if area is None:
            new.append(build(entry))
        elif area.path != entry.path:
            raise AreasFileError(
                f"{entry.code} {entry.name} lies at {entry.path} in the file and at {area.path} "
                "here; expected the same place, since an import does not move areas."
            )
        elif area.name != entry.name:
            area.name, area.folded_name = entry.name, fold(entry.name)
            renamed.append(area)
        else:
            unchanged += 1
    Area.objects.bulk_create(new)
    Area.objects.bulk_update(renamed, ["name", "folded_name"])
    return AreasImported(len(new), len(renamed), unchanged)


def build(entry: OfficialArea) -> Area:
    """The unsaved row; bulk_create passes by `save`, so path and folded name are set here."""
    return Area(
        code=entry.code,
        name=entry.name,
        folded_name=fold(entry.name),
        level=entry.level,
        parent_id=entry.parent or None,
        path=entry.path,
        valid_from=VALID_FROM,
    )
