"""Files that are no list, or that are meant to harm: refused with a sentence, before any parser."""

import io
import time
import tracemalloc
import zipfile
from unittest import mock

from django.test import SimpleTestCase

from outreach.roster import opening
from outreach.roster.problems import Refusal
from tests.outreach.roster.lists import read, workbook
from tests.outreach.roster.test_shapes import HEADER, row

DOCTYPE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>'


def rezipped(content: bytes, **changes: bytes) -> bytes:
    """`content` with parts of the zip replaced or added; names with "/" written as "__"."""
    parts = {name.replace("__", "/"): data for name, data in changes.items()}
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, parts.pop(name, None) or old.read(name))
        for name, data in parts.items():
            new.writestr(name, data)
    return buffer.getvalue()


class AFile(SimpleTestCase):
    def assertRefused(self, content: bytes, code: str) -> None:
        with self.assertRaises(Refusal) as caught:
            read(content)
        self.assertEqual(caught.exception.code, code)
        self.assertTrue(caught.exception.message)

    def setUp(self):
        self.list = workbook(HEADER, row())

    def sheet(self) -> bytes:
        with zipfile.ZipFile(io.BytesIO(self.list)) as archive:
            return archive.read("xl/worksheets/sheet1.xml")

    def test_that_is_empty_is_refused(self):
        for content in (b"", b"\n \n", b"\x00" * 100):
            self.assertRefused(content, "empty_file")

    def test_that_is_no_spreadsheet_is_refused(self):
        for content in (
            b"%PDF-1.7 ...",
            b"\x89PNG\r\n\x1a\n\x00\x00\x00",
            b"\xff\xd8\xff\xe0\x00\x10JFIF",
            b"<html><table><tr><td>STT</td></tr></table></html>",
            rezipped(self.list, **{"word__document.xml": b"<x/>"}).replace(
                b"xl/workbook", b"xx/workbook"
            ),
        ):
            self.assertRefused(content, "not_a_spreadsheet")

    def test_with_prose_instead_of_a_table_is_refused(self):
        self.assertRefused(
            "Kính gửi phường, chúng tôi gửi danh sách, xin cảm ơn".encode(), "no_table"
        )

    def test_in_another_encoding_is_refused(self):
        self.assertRefused("STT,Họ tên,Địa chỉ".encode()[:-1] + b"\xe1", "unknown_encoding")

    def test_in_the_old_format_or_with_a_password_says_what_to_do(self):
        self.assertRefused(opening.OLE + b"\x00" * 600, "old_format")
        locked = opening.OLE + b"\x00" * 600 + opening.ENCRYPTED_STREAM
        self.assertRefused(locked, "password_protected")

    def test_of_another_program_says_what_to_do(self):
        self.assertRefused(rezipped(self.list, **{"content.xml": b"<x/>"}), "other_format")
        self.assertRefused(rezipped(self.list, **{"xl__workbook.bin": b"x"}), "other_format")

    def test_that_is_cut_off_is_refused(self):
        for end in (5, 200, len(self.list) // 2, len(self.list) - 10):
            self.assertRefused(self.list[:end], "damaged_file")

    def test_with_broken_parts_is_refused(self):
        for part in ("xl__worksheets__sheet1.xml", "xl__workbook.xml", "xl__styles.xml"):
            for data in (b"<a><b></a>", b"\x00\x01", b"<worksheet/>"):
                with self.subTest(part, data=data):
                    try:
                        read(rezipped(self.list, **{part: data}))
                    except Refusal as refusal:
                        self.assertIn(refusal.code, ("damaged_file", "no_table"))

    def test_that_would_inflate_beyond_reason_is_refused_at_once(self):
        bomb = rezipped(self.list, xl__media__image1=b"\x00" * (210 * opening.MEGABYTE))
        self.assertLess(len(bomb), opening.MEGABYTE)
        tracemalloc.start()
        started = time.perf_counter()
        self.assertRefused(bomb, "zip_bomb")
        self.assertLess(time.perf_counter() - started, 1)
        self.assertLess(tracemalloc.get_traced_memory()[1], 10 * opening.MEGABYTE)
        tracemalloc.stop()

    def test_with_too_many_parts_is_refused(self):
        many = {f"xl__{number}": b"" for number in range(opening.MAX_ENTRIES)}
        self.assertRefused(rezipped(self.list, **many), "zip_bomb")

    def test_that_lies_about_its_inflated_size_is_refused(self):
        sheet = self.sheet()
        with zipfile.ZipFile(io.BytesIO(self.list)) as archive:
            size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
        said = size.to_bytes(4, "little")
        self.assertEqual(len(sheet), size)
        self.assertRefused(self.list.replace(said, (40).to_bytes(4, "little")), "damaged_file")

    def test_with_a_document_type_is_refused(self):
        start = self.sheet().index(b"<worksheet")
        evil = DOCTYPE + self.sheet()[start:]
        for name in ("xl__worksheets__sheet1.xml", "xl__workbook.xml", "docProps__core.xml"):
            self.assertRefused(rezipped(self.list, **{name: evil}), "unsafe_xml")
        wide = evil.decode().replace('version="1.0"', 'version="1.0" encoding="utf-16"')
        parts = {"xl__worksheets__sheet1.xml": wide.encode("utf-16")}
        self.assertRefused(rezipped(self.list, **parts), "unsafe_xml")

    def test_that_is_too_large_is_refused(self):
        self.assertRefused(b"a,b\n" * (opening.MAX_FILE // 4 + 1), "file_too_large")

    def test_with_more_rows_than_any_list_is_refused(self):
        rows = [row(number) for number in range(30)]
        with mock.patch("outreach.roster.grid.MAX_ROWS", 20):
            self.assertRefused(workbook(HEADER, *rows), "too_many_cells")
            self.assertRefused(b"a,b\n" * 30, "too_many_cells")

    def test_that_merges_the_whole_sheet_is_read_all_the_same(self):
        sheet = self.sheet().replace(
            b"</sheetData>",
            b'</sheetData><mergeCells><mergeCell ref="G1:XFD1048576"/></mergeCells>',
        )
        roster = read(rezipped(self.list, **{"xl__worksheets__sheet1.xml": sheet}))
        self.assertEqual(len(roster.households), 1)

    def test_with_an_endless_cell_says_that_it_is_too_long(self):
        roster = read(workbook(HEADER, row(name="An " * 10_000, phone="0" * 32_000)))
        self.assertEqual(
            [problem.code for problem in roster.problems], ["text_too_long", "phone_unreadable"]
        )
        self.assertLess(max(len(problem.message) for problem in roster.problems), 400)

    def test_with_numbers_beyond_all_bounds_says_so(self):
        sheet = self.sheet().replace(b"<v>1960</v>", b"<v>1E999</v>")
        roster = read(rezipped(self.list, **{"xl__worksheets__sheet1.xml": sheet}))
        self.assertEqual([problem.code for problem in roster.problems], ["birth_unreadable"])

    def test_with_errors_and_formulas_in_its_cells_is_read(self):
        rows = (row(1, "#REF!"), row(2, "=1+1"), row(3, address="#N/A"), row(4, "Trần Thị Bé"))
        roster = read(workbook(HEADER, *rows))
        self.assertEqual(len(roster.households), 1)
        codes = [problem.code for problem in roster.problems]
        self.assertEqual(codes, ["name_unreadable", "name_missing", "address_unreadable"])
