"""What the officer, or the ward earlier, decided about a list where our rules err."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from outreach.roster.encodings import Encoding
from outreach.roster.meanings import Meaning, heading_key, meaning_of

NO_LIST = (0, 0)


@dataclass(frozen=True)
class Choices:
    """`meanings`: heading_key of a column → what a column headed so means. `headers`: name of a
    sheet → first and last row of its header; NO_LIST: the sheet is none and is left out.
    `encoding`: how the text of the file is to be read, None: as it says itself."""

    meanings: Mapping[str, Meaning] = field(default_factory=dict)
    headers: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    encoding: Encoding | None = None

    def meaning_of(self, parts: list[str]) -> Meaning:
        return self.meanings.get(heading_key(parts)) or meaning_of(parts)

    def says_unused(self, parts: list[str]) -> bool:
        return self.meanings.get(heading_key(parts)) == Meaning.IGNORED


NONE = Choices()
