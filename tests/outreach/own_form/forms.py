"""Forms as a city's office makes them in Excel, with placeholders in their cells."""

import zipfile
from io import BytesIO

from django.utils import timezone
from lxml import etree
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from PIL import Image as Picture

from outreach.models import ReportForm

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
THIN = Border(*[Side(style="thin")] * 4)
TITLES = ("STT", "Khu phố", "Hộ đã đến", "Tổng số hộ", "Tỷ lệ", "Tự tính", "Ghi chú", "")


def reached(piece: str) -> str:
    return f"{{{{chi_tieu:households_reached.{piece}}}}}"


def of_bytes(book: Workbook) -> bytes:
    file = BytesIO()
    book.save(file)
    return edited(share_texts, file.getvalue())


def edited(change, content: bytes) -> bytes:
    """A workbook whose parts `change` has changed: it gets them by name, as bytes."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return file.getvalue()


def share_texts(parts: dict[str, bytes]) -> None:
    """Put the texts of cells into the table of all sheets, as Excel and LibreOffice do; openpyxl
    writes them into the cells."""
    table = etree.Element(f"{MAIN}sst", nsmap={None: MAIN[1:-1]})
    for name in parts:
        if not name.startswith("xl/worksheets/sheet"):
            continue
        sheet = etree.fromstring(parts[name])
        for cell in sheet.iter(f"{MAIN}c"):
            (inline,) = cell.findall(f"{MAIN}is") or [None]
            if inline is not None:
                cell.remove(inline)
                cell.set("t", "s")
                etree.SubElement(cell, f"{MAIN}v").text = str(len(table))
                inline.tag = f"{MAIN}si"
                table.append(inline)
        parts[name] = etree.tostring(sheet)
    parts["xl/sharedStrings.xml"] = etree.tostring(table)
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    _add(
        parts,
        "xl/_rels/workbook.xml.rels",
        f'''<Relationship Id="rIdTexts" Target="sharedStrings.xml"
        Type="{office}/sharedStrings"/>''',
    )
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    _add(
        parts,
        "[Content_Types].xml",
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/>',
    )


def _add(parts: dict[str, bytes], name: str, element: str) -> None:
    """As the last of the part's elements, unless it is there."""
    if b"sharedStrings" not in parts[name]:
        start, end, rest = parts[name].rpartition(b"</")
        parts[name] = start + element.encode() + end + rest


def small(cells: dict[str, object], title: str = "Biểu 01", change=None) -> bytes:
    """One sheet with these cells; `change` is called with it."""
    book = Workbook()
    book.active.title = title
    for at, value in cells.items():
        book.active[at] = value
    if change:
        change(book.active)
    return of_bytes(book)


