"""A form to begin with, which a ward or city may change as it likes; always in Vietnamese."""

from typing import BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import override
from openpyxl import Workbook

from outreach.indicators import Measure, current_indicators
from outreach.office_sheet import Column, Kind, OfficeSheet, Shown, Words
from outreach.own_form.placeholders import (
    EACH_TEAM,
    OF_RATES,
    OF_TEAM,
    REPEATED_IN,
    of_indicator,
    write,
)

# Of the table of areas; more would not fit on a page.
MEASURES_BY_AREA = 3


def write_example(file: BinaryIO, level: str) -> None:
    """The indicators that are shown, for an area of this level, and a second sheet with a row for
    each area one level down where there is a placeholder for it; for a ward a third with one for
    each team. Two queries."""
    with override("vi"):
        measures = current_indicators()
        book = Workbook(write_only=True)
        _write_indicators(book, measures)
        for repeat in (name for name, one in REPEATED_IN.items() if one == level):
            if repeat == EACH_TEAM:
                _write_teams(book)
            else:
                _write_areas(book, measures[:MEASURES_BY_AREA], repeat)
        book.properties.creator = "Ngõ Số"
        book.save(file)


def _letterhead(middle: int, columns: int) -> list[list[Words]]:
    """Decree 30/2020/NĐ-CP, Annex I."""
    place = f"{write('ten_dia_ban')}, {write('ngay_lap_bang_chu')}"
    return [
        [
            Words(_("People's Committee").upper(), 1, middle, size=13),
            Words(_("Socialist Republic of Viet Nam").upper(), middle + 1, columns, True, size=13),
        ],
        [
            Words(write("TEN_DIA_BAN"), 1, middle, True, size=13),
            Words(_("Independence – Freedom – Happiness"), middle + 1, columns, True, size=13),
        ],
        [Words(place, middle + 1, columns, italic=True, size=13)],
        [],
        [Words(_("Report on Digital Literacy for All").upper(), 1, columns, bold=True, size=14)],
        [Words(write("ky_bao_cao"), 1, columns, italic=True)],
        [],
    ]


def _write_indicators(book: Workbook, measures: list[Measure]) -> None:
    columns = [
        Column(_("No."), 6, Kind.ORDER),
        Column(_("Name of the indicator"), 40),
        Column(_("Unit"), 12),
        Column(_("Assigned target"), 12, Kind.NUMBER),
        Column(_("Numerator"), 12, Kind.NUMBER),
        Column(_("Denominator"), 12, Kind.NUMBER),
        Column(_("Rate"), 12, Kind.RATE),
        Column(_("Compared with the period before"), 14, Kind.RATE),
    ]
    sheet = OfficeSheet(book, _("Form %(number)s") % {"number": "01"}, columns, _letterhead(2, 8))
    for number, measure in enumerate(measures, start=1):
        compared = of_indicator(measure.code, "so_ky_truoc")
        sheet.row(
            [
                number,
                measure.name,
                measure.unit,
                of_indicator(measure.code, "chi_tieu_giao"),
                *_cells(measure),
                Shown(compared, Kind.NUMBER) if measure.is_amount else compared,
            ]
        )
    sheet.line()
    sheet.line(Words(write("gio_tinh"), 2, 8, italic=True, align="left"))
    sheet.line(Words(_("Made by").upper(), 4, 8, bold=True))
    sheet.line(Words(write("nguoi_lap"), 4, 8))


def _cells(measure: Measure) -> list[str | None]:
    return [
        None if measure.is_amount and piece in OF_RATES else of_indicator(measure.code, piece)
        for piece in ("tu_so", "mau_so", "ty_le")
    ]


def _write_areas(book: Workbook, measures: list[Measure], repeat: str) -> None:
    columns = [Column(_("No."), 6, Kind.ORDER), Column(_("Area"), 30)]
    for measure in measures:
        group = f"{measure.name} ({measure.unit})"
        columns += [
            Column(_("Numerator"), 12, Kind.NUMBER, group),
            Column(_("Denominator"), 12, Kind.NUMBER, group),
            Column(_("Rate"), 12, Kind.RATE, group),
        ]
    title = _("Form %(number)s") % {"number": "02"}
    sheet = OfficeSheet(book, title, columns, _letterhead(4, len(columns)))
    line = [cell for measure in measures for cell in _cells(measure)]
    sheet.row([write(repeat) + write("stt"), write("ten"), *line])
    sheet.row([None, write("ten_dia_ban"), *line], bold=True)


def _write_teams(book: Workbook) -> None:
    columns = [Column(_("No."), 6, Kind.ORDER), Column(_("Team"), 30)]
    for name, meaning in OF_TEAM.items():
        kind = Kind.RATE if name.endswith(".ty_le") else Kind.NUMBER
        columns.append(Column(str(meaning), 14, kind))
    title = _("Form %(number)s") % {"number": "03"}
    sheet = OfficeSheet(book, title, columns, _letterhead(4, len(columns)))
    sheet.row([write(EACH_TEAM) + write("stt"), write("ten"), *map(write, OF_TEAM)])
