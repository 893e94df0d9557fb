"""Habits of wards beside the three real lists, each in a small list."""

import unicodedata
from datetime import date, datetime

from django.test import SimpleTestCase
from openpyxl import Workbook

from outreach.roster.grid import clean_text
from outreach.roster.meanings import Meaning
from outreach.roster.people import ListedHousehold
from tests.outreach.roster.lists import read, saved, workbook

HEADER = ("STT", "Họ và tên chủ hộ", "Năm sinh", "Địa chỉ", "Số điện thoại")


def row(number=1, name="Nguyễn Văn An", birth=1960, address="12/5 Võ Thị Sáu", phone=None):
    return (number, name, birth, address, phone)


def brief(household: ListedHousehold) -> tuple:
    """(head, address, neighbourhood, number of named people)"""
    head = household.people[household.head].name
    return head, household.address, household.neighbourhood.full_name, len(household.people)


class AListOfPersons(SimpleTestCase):
    HEADER = ("TT", "Họ và tên", "Quan hệ với chủ hộ", "Năm sinh", "Số nhà", "Đường", "KP")

    def test_takes_neither_the_uncle_nor_the_wife_of_the_head_for_the_head(self):
        roster = read(
            workbook(
                self.HEADER,
                (1, "Trần Thị Bé", "Vợ chủ hộ", 1955, "12/5", "Võ Thị Sáu", 1),
                (None, "Nguyễn Văn Chín", "Chú", 1948),
                (None, "Nguyễn Văn An", "Chủ hộ", 1950),
                (2, "Lê Văn Cường", "Chủ hộ", 1970, 41, "Võ Thị Sáu", 2),
                title="Sheet1",
            )
        )
        self.assertEqual(
            [brief(household) for household in roster.households],
            [
                ("Nguyễn Văn An", "12/5 Võ Thị Sáu", "Khu phố 1", 3),
                ("Lê Văn Cường", "41 Võ Thị Sáu", "Khu phố 2", 1),
            ],
        )

    def test_with_blank_cells_below_the_first_of_each_home(self):
        roster = read(
            workbook(
                self.HEADER,
                (1, "Nguyễn Văn An", "Chủ hộ", 1950, "12/5", "Võ Thị Sáu", 1),
                (None, "Trần Thị Bé", "Vợ", 1955),
                (2, "Lê Văn Cường", "Chủ hộ", 1970, 41, "Võ Thị Sáu", 2),
                (None, "Lê Thị Dung", "Con", 2001),
                title="Sheet1",
            )
        )
        self.assertEqual(roster.problems, [])
        self.assertEqual(
            [brief(household) for household in roster.households],
            [
                ("Nguyễn Văn An", "12/5 Võ Thị Sáu", "Khu phố 1", 2),
                ("Lê Văn Cường", "41 Võ Thị Sáu", "Khu phố 2", 2),
            ],
        )

    def test_numbered_person_by_person_where_only_the_relation_tells_the_homes(self):
        roster = read(
            workbook(
                ("STT", "Họ tên", "Quan hệ", "Ngày sinh", "Địa chỉ"),
                (1, "Nguyễn Văn An", "Chủ hộ", 1950, "12/5 Võ Thị Sáu"),
                (2, "Trần Thị Bé", "Vợ", 1955, "12/5 Võ Thị Sáu"),
                (3, "Lê Văn Cường", "Chủ hộ", 1970, "12/5 Võ Thị Sáu"),
            )
        )
        self.assertEqual(
            [brief(h)[0] for h in roster.households], ["Nguyễn Văn An", "Lê Văn Cường"]
        )

    def test_whose_head_is_not_the_first_row(self):
        roster = read(
            workbook(
                ("STT hộ", "Họ tên", "Quan hệ", "Địa chỉ"),
                (1, "Trần Thị Bé", "Vợ", "12/5 Võ Thị Sáu"),
                (None, "Nguyễn Văn An", "Chủ hộ", None),
            )
        )
        self.assertEqual(brief(roster.households[0])[0], "Nguyễn Văn An")
        self.assertEqual(len(roster.households), 1)

    def test_with_the_head_in_a_merged_column_beside_the_members(self):
        roster = read(
            workbook(
                ("Chủ hộ", "Thành viên", "NS", "Địa chỉ"),
                ("Nguyễn Văn An", "Nguyễn Văn An", 1950, "12/5 Võ Thị Sáu"),
                (None, "Trần Thị Bé", 1955, None),
                ("Lê Văn Cường", "Lê Thị Dung", 1980, "41 Võ Thị Sáu"),
                merged=("A2:A3", "D2:D3"),
            )
        )
        self.assertEqual(
            [brief(household) for household in roster.households],
            [
                ("Nguyễn Văn An", "12/5 Võ Thị Sáu", "Khu phố 1", 2),
                ("Lê Văn Cường", "41 Võ Thị Sáu", "Khu phố 1", 2),
            ],
        )

    def test_without_relations_where_the_address_stands_once_for_each_home(self):
        roster = read(
            workbook(
                ("Họ và tên", "Năm sinh", "Địa chỉ"),
                ("Nguyễn Văn An", 1950, "12/5 Võ Thị Sáu"),
                ("Trần Thị Bé", 1955, None),
                ("Lê Văn Cường", 1970, "41 Võ Thị Sáu"),
            )
        )
        self.assertEqual([brief(household)[3] for household in roster.households], [2, 1])
        self.assertFalse(roster.households[0].head_is_said)


