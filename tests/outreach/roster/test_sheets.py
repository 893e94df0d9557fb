"""Where the list stands in its workbook, and what stands around it."""

from datetime import date

from django.test import SimpleTestCase
from openpyxl import Workbook

from tests.outreach.roster.lists import read, saved, workbook
from tests.outreach.roster.test_problems import places
from tests.outreach.roster.test_shapes import HEADER, brief, row

AN = ("Nguyễn Văn An", "12/5 Võ Thị Sáu", "Khu phố 1", 1)
BE = ("Trần Thị Bé", "12/5 Võ Thị Sáu", "Khu phố 1", 1)


class Sheets(SimpleTestCase):
    def homes(self, content) -> list[tuple]:
        roster = read(content)
        self.assertEqual(roster.problems, [])
        return [brief(home) for home in roster.households]


class TheTable(Sheets):
    def test_may_begin_anywhere_and_have_empty_rows_and_columns(self):
        book = Workbook()
        sheet = book.active
        sheet.title = "KP1"
        sheet["D7"], sheet["F7"], sheet["I7"] = "Họ tên chủ hộ", "Địa chỉ", "Điện thoại"
        for number, name in ((9, "Nguyễn Văn An"), (12, "Trần Thị Bé")):
            sheet[f"D{number}"], sheet[f"F{number}"] = name, "12/5 Võ Thị Sáu"
        self.assertEqual(self.homes(saved(book)), [AN, BE])

    def test_may_have_its_columns_in_any_order(self):
        cells = dict(zip(HEADER, row(phone="0912345678"), strict=True))
        for order in ((3, 0, 4, 2, 1), (4, 3, 2, 1, 0), (1, 3, 4, 0, 2)):
            header = [HEADER[index] for index in order]
            self.assertEqual(self.homes(workbook(header, [cells[h] for h in header])), [AN])

    def test_may_have_three_rows_of_headings_and_count_its_columns_with_letters(self):
        content = workbook(
            ("STT", "THÔNG TIN CHỦ HỘ", None, None, "NƠI Ở HIỆN NAY", None),
            (None, "Họ và tên", "Năm sinh", None, "Số nhà", "Đường"),
            (None, None, "Nam", "Nữ", None, None),
            ("A", "B", "1", "2", "3", "4"),
            (1, "Nguyễn Văn An", 1950, None, "12/5", "Võ Thị Sáu"),
            (2, "Trần Thị Bé", None, 1961, "12/5", "Võ Thị Sáu"),
            title="KP1",
            merged=("A1:A3", "B1:D1", "B2:B3", "C2:D2", "E1:F1", "E2:E3", "F2:F3"),
        )
        self.assertEqual(self.homes(content), [AN, BE])
        people = [home.people[0] for home in read(content).households]
        self.assertEqual(
            [(p.birth_year, p.sex) for p in people], [(1950, "male"), (1961, "female")]
        )

    def test_may_count_its_columns_again_on_each_page(self):
        counting = (1, 2, 3, 4, 5)
        content = workbook(HEADER, counting, row(), HEADER, counting, row(2, "Trần Thị Bé"))
        self.assertEqual(self.homes(content), [AN, BE])

    def test_may_count_columns_with_a_sum(self):
        header = ("STT", "Chủ hộ", "Địa chỉ", "Số nam", "Số nữ", "Tổng số người")
        content = workbook(
            header,
            ("(1)", "(2)", "(3)", "(4)", "(5)", "(6)=(4)+(5)"),
            (1, "Nguyễn Văn An", "12/5 Võ Thị Sáu", 1, 2, 3),
        )
        self.assertEqual(self.homes(content), [AN])

    def test_of_which_a_second_one_stands_beside_is_refused(self):
        header = ("STT", "Họ và tên", "Địa chỉ")
        roster = read(
            workbook(
                (*header, None, *header),
                (1, "Nguyễn Văn An", "12/5 Võ Thị Sáu", None, 3, "Lê Văn Cường", "41 Kỳ Đồng"),
                (2, "Trần Thị Bé", "12/5 Võ Thị Sáu", None, 4, "Lê Thị Dung", "43 Kỳ Đồng"),
            )
        )
        self.assertEqual(places(roster), [("KP1", 1, "E", "two_tables")])
        self.assertEqual(roster.households, [])


