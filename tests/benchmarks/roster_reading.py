"""Reading a ward's list, beside what bare readers need for the same file."""

from datetime import date
from pathlib import Path

import openpyxl
import python_calamine

from tests.benchmarks.measuring import large_list, measure, print_table


def bare_calamine(path: Path) -> None:
    book = python_calamine.load_workbook(path)
    for name in book.sheet_names:
        for _row in book.get_sheet_by_name(name).iter_rows():
            pass


def bare_openpyxl(path: Path) -> None:
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    for sheet in book.worksheets:
        for _row in sheet.iter_rows(values_only=True):
            pass


def read_grids(path: Path) -> None:
    from outreach.roster.grid import read_grids

    read_grids(path.read_bytes())


def read_roster(path: Path) -> None:
    from outreach.roster.reading import read_roster

    read_roster(path.read_bytes(), date(2026, 11, 21))


def run(folder: Path) -> None:
    """Print what reading 30,000 homes with 108,000 people takes."""
    path = large_list(folder)
    rows = {
        "bare calamine": measure(bare_calamine, path, times=3),
        "bare openpyxl read-only": measure(bare_openpyxl, path),
        "read_grids": measure(read_grids, path, times=3),
        "read_roster": measure(read_roster, path),
    }
    print_table(rows, bare="bare calamine")
