"""The sheets of an .xlsx file, streamed cell by cell from its XML.

Part of the reading process: knows neither Django nor the database. Nothing is taken on trust: not
the order of rows and cells, not their references, not what the file says of its own size.
"""

import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from xml.parsers import expat

from outreach.roster.cell_values import Texts, Value, clean_number, clean_text
from outreach.roster.limits import MAX_TEXT, Limits, Unfit

CHUNK = 262_144
Attributes = dict[str, str]
# A row: its number, its values by column, and the lines of texts that have several.
Row = tuple[int, dict[int, Value], dict[int, list[str]]]
Range = tuple[int, int, int, int]


@dataclass
class Sheet:
    """`rows` can be gone through once; `merged` (first row, first column, last row, last column)
    and `hidden_columns` are known afterwards."""

    name: str
    hidden: bool
    rows: Iterator[Row]
    merged: list[Range] = field(default_factory=list)
    hidden_columns: set[int] = field(default_factory=set)


def read_workbook(archive: zipfile.ZipFile, texts: Texts, limits: Limits) -> Iterator[Sheet]:
    """The sheets in their order, each to be gone through before the next. Charts are left out.

    Raises Unfit, and on damaged files whatever the readers of zip and XML raise.
    """
    package = _Package(archive)
    for name in package.names.values():
        if name.endswith((".xml", ".rels", ".vml")):
            package.refuse_document_type(name)
    sheets, epoch = _sheets(package)
    if len(sheets) > limits.sheets:
        raise Unfit("too_many_cells", rows=limits.rows)
    strings = _shared_strings(package)
    dates, durations = _date_styles(package)
    for name, hidden, part in sheets:
        reader = _SheetReader(texts, limits, strings, _Dates(epoch, dates, durations))
        sheet = Sheet(clean_text(name), hidden, reader.read(package.chunks(part)))
        sheet.merged, sheet.hidden_columns = reader.merged, reader.hidden_columns
        yield sheet


class _Tags(dict[str, str]):
    """Tag names without their namespace's prefix."""

    def __missing__(self, tag: str) -> str:
        self[tag] = tag.rpartition(":")[2]
        return self[tag]


class _Package:
    """The parts of the zip, found whatever the case of their names."""

    def __init__(self, archive: zipfile.ZipFile):
        self.archive = archive
        self.names = {name.lower(): name for name in archive.namelist()}

    def has(self, part: str) -> bool:
        return part.lower() in self.names

    def chunks(self, part: str) -> Iterator[bytes]:
        with self.archive.open(self.names[part.lower()]) as stream:
            while chunk := stream.read(CHUNK):
                yield chunk

    def refuse_document_type(self, part: str) -> None:
        """No spreadsheet program writes a document type; those who attack parsers do."""
        parser = _parser()
        seen: list[str] = []
        parser.StartElementHandler = lambda tag, attributes: seen.append(tag)
        for chunk in self.chunks(part):
            parser.Parse(chunk)
            if seen:
                return
        parser.Parse(b"", True)

    def each(self, part: str, start: Callable[[str, Attributes], None]) -> None:
        """Call `start` with the tag and the attributes of every element of the part."""
        parser = _parser()
        tags = _Tags()
        parser.StartElementHandler = lambda tag, attributes: start(tags[tag], attributes)
        for chunk in self.chunks(part):
            parser.Parse(chunk)
        parser.Parse(b"", True)


def _refuse(*declaration: object) -> None:
    raise Unfit("unsafe_xml")


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.buffer_size = CHUNK
    parser.StartDoctypeDeclHandler = _refuse
    return parser


def _sheets(package: _Package) -> tuple[list[tuple[str, bool, str]], date]:
    """Name, whether hidden, and part of each worksheet; and the day that dates count from."""
    found: list[Attributes] = []
    epochs: list[date] = []
    targets: dict[str, str] = {}

    def start(tag: str, attributes: Attributes) -> None:
        if tag == "sheet":
            found.append({key.rpartition(":")[2]: value for key, value in attributes.items()})
        elif tag == "workbookPr" and attributes.get("date1904") in ("1", "true", "on"):
            epochs.append(date(1904, 1, 1))

    def start_link(tag: str, attributes: Attributes) -> None:
        if tag == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
            target = posixpath.join("/xl", attributes.get("Target", "").replace("\\", "/"))
            targets[attributes.get("Id", "")] = posixpath.normpath(target).lstrip("/")

    package.each("xl/workbook.xml", start)
    package.each("xl/_rels/workbook.xml.rels", start_link)
    sheets = [
        (each.get("name", ""), each.get("state", "visible") != "visible", targets[each["id"]])
        for each in found
        if each.get("id") in targets and package.has(targets[each["id"]])
    ]
    return sheets, epochs[0] if epochs else date(1899, 12, 30)


