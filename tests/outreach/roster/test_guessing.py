"""Lists whose headings say nothing that we know, or that have none; sheets that are no lists."""

from django.test import SimpleTestCase
from openpyxl import Workbook

from outreach.roster.columns import Reason
from outreach.roster.meanings import Meaning
from outreach.roster.problems import Refusal
from tests.outreach.roster.lists import read, saved, workbook
from tests.outreach.roster.test_shapes import HEADER, brief, row

ROWS = (
    (1, "Nguyễn Văn An", 1950, "12/5 Võ Thị Sáu", "0912345678", "KP1", 4),
    (2, "Trần Thị Bé", 1961, "41 Võ Thị Sáu", None, "KP1", 2),
    (3, "Lê Văn Cường", 1972, "Số 3 Kỳ Đồng", "0987 654 321", "KP2", 5),
    (4, "Y Bih Niê", 1983, "hẻm 12/5", 912345679, "KP2", 3),
)


def meanings(roster) -> list[str]:
    return [column.meaning.value for column in roster.sheets[0].columns]


class UnknownHeadings(SimpleTestCase):
    def test_leave_it_to_the_contents(self):
        for header in (
            ("#", "Bà con", "Hồi nào", "Nơi ăn ở", "Alo", "Thuộc", "Nhà có mấy người"),
            ("Cột 1", "Công dân", "Cột 3", "Cột 4", "Cột 5", "Cột 6", "Cột 7"),
        ):
            roster = read(workbook(("DANH SÁCH",), header, *ROWS, title="Sheet1"))
            self.assertEqual(roster.problems, [])
            self.assertEqual(
                meanings(roster),
                ["number", "name", "birth", "address", "phone", "neighbourhood", "size"],
            )
            self.assertEqual((roster.sheets[0].header.top, roster.sheets[0].header.bottom), (2, 2))
            self.assertEqual({c.reason for c in roster.sheets[0].columns}, {Reason.GUESSED})
            self.assertEqual(brief(roster.households[3]), ("Y Bih Niê", "hẻm 12/5", "Khu phố 2", 1))
            self.assertEqual([remark.code for remark in roster.remarks], ["no_header"])

    def test_beside_known_ones_are_filled_in(self):
        header = ("STT", "Họ và tên", "Năm sinh", "Nơi ăn chốn ở", "Điện thoại", "KP", "Số người")
        roster = read(workbook(header, *ROWS))
        self.assertEqual(roster.problems, [])
        column = roster.sheets[0].columns[3]
        self.assertEqual((column.meaning, column.reason), (Meaning.ADDRESS, Reason.GUESSED))
        self.assertEqual(roster.sheets[0].columns[1].reason, Reason.HEADING)

    def test_do_not_make_days_of_registration_a_birth(self):
        header = ("Bà con", "Nơi ăn ở", "Khi nào")
        rows = [(r[1], r[3], f"0{n}/11/2025") for n, r in enumerate(ROWS, 1)]
        self.assertEqual(meanings(read(workbook(header, *rows))), ["name", "address", "ignored"])

    def test_do_not_hide_citizen_id_numbers(self):
        header = ("Bà con", "Nơi ăn ở", "Alo")
        rows = [(r[1], r[3], f"07906000123{n}") for n, r in enumerate(ROWS)]
        column = read(workbook(header, *rows)).sheets[0].columns[2]
        self.assertTrue(column.dropped)
        self.assertFalse(column.choosable)


