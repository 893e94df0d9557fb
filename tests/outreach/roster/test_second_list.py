"""A later list against what the ward knows: changed, new, missing, and never more than it says."""

from django.test import TestCase

from outreach.models import Household, LedgerEvent, Placement, Resident
from outreach.roster.difference import compare
from outreach.roster.preview import FIELDS, change_lines
from outreach.verify import differences
from tests.builders import make_household
from tests.outreach.roster.lists import import_list, read, workbook
from tests.people import make_cast

PERSONS = (
    "STT hộ",
    "Họ tên",
    "Quan hệ",
    "Năm sinh",
    "Giới tính",
    "Địa chỉ",
    "KP",
    "SĐT",
    "Số khẩu",
)
FIRST = (
    PERSONS,
    (1, "Nguyễn Văn An", "Chủ hộ", 1950, "Nam", "12/5 Võ Thị Sáu", 1, "0912345678", 2),
    (None, "Trần Thị Bé", "Vợ", 1955, "Nữ", None, None, None, None),
    (2, "Lê Văn Cường", "Chủ hộ", 1970, "Nam", "41 Võ Thị Sáu", 1, "0987654321", 1),
    (3, "Phạm Thị Dung", "Chủ hộ", 1980, "Nữ", "7 Lý Chính Thắng", 2, None, None),
)