def _shared_strings(package: _Package) -> list[str]:
    """The texts that cells name by number, without the phonetic readings beside them."""
    if not package.has("xl/sharedStrings.xml"):
        return []
    strings: list[str] = []
    collector = _TextCollector(_parser())

    def end(tag: str) -> None:
        if collector.tags[tag] == "si":
            strings.append(collector.take())
        else:
            collector.end(tag)

    collector.parser.StartElementHandler = collector.start
    collector.parser.EndElementHandler = end
    for chunk in package.chunks("xl/sharedStrings.xml"):
        collector.parser.Parse(chunk)
    collector.parser.Parse(b"", True)
    return strings


class _TextCollector:
    """Collects what stands in <t>, and leaves out <rPh>."""

    def __init__(self, parser: expat.XMLParserType):
        self.parser = parser
        self.tags = _Tags()
        self.pieces: list[str] = []
        self.phonetic = False

    def start(self, tag: str, attributes: Attributes) -> None:
        tag = self.tags[tag]
        if tag == "rPh":
            self.phonetic = True
        elif tag == "t" and not self.phonetic:
            self.parser.CharacterDataHandler = self.pieces.append

    def end(self, tag: str) -> None:
        tag = self.tags[tag]
        if tag == "rPh":
            self.phonetic = False
        elif tag == "t":
            self.parser.CharacterDataHandler = None

    def take(self) -> str:
        text = "".join(self.pieces)[: 4 * MAX_TEXT]
        self.pieces.clear()
        return text


_DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_DURATION_FORMATS = {46}
# Words in quotes, and everything in brackets but hours, minutes and seconds.
_NO_FORMAT = re.compile(r'"[^"]*"|\[(?!hh?\]|mm?\]|ss?\])[^\]]*\]', re.IGNORECASE)
_DATE_LETTER = re.compile(r"(?<![_\\])[dmhys]", re.IGNORECASE)
_DURATION = re.compile(r"\[(hh?|mm?|ss?)\]", re.IGNORECASE)


def _date_styles(package: _Package) -> tuple[set[str], set[str]]:
    """The styles, as cells name them, that show a number as a date, and as a duration."""
    if not package.has("xl/styles.xml"):
        return set(), set()
    dates, durations = set(_DATE_FORMATS), set(_DURATION_FORMATS)
    styles: list[int] = []
    inside: list[str] = [""]

    def start(tag: str, attributes: Attributes) -> None:
        if tag in ("cellXfs", "cellStyleXfs", "dxfs"):
            inside[0] = tag
        elif tag == "xf" and inside[0] == "cellXfs":
            styles.append(int(attributes.get("numFmtId", 0)))
        elif tag == "numFmt" and inside[0] != "dxfs":
            number = int(attributes.get("numFmtId", 0))
            code = _NO_FORMAT.sub("", attributes.get("formatCode", "").split(";")[0])
            (dates.add if _DATE_LETTER.search(code) else dates.discard)(number)
            (durations.add if _DURATION.search(code) else durations.discard)(number)

    package.each("xl/styles.xml", start)
    return (
        {str(place) for place, number in enumerate(styles) if number in dates},
        {str(place) for place, number in enumerate(styles) if number in durations},
    )


@dataclass(frozen=True)
class _Dates:
    epoch: date
    styles: set[str]
    durations: set[str]

    def read(self, value: Value, style: str) -> Value:
        """What a number that is shown as a date means."""
        if not isinstance(value, int | float):
            return value
        try:
            if style in self.durations:
                return str(timedelta(seconds=round(value * 86_400)))
            days, seconds = divmod(round(value * 86_400), 86_400)
            if not days:
                return str((datetime.min + timedelta(seconds=seconds)).time())
            if 0 < days < 60 and self.epoch.year == 1899:
                # Excel counts a 29 February 1900 that never was.
                days += 1
            return self.epoch + timedelta(days=days)
        except (OverflowError, ValueError):
            return "#VALUE!"


class _ColumnNumbers(dict[str, int]):
    """Column letters → number, counted from 1."""

    def __missing__(self, letters: str) -> int:
        number = 0
        for letter in letters:
            if not "A" <= letter.upper() <= "Z" or number > 16_384:
                raise Unfit("damaged_file")
            number = number * 26 + ord(letter.upper()) - ord("A") + 1
        self[letters] = number
        return number


_DIGITS = "0123456789"