class TheHeader(SimpleTestCase):
    def test_may_be_followed_by_a_row_that_numbers_the_columns(self):
        roster = read(workbook(HEADER, ("(1)", "(2)", "(3)", "(4)", "(5)"), row()))
        self.assertEqual((roster.problems, len(roster.households)), ([], 1))

    def test_may_be_printed_again_on_each_page(self):
        roster = read(workbook(HEADER, row(), HEADER, row(2, "Trần Thị Bé")))
        self.assertEqual((roster.problems, len(roster.households)), ([], 2))
        self.assertEqual(roster.sheets[0].left_out, (3,))

    def test_may_split_the_name_and_the_day_of_birth(self):
        roster = read(
            workbook(
                ("STT", "Họ và tên chủ hộ", None, "Ngày sinh", None, None, "Địa chỉ"),
                (None, None, None, "Ngày", "Tháng", "Năm", None),
                (1, "Nguyễn Văn", "An", 3, 11, 1967, "12/5 Võ Thị Sáu"),
                merged=("B1:C2", "D1:F1"),
            )
        )
        head = roster.households[0].people[0]
        self.assertEqual((head.name, head.birth_year), ("Nguyễn Văn An", 1967))
        self.assertEqual(roster.problems, [])

    def test_may_mark_the_sex_with_a_cross(self):
        roster = read(
            workbook(
                ("Chủ hộ", "Giới tính", None, "Địa chỉ"),
                (None, "Nam", "Nữ", None),
                ("Nguyễn Văn An", "x", None, "12/5 Võ Thị Sáu"),
                ("Trần Thị Bé", None, "x", "41 Võ Thị Sáu"),
                merged=("B1:C1",),
            )
        )
        self.assertEqual([h.people[0].sex for h in roster.households], ["male", "female"])
        self.assertEqual(roster.problems, [])

    def test_is_found_below_a_letterhead_in_capitals_without_diacritics(self):
        roster = read(
            workbook(
                ("UY BAN NHAN DAN PHUONG XUAN HOA",),
                ("DANH SACH HO GIA DINH KHU PHO 4",),
                (),
                ("TT", "HO TEN CHU HO", "DIA CHI", "DIEN THOAI"),
                (1, "Nguyễn Văn An", "12/5 Võ Thị Sáu", None),
                title="Sheet1",
            )
        )
        self.assertEqual(
            brief(roster.households[0]), ("Nguyễn Văn An", "12/5 Võ Thị Sáu", "Khu phố 4", 1)
        )


