"""A long list as a workbook and as CSV, beside openpyxl alone with the same styled cells."""

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests.benchmarks.measuring import measure

ROWS = 100_000
LIMIT, MEMORY = 1.3, 200
BARE = "openpyxl alone"


def run(folder: Path) -> None:
    ways = {BARE: openpyxl_alone, "our sheet": our_sheet, "CSV": comma_separated}
    found = {name: measure(way, folder) for name, way in ways.items()}
    title = f"{ROWS:,} rows of 13 cells"
    print(f"{title:<28}{'seconds':>9}{'× bare':>8}{'limit':>7}{'MB':>6}{'limit':>7}")
    for name, one in found.items():
        ratio, memory = one["seconds"] / found[BARE]["seconds"], one["memory"]
        over = "  OVER" if ratio > LIMIT or memory > MEMORY else ""
        print(
            f"{name:<28}{one['seconds']:>9.1f}{ratio:>8.2f}{LIMIT:>7}{memory:>6.0f}{MEMORY:>7}{over}"
        )
    print(f"cells of our sheet that are not those of the list: {different_cells(folder)}")


def rows() -> Iterator[list[Any]]:
    for number in range(1, ROWS + 1):
        yield [
            number,
            date(2026, 1, 1) + timedelta(days=number % 300),
            f"Khu phố {number % 9}, Hẻm 12",
            "Đã gặp được người",
            "Nguyễn Thị Lan",
            number % 3,
            number % 4,
            2,
            f"KXH-{number:06}",
            f"{number % 300}/{number % 17} Nguyễn Đình Chiểu",
            "Đặng Thị Bích Yến",
            f"0912{number:06}",
            "hẹn chiều mai quay lại",
        ]


def openpyxl_alone(folder: Path) -> None:
    """The same values and looks, and nothing else."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Border, Font, Side

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Danh sách")
    look, side = WriteOnlyCell(sheet), Side(style="thin")
    look.font = Font(name="Times New Roman", size=12)
    look.border = Border(side, side, side, side)
    look.alignment = Alignment(wrap_text=True, vertical="top")
    for row in rows():
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, value)
            cell._style = look._style
            cells.append(cell)
        sheet.append(cells)
    book.save(folder / "bare.xlsx")


def our_sheet(folder: Path) -> None:
    from openpyxl import Workbook

    from outreach.office_sheet import Column, Kind, OfficeSheet

    kinds = {int: Kind.NUMBER, date: Kind.DATE, str: Kind.TEXT}
    columns = [Column("Cột", 26, kinds[type(value)]) for value in next(rows())]
    book = Workbook(write_only=True)
    sheet = OfficeSheet(book, "Danh sách", columns)
    for row in rows():
        sheet.row(row)
    book.save(folder / "ours.xlsx")


def comma_separated(folder: Path) -> None:
    with (folder / "list.csv").open("w", encoding="utf-8-sig", newline="") as file:
        written = csv.writer(file)
        for row in rows():
            written.writerow(row)


def different_cells(folder: Path) -> int:
    """Read back by another reader than wrote it."""
    from tests.workbooks import read_raw

    [sheet] = read_raw(folder / "ours.xlsx").values()
    different = abs(len(sheet) - ROWS - 1)
    for row, told in zip(rows(), sheet[1:], strict=True):
        for value, cell in zip(row, told.values(), strict=True):
            if isinstance(value, date):
                value = (value - date(1899, 12, 30)).days
            different += cell.value != value
    return different