class _SheetReader:
    """Reads one sheet. `merged` and `hidden_columns` are filled meanwhile."""

    def __init__(self, texts: Texts, limits: Limits, strings: list[str], dates: _Dates):
        self.texts, self.limits, self.strings, self.dates = texts, limits, strings, dates
        self.merged: list[Range] = []
        self.hidden_columns: set[int] = set()
        self.column_numbers = _ColumnNumbers()
        self.ready: list[Row] = []
        self.row = self.column = 0
        # The row does not say its number: its cells may.
        self.row_unsure = False
        self.values: dict[int, Value] = {}
        self.lines: dict[int, list[str]] = {}
        self.cell: Attributes = {}

    def read(self, chunks: Iterator[bytes]) -> Iterator[Row]:
        """The rows that hold something, in the order of the file."""
        parser = _parser()
        self._listen(parser)
        for chunk in chunks:
            parser.Parse(chunk)
            yield from self.ready
            self.ready.clear()
        # The parser may have waited with the last ones.
        parser.Parse(b"", True)
        yield from self.ready

    def _listen(self, parser: expat.XMLParserType) -> None:
        # Called for each of millions of elements, so everything is at hand and cells come first.
        tags, pieces, phonetic = _Tags(), list[str](), False
        add, no_text = pieces.append, None
        end_cell = self._end_cell

        def start(tag: str, attributes: Attributes) -> None:
            nonlocal phonetic
            tag = tags[tag]
            if tag == "c":
                self.cell = attributes
            elif tag == "v" or tag == "t":
                if not phonetic:
                    parser.CharacterDataHandler = add
            elif tag == "row":
                self._start_row(attributes)
            elif tag == "rPh":
                phonetic = True
            elif tag == "col":
                self._note_column(attributes)
            elif tag == "mergeCell":
                self._note_merged(attributes)

        def end(tag: str) -> None:
            nonlocal phonetic
            tag = tags[tag]
            if tag == "v" or tag == "t":
                parser.CharacterDataHandler = no_text
            elif tag == "c":
                end_cell(pieces[0] if len(pieces) == 1 else "".join(pieces))
                pieces.clear()
            elif tag == "row":
                if self.values:
                    self.ready.append((self.row, self.values, self.lines))
            elif tag == "rPh":
                phonetic = False

        parser.StartElementHandler = start
        parser.EndElementHandler = end

    def _start_row(self, attributes: Attributes) -> None:
        said = attributes.get("r")
        self.row = int(float(said)) if said else self.row + 1
        self.row_unsure = not said
        self.column = 0
        self.values, self.lines = {}, {}

    def _end_cell(self, content: str) -> None:
        cell = self.cell
        if reference := cell.get("r"):
            self.column = column = self.column_numbers[reference.rstrip(_DIGITS)]
            if self.row_unsure:
                self.row = int(reference.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
                self.row_unsure = False
        else:
            self.column = column = self.column + 1
        if not content or column > self.limits.columns:
            return
        kind = cell.get("t", "n")
        if kind == "n":
            value = clean_number(content)
            if (style := cell.get("s")) in self.dates.styles:
                value = self.dates.read(value, style)
        elif kind == "b":
            value = "TRUE" if content.strip() not in ("0", "false") else "FALSE"
        elif kind == "d":
            value = _iso_date(content)
        else:
            if kind == "s":
                if not 0 <= (place := int(content)) < len(self.strings):
                    raise Unfit("damaged_file")
                content = self.strings[place]
            value, lines = self.texts.clean(content)
            if lines:
                self.lines[column] = lines
        if value != "":
            self.values[column] = value

    def _note_column(self, attributes: Attributes) -> None:
        if attributes.get("hidden") in ("1", "true", "on"):
            first = int(attributes.get("min", 1))
            last = min(int(attributes.get("max", first)), self.limits.columns)
            self.hidden_columns.update(range(max(first, 1), last + 1))

    def _note_merged(self, attributes: Attributes) -> None:
        first, _, last = attributes.get("ref", "").partition(":")
        corners = [self._place(reference) for reference in (first, last or first)]
        (top, left), (bottom, right) = corners
        if (top, left) != (bottom, right):
            self.merged.append((top, left, bottom, right))
            if len(self.merged) > self.limits.merged_cells:
                raise Unfit("too_many_cells", rows=self.limits.rows)

    def _place(self, reference: str) -> tuple[int, int]:
        letters = reference.replace("$", "").rstrip(_DIGITS)
        return int(reference.replace("$", "")[len(letters) :]), self.column_numbers[letters]


def _iso_date(content: str) -> Value:
    try:
        return date.fromisoformat(content[:10])
    except ValueError:
        return clean_text(content)