class TheRowsBetween(Sheets):
    def test_may_be_totals_of_each_neighbourhood(self):
        content = workbook(
            HEADER,
            (None, "KHU PHỐ 1", None, "2 hộ"),
            row(),
            row(2, "Trần Thị Bé"),
            (None, "Cộng khu phố 1: 2 hộ"),
            ("II.", "KHU PHỐ 2 - PHƯỜNG XUÂN HÒA"),
            row(1, "Lê Văn Cường"),
            (None, "Cộng khu phố 2: 1 hộ"),
            ("Tổng số: 3 hộ, 9 nhân khẩu",),
            ("Ghi chú: danh sách tính đến ngày 30/9/2026",),
            title="Sheet1",
        )
        self.assertEqual(self.homes(content), [AN, BE, ("Lê Văn Cường", AN[1], "Khu phố 2", 1)])

    def test_name_the_larger_neighbourhood_of_a_team(self):
        for separator in ("Tổ 5 - Khu phố 1", "TỔ 5, KHU PHỐ 1", "KHU PHỐ 1 - TỔ 5", "Tổ 5 (KP 1)"):
            homes = self.homes(workbook(HEADER, (separator,), row(), title="KP1"))
            self.assertEqual(homes, [AN], separator)

    def test_name_a_neighbourhood_and_its_teams_below(self):
        content = workbook(
            HEADER,
            ("KHU PHỐ 1",),
            ("Tổ 1",),
            row(),
            ("Tổ 2",),
            row(2, "Trần Thị Bé"),
            title="Sheet1",
        )
        self.assertEqual(self.homes(content), [AN, BE])

    def test_name_a_neighbourhood_even_in_a_column_that_is_dropped(self):
        content = workbook(
            ("Số CCCD", "Chủ hộ", "Địa chỉ"),
            ("KHU PHỐ 1",),
            ("079060001234", "Nguyễn Văn An", "12/5 Võ Thị Sáu"),
            ("079060001235", "Trần Thị Bé", "12/5 Võ Thị Sáu"),
            title="Sheet1",
        )
        self.assertEqual(self.homes(content), [AN, BE])

    def test_may_be_signatures_without_a_column_of_numbers(self):
        content = workbook(
            ("Họ tên chủ hộ", "Địa chỉ", "Điện thoại"),
            ("Nguyễn Văn An", "12/5 Võ Thị Sáu", None),
            ("Trần Thị Bé", "12/5 Võ Thị Sáu", "0912345678"),
            (None, None, "Xuân Hòa, ngày 30 tháng 9 năm 2026"),
            ("Người lập bảng", None, "TM. UBND PHƯỜNG"),
            (None, None, "KT. CHỦ TỊCH"),
            ("Phạm Văn Sáu", None, "Đỗ Thị Bảy"),
            title="KP1",
        )
        self.assertEqual(self.homes(content), [AN, BE])