class TheNeighbourhood(SimpleTestCase):
    def neighbourhoods(self, content: bytes) -> list[str]:
        roster = read(content)
        self.assertEqual(roster.problems, [])
        return [household.neighbourhood.full_name for household in roster.households]

    def test_is_named_by_rows_between_the_homes(self):
        content = workbook(
            HEADER,
            ("I", "KHU PHỐ 1 (2 hộ)"),
            row(1),
            row(2, "Trần Thị Bé"),
            ("II", "KHU PHỐ 2 (1 hộ)"),
            row(1, "Lê Văn Cường"),
            (None, "Tổng cộng: 3 hộ"),
            (None, None, None, "Xuân Hòa, ngày 30 tháng 9 năm 2026"),
            (None, "NGƯỜI LẬP BIỂU", None, "CHỦ TỊCH"),
            (None, "Phạm Văn Sáu", None, "Đỗ Thị Bảy"),
            title="Sheet1",
        )
        self.assertEqual(self.neighbourhoods(content), ["Khu phố 1", "Khu phố 1", "Khu phố 2"])
        self.assertEqual(read(content).sheets[0].left_out, (2, 5, 7, 8, 9, 10))

    def test_is_the_title_of_the_sheet(self):
        for title in ("Ấp Bình Hòa", "ẤP BÌNH HÒA", "ap  Bình Hòa"):
            self.assertEqual(
                self.neighbourhoods(workbook(HEADER, row(), title=title)), ["Ấp Bình Hòa"], title
            )

    def test_is_merged_down_over_many_homes(self):
        content = workbook(
            ("Khu phố", *HEADER[1:]),
            ("KP 3", *row()[1:]),
            (None, *row(name="Trần Thị Bé")[1:]),
            ("kp4", *row(name="Lê Văn Cường")[1:]),
            merged=("A2:A3",),
            title="Sheet1",
        )
        self.assertEqual(self.neighbourhoods(content), ["Khu phố 3", "Khu phố 3", "Khu phố 4"])

    def test_is_part_of_the_address(self):
        roster = read(
            workbook(HEADER, row(address="12/5 Võ Thị Sáu, KP3, P. Xuân Hòa"), title="Sheet1")
        )
        self.assertEqual(
            brief(roster.households[0])[1:3], ("12/5 Võ Thị Sáu, P. Xuân Hòa", "Khu phố 3")
        )

    def test_takes_its_kind_from_the_heading(self):
        for heading, expected in (("Tổ dân phố", "Tổ dân phố 7"), ("Thôn/ấp", "Khu phố 7")):
            content = workbook(
                ("Chủ hộ", "Địa chỉ", heading),
                ("Nguyễn Văn An", "12/5 Võ Thị Sáu", "07"),
                title="Sheet1",
            )
            self.assertEqual(self.neighbourhoods(content), [expected])


class TheCells(SimpleTestCase):
    def person(self, **cells):
        roster = read(workbook(HEADER, row(**cells)))
        self.assertEqual(roster.problems, [])
        return roster.households[0].people[0]

    def test_hold_names_in_capitals_or_decomposed_or_with_strange_spaces(self):
        written = ("  NGUYỄN VĂN  ÁNH ", "nguyễn văn ánh", "Nguyễn\u00a0Văn\u200b Ánh")
        for name in (*written, unicodedata.normalize("NFD", "NGUYỄN VĂN ÁNH")):
            self.assertEqual(self.person(name=name).name, "Nguyễn Văn Ánh", repr(name))

    def test_hold_years_dates_and_guesses_of_birth(self):
        for birth in (1967, 1967.0, "1967", "03/11/1967", "3.11.1967", "khoảng 1967", "11/1967"):
            self.assertEqual(self.person(birth=birth).birth_year, 1967, birth)
        for birth in (date(1967, 11, 3), datetime(1967, 11, 3, 7, 30)):
            self.assertEqual(self.person(birth=birth).birth_year, 1967)

    def test_hold_phone_numbers_in_many_ways(self):
        for phone in (
            912345678, "0912.345.678", "0912 345 678", "+84 912 345 678", "84912345678",
            "0912345678 / 0987654321", "0912345678 (con gái)", "0912345678 0987654321",
        ):  # fmt: skip
            self.assertEqual(self.person(phone=phone).phone, "0912345678", phone)

    def test_say_in_words_that_there_is_nothing(self):
        for nothing in ("không có", "KHÔNG", "-", "0", 0, "k có", "…"):
            person = self.person(phone=nothing, birth=nothing)
            self.assertEqual((person.phone, person.birth_year), (None, None), nothing)

    def test_hold_direction_and_control_characters_that_nobody_sees(self):
        name = "Nguyễn \u202eVăn\u202c An\ufeff"
        self.assertEqual(self.person(name=name).name, "Nguyễn Văn An")
        self.assertEqual(clean_text("Văn\x00\x07 \x1b An_x000D_\n"), "Văn An")


