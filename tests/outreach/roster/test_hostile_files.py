"""Files that are no list, or that are meant to harm: refused with a sentence, before any parser."""

import io
import os
import re
import time
import tracemalloc
import zipfile
from unittest import mock

from django.test import SimpleTestCase
from openpyxl import Workbook

from outreach.roster import confinement, opening
from outreach.roster.grid import read_grids
from outreach.roster.problems import SENTENCES, Refusal
from tests.outreach.roster.lists import read, rezipped, saved, workbook
from tests.outreach.roster.test_shapes import HEADER, row

SHEET = "xl__worksheets__sheet1.xml"
DOCTYPE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>'


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
            b"\x00\x01\x02\x03" * 100,
            b"{\\rtf1 Danh s\\'e1ch}",
            rezipped(self.list, **{"word__document.xml": b"<x/>"}).replace(
                b"xl/workbook", b"xx/workbook"
            ),
        ):
            self.assertRefused(content, "not_a_spreadsheet")

    def test_that_is_a_picture_a_pdf_or_a_web_page_says_what_it_is(self):
        html = "<html><table><tr><td>STT</td></tr></table></html>"
        for content, code in (
            (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "picture"),
            (b"\xff\xd8\xff\xe0\x00\x10JFIF", "picture"),
            (b"GIF89a\x00\x00", "picture"),
            (b"BM\x00\x01\x00\x00", "picture"),
            (b"%PDF-1.7 ...", "pdf"),
            (html.encode(), "web_page"),
            (b"\xef\xbb\xbf \r\n" + html.encode(), "web_page"),
            (html.encode("utf-16"), "web_page"),
            (b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\n", "web_page"),
            (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>', "web_page"),
        ):
            with self.subTest(content):
                self.assertRefused(content, code)

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

    def test_whose_parts_overlap_is_refused(self):
        # The second entry of the directory is made to point into the first.
        content = bytearray(self.list)
        first = content.index(b"PK\x01\x02")
        second = content.index(b"PK\x01\x02", first + 4)
        content[second + 42 : second + 46] = content[first + 42 : first + 46]
        self.assertRefused(bytes(content), "damaged_file")

    def test_with_two_parts_of_one_name_is_refused(self):
        self.assertRefused(rezipped(self.list, **{"XL__Workbook.xml": b"<x/>"}), "damaged_file")

    def test_within_a_file_is_not_looked_for(self):
        content = rezipped(self.list, **{"xl__embeddings__list.xlsx": self.list})
        self.assertEqual(len(read(content).households), 1)

    def test_with_a_sheet_of_200_megabytes_is_refused_at_once(self):
        huge = self.sheet().replace(b"</sheetData>", b"<row/>" * 35_000_000 + b"</sheetData>")
        content = rezipped(self.list, **{SHEET: huge})
        started = time.perf_counter()
        self.assertRefused(content, "zip_bomb")
        self.assertLess(time.perf_counter() - started, 1)

    def test_that_is_too_large_is_refused(self):
        self.assertRefused(b"a,b\n" * (opening.MAX_FILE // 4 + 1), "file_too_large")

    def test_with_more_rows_than_any_list_is_refused(self):
        rows = [row(number) for number in range(30)]
        with mock.patch("outreach.roster.grid.MAX_ROWS", 20):
            self.assertRefused(workbook(HEADER, *rows), "too_many_cells")
            self.assertRefused(b"a,b\n" * 30, "too_many_cells")

    def test_with_more_cells_sheets_or_merged_cells_than_any_list_is_refused(self):
        book = Workbook()
        book.create_sheet("Tờ 2")
        book.active.append([1, 2])
        book.active.append([3, 4])
        book.active.append([5, 6])
        book.active.merge_cells("A1:A2")
        book.active.merge_cells("B1:B2")
        for limit, most in (("CELLS", 3), ("SHEETS", 1), ("MERGED_CELLS", 3)):
            with self.subTest(limit), mock.patch(f"outreach.roster.grid.MAX_{limit}", most):
                self.assertRefused(saved(book), "too_many_cells")

    def test_that_merges_the_whole_sheet_is_read_all_the_same(self):
        sheet = self.sheet().replace(
            b"</sheetData>",
            b'</sheetData><mergeCells><mergeCell ref="G1:XFD1048576"/></mergeCells>',
        )
        roster = read(rezipped(self.list, **{"xl__worksheets__sheet1.xml": sheet}))
        self.assertEqual(len(roster.households), 1)

    def test_that_names_a_text_it_does_not_have_is_refused(self):
        for place in (b"7", b"-1", b"x"):
            cell = b'<c r="A9" t="s"><v>' + place + b"</v></c>"
            sheet = self.sheet().replace(b"</sheetData>", b"<row>" + cell + b"</row></sheetData>")
            self.assertRefused(rezipped(self.list, **{SHEET: sheet}), "damaged_file")

    def test_that_claims_to_be_as_large_as_can_be_is_read_all_the_same(self):
        far = (
            b'<row r="1048576"><c r="A1048576"><v>1</v></c><c r="XFD1048576"><v>1</v></c></row>'
            b'<row r="5"><c r="XFD5"><v>1</v></c></row></sheetData>'
        )
        sheet = re.sub(b'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', self.sheet())
        started = time.perf_counter()
        content = rezipped(self.list, **{SHEET: sheet.replace(b"</sheetData>", far)})
        (grid,) = read_grids(content)
        self.assertLess(time.perf_counter() - started, 1)
        self.assertEqual((list(grid.rows), grid.rows[1048576]), ([1, 2, 1048576], {1: 1}))

    def test_with_a_million_empty_rows_is_read_all_the_same(self):
        empty = b"".join(b'<row r="%d" s="1"/>' % number for number in range(3, 1_000_003))
        sheet = self.sheet().replace(b"</sheetData>", empty + b"</sheetData>")
        (grid,) = read_grids(rezipped(self.list, **{SHEET: sheet}))
        self.assertEqual(list(grid.rows), [1, 2])

    def test_with_signs_that_hide_or_turn_text_is_cleaned(self):
        name = "Nguyễn\u202e \u2066Văn\u200b\ufeff An_x0007__x202E_"
        roster = read(workbook(HEADER, row(name=name)))
        self.assertEqual(roster.households[0].people[0].name, "Nguyễn Văn An")
        self.assertEqual(read_grids(workbook(HEADER, title="KP\u202e1"))[0].name, "KP1")

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


class TheReadingProcess(SimpleTestCase):
    """Whatever becomes of it, the server goes on, says why, and leaves nothing behind."""

    def setUp(self):
        self.list = workbook(HEADER, row())
        self.processes = []
        real = confinement.subprocess.Popen

        def start(*arguments, **options):
            self.processes.append(real(*arguments, **options))
            return self.processes[-1]

        patched = mock.patch.object(confinement.subprocess, "Popen", side_effect=start)
        patched.start()
        self.addCleanup(patched.stop)

    def tearDown(self):
        self.assertTrue(self.processes)
        for process in self.processes:
            self.assertIsNotNone(process.returncode)

    def assertRefused(self, content: bytes, code: str) -> None:
        with self.assertRaises(Refusal) as caught:
            read_grids(content)
        self.assertEqual(caught.exception.message, SENTENCES[code])

    def does(self, statement: str):
        """Have the process do something else than it should."""
        start = "import json, os, sys, time; sys.path.append(sys.argv[1]); " + statement
        return mock.patch.object(confinement, "START", start)

    def answer(self, expression: str):
        with (
            self.does(f"print(json.dumps(['done', {expression}]))"),
            confinement.reading(b"", {}, 10) as answers,
        ):
            return next(answers)[1]

    def test_that_takes_too_long_is_stopped(self):
        with mock.patch("outreach.roster.grid.MAX_SECONDS", 0.2), self.does("time.sleep(60)"):
            self.assertRefused(self.list, "took_too_long")

    def test_that_reckons_too_long_is_stopped(self):
        with (
            mock.patch("outreach.roster.grid.MAX_CPU_SECONDS", 1),
            self.does(
                "from outreach.roster import parsing; "
                "parsing.read = lambda *asked: sum(iter(int, 1)); parsing.main()"
            ),
        ):
            self.assertRefused(self.list, "took_too_long")

    def test_that_needs_too_much_memory_is_stopped(self):
        content = b",".join(b"%d" % number for number in range(2_000_000))
        with mock.patch("outreach.roster.grid.MAX_MEMORY", 64 * opening.MEGABYTE):
            self.assertRefused(content, "too_much_memory")

    def test_that_breaks_is_a_damaged_file(self):
        for statement in ("os.abort()", "raise SystemExit(3)", "print('[1, [2')", "print()"):
            with self.subTest(statement), self.does(statement), self.assertLogs(level="WARNING"):
                self.assertRefused(self.list, "damaged_file")

    def test_that_cannot_be_started_is_told_to_the_officer(self):
        confinement.subprocess.Popen("true").wait()
        with (
            mock.patch.object(confinement.subprocess, "Popen", side_effect=BlockingIOError),
            self.assertLogs(level="WARNING"),
        ):
            self.assertRefused(self.list, "too_much_memory")

    def test_is_ended_when_nobody_listens_any_more(self):
        with (
            self.assertRaises(ZeroDivisionError),
            self.does("time.sleep(60)"),
            confinement.reading(b"", {}, 60),
        ):
            raise ZeroDivisionError

    def test_knows_no_secrets(self):
        with mock.patch.dict(os.environ, {"SECRET_KEY": "geheim", "DATABASE_URL": "postgres:"}):
            self.assertEqual(set(self.answer("dict(os.environ)")) - {"LC_CTYPE"}, set())

    def test_knows_neither_django_nor_any_other_package(self):
        loaded = "sorted({name.split('.')[0] for name in sys.modules} - sys.stdlib_module_names)"
        imported = f"(__import__('outreach.roster.parsing'), {loaded})[1]"
        self.assertEqual(self.answer(imported), ["__main__", "outreach"])