class TheNeighbourhood(Sheets):
    def place(self, *rows, title="Sheet1") -> str:
        (home,) = self.homes(workbook(*rows, title=title))
        return home[2]

    def test_is_named_in_the_letterhead_alone(self):
        for letterhead, expected in (
            ("DANH SÁCH HỘ GIA ĐÌNH KHU PHỐ 4 - PHƯỜNG XUÂN HÒA", "Khu phố 4"),
            ("DANH SÁCH HỘ ẤP BÌNH HÒA, XÃ TÂN AN", "Ấp Bình Hòa"),
            ("Danh sách các hộ dân thôn Đông Hải năm 2026", "Thôn Đông Hải"),
            ("TỔ 7 - KHU PHỐ 4", "Khu phố 4"),
            ("Tổ dân phố số 4", "Tổ dân phố 4"),
            ("KHU PHỐ: 04", "Khu phố 4"),
        ):
            letter = ("ỦY BAN NHÂN DÂN PHƯỜNG XUÂN HÒA", None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
            self.assertEqual(self.place(letter, (letterhead,), HEADER, row()), expected, letterhead)

    def test_is_larger_than_the_team_in_a_column(self):
        header = (*HEADER, "Tổ")
        self.assertEqual(self.place(header, (*row(), 5), title="Khu phố 4"), "Khu phố 4")
        self.assertEqual(self.place((*header, "KP"), (*row(), 5, 3)), "Khu phố 3")
        self.assertEqual(self.place((*HEADER, "Tổ/KP"), (*row(), "Tổ 5/KP3")), "Khu phố 3")
        self.assertEqual(self.place(header, (*row(), 5)), "Tổ dân phố 5")

    def test_is_larger_than_the_team_in_an_address(self):
        home = self.homes(
            workbook(HEADER, row(address="12/5 Võ Thị Sáu, tổ 5, KP3, P. Xuân Hòa"), title="Sheet1")
        )[0]
        self.assertEqual(home[1:3], ("12/5 Võ Thị Sáu, tổ 5, P. Xuân Hòa", "Khu phố 3"))

    def test_follows_a_dash_in_the_address(self):
        home = self.homes(workbook(HEADER, row(address="12/5 Võ Thị Sáu - KP3"), title="S"))[0]
        self.assertEqual(home[1:3], ("12/5 Võ Thị Sáu", "Khu phố 3"))


class AWorkbook(Sheets):
    def test_may_have_a_sheet_for_each_neighbourhood_named_in_its_letterhead(self):
        book = Workbook()
        book.remove(book.active)
        for number in (1, 2):
            sheet = book.create_sheet(f"Sheet{number}")
            for cells in ((f"DANH SÁCH HỘ KHU PHỐ {number}",), HEADER, row()):
                sheet.append(cells)
        self.assertEqual([home[2] for home in self.homes(saved(book))], ["Khu phố 1", "Khu phố 2"])

    def test_keeps_last_year_s_copy_hidden(self):
        book = Workbook()
        book.active.title = "KP1"
        old = book.create_sheet("KP1 (2025)")
        old.sheet_state = "veryHidden"
        for sheet, name in ((book.active, "Nguyễn Văn An"), (old, "Trần Thị Bé")):
            sheet.append(HEADER)
            sheet.append(row(name=name))
        self.assertEqual(self.homes(saved(book)), [AN])


class TheRowsOfAHousehold(Sheets):
    def test_are_kept_also_of_those_that_cannot_be_used(self):
        roster = read(
            workbook(
                ("STT hộ", "Họ tên", "Quan hệ", "Địa chỉ"),
                (1, "Nguyễn Văn An", "Chủ hộ", "12/5 Võ Thị Sáu"),
                (None, "Trần Thị Bé", "Vợ", None),
                (2, None, "Chủ hộ", "41 Võ Thị Sáu"),
                (None, "Lê Văn Em", "Con", None),
                ("", "Tổng cộng: 2 hộ"),
            )
        )
        self.assertEqual([home.rows for home in roster.households], [(2, 3)])
        self.assertEqual(roster.sheets[0].groups, ((2, 3), (4, 5)))

    def test_may_be_told_only_by_equal_addresses_where_children_are_listed(self):
        roster = read(
            workbook(
                ("STT", "Họ và tên", "Ngày sinh", "Địa chỉ"),
                (1, "Nguyễn Văn An", 1980, "12/5 Võ Thị Sáu"),
                (2, "Trần Thị Bé", 1982, "12/5 Võ Thị Sáu"),
                (3, "Nguyễn Văn Bi", date(2015, 3, 1), "12/5 Võ Thị Sáu"),
                (4, "Lê Văn Cường", 1970, "41 Võ Thị Sáu"),
                (5, "Lê Thị Dung", 1975, "41 Võ Thị Sáu"),
            )
        )
        self.assertEqual([brief(home)[3] for home in roster.households], [3, 2])
        self.assertFalse(roster.households[0].head_is_said)

    def test_are_one_each_where_heads_share_an_address(self):
        rows = [row(n, f"Nguyễn Văn {n * 'h'}", 1950 + n) for n in range(1, 6)]
        self.assertEqual(len(self.homes(workbook(("STT", "Họ tên", *HEADER[2:]), *rows))), 5)