class TextFiles(SimpleTestCase):
    def test_separated_by_commas_semicolons_or_tabs_are_read(self):
        for separator in ",;\t":
            lines = [
                ("STT", "Chủ hộ", "NS", "Địa chỉ", "KP"),
                ("1", "Nguyễn Văn An", "1960", "12/5 Võ Thị Sáu", "1"),
            ]
            text = "\r\n".join(separator.join(cells) for cells in lines)
            for encoding in ("utf-8", "utf-8-sig", "utf-16"):
                roster = read(text.encode(encoding))
                self.assertEqual(
                    brief(roster.households[0]),
                    ("Nguyễn Văn An", "12/5 Võ Thị Sáu", "Khu phố 1", 1),
                )


class TheWorkbook(SimpleTestCase):
    def test_may_have_sheets_without_a_list_and_hidden_ones(self):
        book = Workbook()
        book.active.title = "Hướng dẫn"
        book.active.append(["Điền đủ họ tên và địa chỉ của chủ hộ"])
        for title, state in (("KP1", "visible"), ("KP2 cũ", "hidden")):
            sheet = book.create_sheet(title)
            sheet.sheet_state = state
            sheet.append(HEADER)
            sheet.append(row())
        roster = read(saved(book))
        self.assertEqual(len(roster.households), 1)
        read_from = {sheet.name: bool(sheet.header) for sheet in roster.sheets}
        self.assertEqual(read_from, {"Hướng dẫn": False, "KP1": True, "KP2 cũ": False})

    def test_may_have_filtered_rows_which_belong_to_the_list(self):
        book = Workbook()
        sheet = book.active
        sheet.title = "KP1"
        for cells in (HEADER, row(1), row(2, "Trần Thị Bé")):
            sheet.append(cells)
        sheet.row_dimensions[3].hidden = True
        self.assertEqual(len(read(saved(book)).households), 2)

    def test_may_be_numbered_ahead_with_empty_rows(self):
        roster = read(workbook(HEADER, row(), (2,), (3,)))
        self.assertEqual((roster.problems, len(roster.households)), ([], 1))


class ColumnsThatMustNotBeTaken(SimpleTestCase):
    def test_are_dropped_by_their_heading_hidden_ones_too(self):
        roster = read(
            workbook(
                (*HEADER, "Số CCCD/CMND", "Mã định danh cá nhân", "Dân tộc", "Tôn giáo"),
                (*row(), "079060001234", 79060001234, "Kinh", "Không"),
                hidden=("F",),
            )
        )
        dropped = {column.letter: column for column in roster.sheets[0].dropped}
        self.assertEqual(sorted(dropped), ["F", "G", "H", "I"])
        self.assertTrue(dropped["F"].hidden)
        self.assertEqual({column.samples for column in dropped.values()}, {()})

    def test_are_dropped_by_their_values_whatever_the_heading(self):
        for heading in ("Ghi chú", "Họ và tên cha", None, "Số điện thoại 2"):
            roster = read(
                workbook(
                    (*HEADER, heading),
                    (*row(), "079060001234"),
                    (*row(2, "Trần Thị Bé"), 79060001235),
                    (*row(3, "Lê Văn Cường"), "079 060 001 236"),
                )
            )
            column = roster.sheets[0].columns[-1]
            self.assertEqual((column.meaning, column.samples), (Meaning.CITIZEN_ID, ()), heading)

    def test_of_nine_digits_are_phones_without_zero_where_phones_are_expected(self):
        roster = read(
            workbook(HEADER, row(phone=912345678), row(2, "Trần Thị Bé", phone=987654321))
        )
        self.assertEqual(roster.sheets[0].dropped, [])
        self.assertEqual(roster.households[1].people[0].phone, "0987654321")