class NoHeader(SimpleTestCase):
    def test_is_no_obstacle(self):
        for above in ((), (("DANH SÁCH HỘ KHU PHỐ 4",), ())):
            roster = read(workbook(*above, *(r[:5] for r in ROWS), title="Khu phố 4"))
            self.assertEqual(roster.problems, [])
            self.assertEqual(
                [brief(home)[0] for home in roster.households], [row[1] for row in ROWS]
            )
            self.assertTrue(roster.sheets[0].header.is_absent)
            self.assertEqual(roster.households[0].neighbourhood.full_name, "Khu phố 4")

    def test_of_persons_with_blank_cells_below_the_first(self):
        roster = read(
            workbook(
                (1, "Nguyễn Văn An", "Chủ hộ", "12/5 Võ Thị Sáu"),
                (None, "Trần Thị Bé", "Vợ", None),
                (2, "Lê Văn Cường", "Chủ hộ", "41 Võ Thị Sáu"),
                (None, "Lê Thị Dung", "Con", None),
                (3, "Phạm Văn Giàu", "Chủ hộ", "43 Võ Thị Sáu"),
            )
        )
        self.assertEqual([brief(home)[3] for home in roster.households], [2, 2, 1])
        self.assertEqual(roster.problems, [])


class ASheetThatIsNoList(SimpleTestCase):
    def beside(self, *rows, title="Khác"):
        book = Workbook()
        book.active.title = "KP1"
        for cells in (HEADER, row(), row(2, "Trần Thị Bé")):
            book.active.append(cells)
        sheet = book.create_sheet(title)
        for cells in rows:
            sheet.append(cells)
        roster = read(saved(book))
        self.assertEqual(roster.problems, [])
        self.assertEqual(len(roster.households), 2)
        self.assertIsNone(roster.sheets[1].header)

    def test_counts_the_homes_of_each_neighbourhood(self):
        self.beside(
            ("BẢNG TỔNG HỢP",),
            ("STT", "Khu phố", "Số hộ", "Số nhân khẩu", "Tỷ lệ"),
            (1, "Khu phố 1", 150, 520, "12%"),
            (2, "Khu phố 2", 130, 480, "10%"),
            (3, "Khu phố 3", 120, 430, "9%"),
            ("", "Tổng cộng", 400, 1430),
        )
        self.beside(
            ("STT", "Khu phố", "Họ tên trưởng khu phố", "Số điện thoại", "Số hộ"),
            (1, "Khu phố 1", "Nguyễn Văn An", "0912345678", 150),
            (2, "Khu phố 2", "Trần Thị Bé", "0912345679", 130),
        )
        self.beside(
            ("STT", "Khu phố", "Họ và tên", "Số điện thoại", "Số hộ"),
            (1, "Khu phố 1", "Nguyễn Văn An", "0912345678", 150),
            (2, "Khu phố 2", "Trần Thị Bé", "0912345679", 130),
        )

    def test_says_how_to_fill_in_the_list(self):
        self.beside(
            ("HƯỚNG DẪN NHẬP LIỆU",),
            ("Bước 1", "Nhập họ và tên chủ hộ vào cột B"),
            ("Bước 2", "Nhập địa chỉ theo dạng 12/5 Võ Thị Sáu"),
            ("Bước 3", "Nhập số điện thoại nếu có"),
            ("Bước 4", "Gửi về phường trước ngày 30/9/2026"),
            title="Hướng dẫn",
        )

    def test_is_a_price_list(self):
        self.beside(
            ("STT", "Mặt hàng", "Đơn vị", "Số lượng", "Đơn giá"),
            (1, "Giấy A4", "ram", 10, 75000),
            (2, "Bút Thiên Long", "cây", 50, 5000),
            (3, "Mực in", "hộp", 2, 450000),
        )

    def test_is_a_letter(self):
        self.beside(
            ("ỦY BAN NHÂN DÂN", None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
            ("Số: 12/BC-UBND", None, "Độc lập - Tự do - Hạnh phúc"),
            ("Kính gửi:", "Ông Nguyễn Văn An, 12/5 Võ Thị Sáu"),
            ("Nơi nhận:", "Lưu VT"),
        )

    def test_alone_refuses_the_file(self):
        with self.assertRaises(Refusal) as refused:
            read(workbook(("Mặt hàng", "Đơn giá"), ("Giấy A4", 75000), ("Mực in", 450000)))
        self.assertEqual(refused.exception.code, "no_table")