class ALaterList(TestCase):
    def setUp(self):
        self.cast = make_cast()
        import_list(self.cast.ward, workbook(*FIRST, title="Sheet1"))
        self.events = LedgerEvent.objects.count()

    def again(self, *rows, **options):
        outcome = import_list(self.cast.ward, workbook(PERSONS, *rows, title="Sheet1"), **options)
        self.assertEqual(outcome.problems, [])
        self.assertEqual(list(differences(self.cast.ward)), [])
        return outcome.counts

    def lines(self, *rows) -> list[tuple]:
        roster = read(workbook(PERSONS, *rows, title="Sheet1"))
        changed = compare(self.cast.ward, roster).changed
        return [(line.field, line.old, line.new) for line in change_lines(changed)]

    def home(self, head: str) -> Household:
        return Household.objects.get(head__name=head)

    def test_names_what_is_missing_in_walking_order(self):
        for address in ("10 Kỳ Đồng", "2 Kỳ Đồng", "2A Kỳ Đồng"):
            make_household(self.cast.kp1, "Vũ Văn Gió", address=address)
        again = read(workbook(PERSONS, FIRST[1], title="Sheet1"))
        missing = [home.address for home in compare(self.cast.ward, again).missing]
        self.assertEqual(missing, ["2 Kỳ Đồng", "2A Kỳ Đồng", "10 Kỳ Đồng", "41 Võ Thị Sáu"])

    def test_that_writes_the_same_otherwise_changes_nothing(self):
        counts = self.again(
            (7, " NGUYỄN VĂN AN", "Chủ hộ", "01/01/1950", "nam", "Số 12 / 5 võ thị sáu", "KP 1",
             912345678, "2 người"),
            (None, "trần thị bé", "vợ", None, None, None, None, "-", None),
            (8, "LE VAN CUONG", "Chủ hộ", None, None, "41 Võ Thị Sáu", "Khu phố 01", None, None),
            (9, "Phạm Thị Dung", "Chủ hộ", 1980, "Nữ", "7, Lý Chính Thắng", "khu pho 2", None, 0),
        )  # fmt: skip
        self.assertEqual(counts["households"]["unchanged"], 3)
        self.assertEqual(counts["residents"]["unchanged"], 4)
        self.assertEqual(LedgerEvent.objects.count(), self.events)
        self.assertEqual(self.home("Lê Văn Cường").head.phone, "0987654321")

    def test_changes_what_it_says_field_by_field(self):
        rows = (
            (1, "Nguyễn Văn An", "Chủ hộ", 1951, "Nam", "12/5 Võ Thị Sáu", 1, "0911111111", 3),
            (None, "Trần Thị Bé", "Vợ", 1955, "Nữ", None, None, None, None),
            (None, "Nguyễn Thị Em", "Con", 1990, "Nữ", None, None, None, None),
            (2, "Lê Văn Cường", "Chủ hộ", 1970, "Nam", "41 Võ Thị Sáu", 1, "0987654321", 1),
        )
        self.assertEqual(
            self.lines(*rows),
            [
                (str(FIELDS["declared_size"]), "2", "3"),
                (str(FIELDS["birth_year"]), "1950", "1951"),
                (str(FIELDS["phone"]), "0912345678", "0911111111"),
                (str(FIELDS["resident"]), "", "Nguyễn Thị Em"),
            ],
        )
        counts = self.again(*rows)
        self.assertEqual(
            counts["households"],
            {"new": 0, "changed": 1, "unchanged": 1, "missing": 0, "duplicates": 0},
        )
        self.assertEqual(
            counts["residents"], {"new": 1, "changed": 1, "unchanged": 2, "missing": 0}
        )
        self.assertEqual(LedgerEvent.objects.count(), self.events + 1)
        home = self.home("Nguyễn Văn An")
        self.assertEqual((home.declared_size, home.residents.count()), (3, 3))
        self.assertEqual((home.head.birth_year, home.head.phone), (1951, "0911111111"))
        self.assertIn(" 0911111111", home.search_text)
        self.assertIn(" em", home.search_text)

    def test_names_homes_and_people_that_are_missing_and_closes_nothing(self):
        counts = self.again(
            (1, "Nguyễn Văn An", "Chủ hộ", 1950, "Nam", "12/5 Võ Thị Sáu", 1, "0912345678", 2),
        )
        # Lê Văn Cường in the covered neighbourhood; Phạm Thị Dung's is not covered by the list.
        self.assertEqual(counts["households"]["missing"], 1)
        self.assertEqual(counts["residents"]["missing"], 2)
        self.assertFalse(Household.objects.exclude(closed_on=None).exists())
        self.assertFalse(Resident.objects.exclude(left_on=None).exists())

    def test_of_heads_only_says_nothing_about_the_other_members(self):
        content = workbook(
            ("Chủ hộ", "Địa chỉ", "KP"),
            ("Nguyễn Văn An", "12/5 Võ Thị Sáu", 1),
            ("Lê Văn Cường", "41 Võ Thị Sáu", 1),
        )
        counts = import_list(self.cast.ward, content).counts
        self.assertEqual(counts["residents"]["missing"], 0)
        self.assertEqual(counts["households"]["unchanged"], 2)

    def test_finds_a_home_that_moved_by_the_phone_of_its_head(self):
        counts = self.again(
            (2, "Lê Văn Cường", "Chủ hộ", 1970, "Nam", "9 Lý Chính Thắng", 2, "0987654321", 1),
        )
        self.assertEqual((counts["households"]["changed"], counts["households"]["new"]), (1, 0))
        home = self.home("Lê Văn Cường")
        self.assertEqual((home.address, home.area.name), ("9 Lý Chính Thắng", "Khu phố 2"))
        self.assertEqual(Placement.objects.get(household=home).area, home.area)

    def test_finds_a_head_whose_name_was_corrected_by_phone_and_address(self):
        self.again(
            (2, "Lê Văn Cương", "Chủ hộ", 1970, "Nam", "41 Võ Thị Sáu", 1, "0987654321", 1),
        )
        self.again(
            (2, "Lê Mạnh Cương", "Chủ hộ", 1970, "Nam", "41 Võ Thị Sáu", 1, "0987654321", 1),
        )
        self.assertEqual(self.home("Lê Mạnh Cương").residents.count(), 1)

    def test_takes_a_phone_alone_for_no_proof(self):
        counts = self.again(
            (2, "Đỗ Văn Giàu", "Chủ hộ", 1990, "Nam", "88 Lý Chính Thắng", 2, "0987654321", 1),
        )
        self.assertEqual(counts["households"]["new"], 1)

    def test_takes_a_phone_that_two_homes_share_for_no_proof(self):
        make_household(self.cast.kp1, "Lê Văn Cường", address="3 Kỳ Đồng", phone="0987654321")
        counts = self.again(
            (2, "Lê Văn Cường", "Chủ hộ", 1970, "Nam", "9 Lý Chính Thắng", 2, "0987654321", 1),
        )
        self.assertEqual(counts["households"]["new"], 1)

    def test_takes_a_phone_that_it_gives_to_two_homes_for_no_proof(self):
        counts = self.again(
            (2, "Lê Văn Cường", "Chủ hộ", 1970, "Nam", "9 Lý Chính Thắng", 2, "0987654321", 1),
            (3, "Lê Văn Cường", "Chủ hộ", 1971, "Nam", "3 Kỳ Đồng", 2, "0987654321", 1),
        )
        self.assertEqual(counts["households"]["new"], 2)

    def test_with_another_head_says_so(self):
        counts = self.again(
            (1, "Trần Thị Bé", "Chủ hộ", 1955, "Nữ", "12/5 Võ Thị Sáu", 1, "0912345678", 2),
            (None, "Nguyễn Văn An", "Chồng", 1950, "Nam", None, None, None, None),
        )
        self.assertEqual(counts["households"]["changed"], 1)
        self.assertEqual(self.home("Trần Thị Bé").residents.count(), 2)

    def test_keeps_a_home_in_its_lane(self):
        lane = self.cast.kp1.add_child("Hẻm 12")
        make_household(lane, "Võ Thị Lành", address="12/9 Võ Thị Sáu")
        counts = self.again(
            (5, "Võ Thị Lành", "Chủ hộ", 1955, None, "12/9 Võ Thị Sáu", 1, None, 4),
        )
        self.assertEqual(counts["households"]["changed"], 1)
        self.assertEqual(self.home("Võ Thị Lành").area, lane)

    def test_does_not_touch_another_ward(self):
        other = make_household(
            self.cast.other_kp, "Nguyễn Văn An", address="12/5 Võ Thị Sáu", phone="0912345678"
        )
        self.again(
            (1, "Nguyễn Văn An", "Chủ hộ", 1951, "Nam", "12/5 Võ Thị Sáu", 1, "0911111111", 3),
        )
        other.refresh_from_db()
        self.assertEqual((other.head.birth_year, other.declared_size), (1955, None))

    def test_pairs_namesakes_of_one_home_by_their_year_of_birth(self):
        self.again(
            (1, "Nguyễn Văn An", "Chủ hộ", 1950, "Nam", "12/5 Võ Thị Sáu", 1, "0912345678", 2),
            (None, "Nguyễn Văn An", "Con", 1990, "Nam", None, None, None, None),
        )
        counts = self.again(
            (1, "Nguyễn Văn An", "Con", 1990, "Nam", "12/5 Võ Thị Sáu", 1, None, 2),
            (None, "Nguyễn Văn An", "Chủ hộ", 1950, "Nam", None, None, "0912345678", None),
        )
        self.assertEqual(counts["households"]["changed"], 0)
        self.assertEqual(counts["residents"]["changed"], 0)

    def test_keeps_the_head_of_namesakes_who_cannot_be_told_apart(self):
        rows = (
            (1, "Vũ Văn Hai", "Chủ hộ", 1950, "Nam", "5 Kỳ Đồng", 1, None, None),
            *((None, "Vũ Văn Hai", "Con", 1950, "Nam", None, None, None, None) for _ in range(5)),
        )
        self.again(*rows)
        self.assertEqual(self.again(*rows)["households"]["changed"], 0)