def city_form() -> bytes:
    """Form 01 with a letterhead, a row for each neighbourhood (9) and a total (10); form 02 refers
    to it."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Biểu 01"
    _letterhead(sheet)
    for column, title in enumerate(TITLES, start=1):
        cell = sheet.cell(8, column, title)
        cell.font, cell.border = Font(name="Times New Roman", bold=True), THIN
        cell.fill = PatternFill("solid", fgColor="FFF1CC")
    _table(sheet)
    _below(sheet)
    _print_setup(sheet)
    _second(book.create_sheet("Biểu 02"))
    book.defined_names["tong_ho"] = DefinedName("tong_ho", attr_text="'Biểu 01'!$D$10")
    return of_bytes(book)


def _letterhead(sheet) -> None:
    sheet["A1"] = "UBND {{TEN_PHUONG}}"
    sheet["A1"].font = Font(name="Times New Roman", size=13, bold=True, color="8A1C1C")
    sheet["E1"] = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    sheet["E2"] = "{{ten_phuong}}, {{ngay_lap_bang_chu}}"
    sheet["A4"] = "BÁO CÁO THÁNG {{thang}} NĂM {{nam}}"
    sheet["A4"].alignment = Alignment(horizontal="center")
    period = TextBlock(InlineFont(b=True), "{{tu_ngay}} đến {{den_ngay}}")
    sheet["A5"] = CellRichText("Kỳ ", period, ", lập ngày {{ngay_lap}}")
    for area in ("A1:C1", "E1:H1", "E2:H2", "A4:H4"):
        sheet.merge_cells(area)


def _table(sheet) -> None:
    line = {
        "A": "{{moi_khu_pho}}{{stt}}",
        "B": "{{ten}}",
        "C": reached("tu_so"),
        "D": reached("mau_so"),
        "E": reached("ty_le"),
        "F": "=IF(D9=0,0,C9/D$10)",
        "G": "{{ten}} (mã {{ma}}): " + reached("ty_le"),
    }
    total = {
        "B": "Tổng cộng",
        "C": "=SUM(C9:C9)",
        "D": "=SUM(D9)",
        "E": "=IF(D10=0,0,C10/D10)",
        "F": "=SUM(F9:F9)",
        "G": reached("chi_tieu_giao"),
    }
    for row, cells in ((9, line), (10, total)):
        for column in "ABCDEFGH":
            cell = sheet[f"{column}{row}"]
            cell.value = cells.get(column)
            cell.border = THIN
            cell.font = Font(name="Times New Roman", size=12, bold=row == 10)
        sheet[f"E{row}"].number_format = sheet[f"F{row}"].number_format = "0.00%"
        sheet[f"C{row}"].number_format = "#,##0"
    sheet.merge_cells("G9:H9")
    sheet.row_dimensions[9].height = 31.5


def _below(sheet) -> None:
    """What lies below the repeated row and must move with it."""
    sheet["F12"] = "NGƯỜI LẬP BIỂU"
    sheet["F13"] = "{{nguoi_lap}}"
    sheet["F12"].comment = Comment("Ký, ghi rõ họ tên", "Sở")
    sheet.merge_cells("F12:H12")
    sheet.row_dimensions[12].height = 44
    sheet["A12"].hyperlink = "https://example.vn/bieu"
    sheet.conditional_formatting.add(
        "E9:E10", CellIsRule("lessThan", ["$E$10"], fill=PatternFill("solid", bgColor="FF0000"))
    )
    choice = DataValidation("list", formula1='"Đạt,Chưa đạt"')
    choice.add("H10")
    sheet.add_data_validation(choice)
    picture = BytesIO()
    Picture.new("RGB", (20, 20), "red").save(picture, "PNG")
    sheet.add_image(Image(picture), "A13")
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=3, min_row=9, max_row=9))
    chart.set_categories(Reference(sheet, min_col=2, min_row=9, max_row=9))
    sheet.add_chart(chart, "A16")


def _print_setup(sheet) -> None:
    sheet.column_dimensions["B"].width = 27.5
    sheet.print_area = "A1:H14"
    sheet.print_title_rows = "8:8"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_margins.left = 1.2
    sheet.freeze_panes = "A9"
    sheet.oddHeader.center.text = "{{ten_phuong}}"
    sheet.oddFooter.right.text = "&P/&N"


def _second(sheet) -> None:
    sheet["A1"], sheet["B1"] = "Hộ đã đến", "='Biểu 01'!C10"
    sheet["A2"], sheet["B2"] = "Ngày", "{{den_ngay}}"
    sheet["A3"], sheet["B3"] = "Tỷ lệ", reached("ty_le")
    sheet["A4"], sheet["B4"] = "So kỳ trước", reached("so_ky_truoc")
    sheet["A5"], sheet["B5"] = "Lớp", "{{chi_tieu:sessions_held.tu_so}}"
    sheet["A6"], sheet["B6"] = "Không có mẫu số", "{{chi_tieu:referrals_answered.ty_le}}"
    sheet["A7"] = "Đã đến " + reached("tu_so") + " trên " + reached("mau_so") + " hộ"
    sheet["A8"], sheet["B8"] = "Trung bình", "=AVERAGE('Biểu 01'!E9)"


def make_form(area, user, content: bytes | None = None, name: str = "Biểu 01") -> ReportForm:
    return ReportForm.objects.create(
        area=area,
        name=name,
        content=content or city_form(),
        sha256="0" * 64,
        uploaded_by=user,
        uploaded_at=timezone.now(),
    )
