"""The reading process: a spreadsheet on its input, its cells as lines of JSON on its output.

It stands alone (confinement.py starts it), so that a file made to harm finds neither secrets nor a
database here, and can exhaust nothing but the limits that the process sets itself. What it writes:

    ["sheet", name, hidden]
    ["rows", [[row, [column, …], [value, …], [place of a date, …], {column: [line, …]}], …]]
    ["end", {"merged": [[first row, first column, last row, last column], …], "hidden": [column, …],
             "conversions": [[before, after], …]}]
    ["done", {"encoding": …, "doubtful": …} or null]: what the texts should be converted from
    ["unfit", code, parameters, where a reader gave up]

The last two parts of a row are absent when both are empty. The last line is "done" or "unfit".
"""

import csv
import gc
import io
import json
import resource
import sys
import zipfile
from collections.abc import Iterator
from datetime import date
from typing import BinaryIO

from outreach.roster.cell_values import Texts, Value
from outreach.roster.encodings import Conversion, Encoding, decode
from outreach.roster.limits import Limits, Unfit
from outreach.roster.workbooks import Range, Row, Sheet, read_workbook

ROWS_AT_ONCE = 200


def main() -> None:
    """Run as a process: the one argument holds what confinement.py asks for."""
    asked = json.loads(sys.argv[-1])
    limits = Limits(**asked["limits"])
    _limit_resources(limits)
    # What is read is handed on at once and never forms cycles.
    gc.disable()
    output = _Output(sys.stdout.buffer)
    try:
        read(sys.stdin.buffer, asked, limits, output)
        return
    except Unfit as unfit:
        answer = (unfit.code, unfit.parameters, "")
    except MemoryError:
        answer = ("too_much_memory", {}, "")
    except Exception as error:
        # Readers of zip and XML were made for sound files and raise whatever comes on others.
        answer = ("damaged_file", {}, _where(error))
    # Here the exception is forgotten, and with it what it kept in memory.
    output.finish("unfit", *answer)


def _limit_resources(limits: Limits) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    # At the lower limit the process ends with a signal of its own, at the higher with SIGKILL.
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _where(error: Exception) -> str:
    """Which kind of error, raised where in our code; never what the file holds."""
    trace, line = error.__traceback__, ""
    while trace:
        if "roster" in trace.tb_frame.f_code.co_filename:
            line = f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(error).__name__} in {line}"


def read(file: BinaryIO, asked: dict, limits: Limits, output: "_Output") -> None:
    """Read the file and write its cells."""
    texts = Texts(_conversion(asked))
    cells = 0
    sheets = (
        read_workbook(zipfile.ZipFile(file), texts, limits)
        if asked["kind"] == "xlsx"
        else iter([Sheet("CSV", False, _text_rows(file.read(), asked, texts, limits))])
    )
    for sheet in sheets:
        texts.start_sheet()
        output.write("sheet", sheet.name, sheet.hidden)
        rows = last_row = last_column = 0
        for number, values, lines in sheet.rows:
            rows, cells = rows + 1, cells + len(values)
            if rows > limits.rows or cells > limits.cells:
                raise Unfit("too_many_cells", rows=limits.rows)
            last_row, last_column = max(last_row, number), max(last_column, *values)
            output.write_row(number, values, lines)
        rest = {
            "merged": _within(sheet.merged, last_row, last_column, limits),
            "hidden": sorted(sheet.hidden_columns),
            "conversions": list(texts.conversions.items()),
        }
        output.write("end", rest)
    found = None if asked["encoding"] else texts.evidence.conversion()
    output.finish("done", found and {"encoding": found.encoding, "doubtful": found.doubtful})


def _conversion(asked: dict) -> Conversion | None:
    encoding = asked["encoding"]
    if encoding in (None, Encoding.UNICODE):
        return None
    return Conversion(Encoding(encoding), asked["doubtful"])


def _within(merged: list[Range], last_row: int, last_column: int, limits: Limits) -> list[Range]:
    """The merged ranges as far as something stands in the sheet."""
    found = [
        (top, left, min(bottom, last_row), min(right, last_column))
        for top, left, bottom, right in merged
        if top <= last_row and left <= last_column
    ]
    cells = sum((bottom - top + 1) * (right - left + 1) for top, left, bottom, right in found)
    if cells > limits.merged_cells:
        raise Unfit("too_many_cells", rows=limits.rows)
    return found


def _text_rows(content: bytes, asked: dict, texts: Texts, limits: Limits) -> Iterator[Row]:
    """The rows of a list saved as text with commas, semicolons or tabs between the columns."""
    text = decode(content, asked["encoding"])
    if text is None:
        raise Unfit("unknown_encoding")
    sample = text[:20_000]
    delimiter = max("\t;,", key=sample.count)
    csv.field_size_limit(len(text) + 1)
    for number, cells in enumerate(csv.reader(io.StringIO(text), delimiter=delimiter), 1):
        cleaned = {
            column: texts.clean(cell) for column, cell in enumerate(cells[: limits.columns], 1)
        }
        values: dict[int, Value] = {place: value for place, (value, _) in cleaned.items() if value}
        if values:
            yield number, values, {column: lines for column, (_, lines) in cleaned.items() if lines}


class _Output:
    """Writes answers, and rows by the hundred."""

    def __init__(self, stream: BinaryIO):
        self.stream = stream
        self.encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
        self.rows: list[list] = []

    def write(self, *answer: object) -> None:
        if self.rows:
            rows, self.rows = self.rows, []
            self.write("rows", rows)
        self.stream.write(self.encode(answer).encode())
        self.stream.write(b"\n")

    def write_row(self, number: int, values: dict[int, Value], lines: dict[int, list[str]]) -> None:
        cells: list[Value] = list(values.values())
        dates = [place for place, value in enumerate(cells) if isinstance(value, date)]
        for place in dates:
            cells[place] = str(cells[place])
        row = [number, list(values), cells]
        self.rows.append([*row, dates, lines] if dates or lines else row)
        if len(self.rows) >= ROWS_AT_ONCE:
            rows, self.rows = self.rows, []
            self.write("rows", rows)

    def finish(self, *answer: object) -> None:
        """Write the last answer."""
        self.write(*answer)
        self.stream.flush()