class TheWardsOwnNeighbourhoods(TestCase):
    def test_are_found_however_the_list_writes_them(self):
        cast = make_cast()
        village = cast.ward.add_child("Ấp Bình Hòa")
        for written in ("Ấp Bình Hòa", "AP BINH HOA", "ấp  bình hoà", "Bình Hòa"):
            header = ("Chủ hộ", "Địa chỉ", "Ấp")
            content = workbook(header, ("Nguyễn Văn An", "41 Kỳ Đồng", written), title="Sheet1")
            places = compare(cast.ward, read(content)).places
            self.assertEqual([place.code for place in places], [village.pk], written)

    def test_give_a_mere_number_its_kind_when_all_are_of_one_kind(self):
        cast = make_cast()
        cast.other_kp.name = "Tổ dân phố 1"
        cast.other_kp.save()
        content = workbook(("Chủ hộ", "Địa chỉ", "Địa bàn"), ("Nguyễn Văn An", "41 Kỳ Đồng", 1))
        content_new = workbook(
            ("Chủ hộ", "Địa chỉ", "Địa bàn"), ("Nguyễn Văn An", "41 Kỳ Đồng", 12), title="Sheet1"
        )
        self.assertEqual(compare(cast.other_ward, read(content)).places[0].code, cast.other_kp.pk)
        self.assertEqual(
            compare(cast.other_ward, read(content_new)).places[0].name, "Tổ dân phố 12"
        )

    def test_are_created_in_the_order_of_their_numbers(self):
        cast = make_cast()
        rows = [("Nguyễn Văn An", f"{n} Kỳ Đồng", n) for n in (10, 2, 9)]
        import_list(cast.other_ward, workbook(("Chủ hộ", "Địa chỉ", "KP"), *rows))
        names = cast.other_ward.children.order_by("position").values_list("name", flat=True)
        self.assertEqual(list(names), ["Khu phố 1", "Khu phố 2", "Khu phố 9", "Khu phố 10"])


class TheComparison(TestCase):
    def test_asks_as_many_queries_for_a_long_list_as_for_a_short_one(self):
        cast = make_cast()
        header = ("Chủ hộ", "Địa chỉ", "KP")
        for length in (2, 60):
            rows = [("Nguyễn Văn An", f"{n} Kỳ Đồng", n % 2 + 1) for n in range(length)]
            content = workbook(header, *rows)
            import_list(cast.ward, content)
            roster = read(content)
            with self.assertNumQueries(3):
                compare(cast.ward, roster)
