"""Hoa says what a column means; the ward remembers it."""

from django.urls import reverse
from django.utils import timezone

from outreach.models import HeadingMeaning, Household, ImportRules
from outreach.roster import uploads
from tests.outreach.roster.desk import Desk
from tests.outreach.roster.lists import workbook

HEADER = ("TT", "Chủ hộ", "Địa chỉ", "Liên lạc nhanh", "Số CCCD", "Năm sinh")
ROWS = [
    (n, f"Nguyễn Văn {name}", f"{n} Kỳ Đồng", f"091234567{n}", f"07906000123{n}", 1950 + n)
    for n, name in enumerate(("An", "Bình", "Cường", "Dũng"), 1)
]


class AColumnThatWasMisunderstood(Desk):
    def setUp(self):
        super().setUp()
        self.content = workbook(HEADER, *ROWS)
        self.record = self.uploaded(self.content)

    def correct(self, record=None, **choices):
        """Post the form as it stands, but for `choices`."""
        record = record or self.record
        form = self.look(record).context["reading"]
        data = {field.html_name: field.value() for field in form if field.value() is not None}
        data = {name: value for name, value in data.items() if value is not False}
        answer = self.client.post(
            reverse("correct_roster_import", args=[record.pk]), data | choices, follow=True
        )
        self.assertEqual(answer.status_code, 200)
        return answer

    def meanings(self, record=None) -> dict[str, str]:
        seen = self.look(record or self.record).context["preview"]
        return {column.heading: column.meaning for column in seen.sheets[0].columns}

    def test_is_read_as_she_says(self):
        self.assertNotEqual(self.meanings()["Năm sinh"], "note")
        self.correct(**{"column-0-F": "note", "column-0-D": "phone"})
        self.assertEqual(self.meanings()["Năm sinh"], "note")
        self.confirm(self.record)
        self.assertEqual(
            sorted(Household.objects.values_list("head__phone", "head__birth_year")),
            [(row[3], None) for row in ROWS],
        )

    def test_is_understood_in_the_wards_next_list(self):
        self.correct(**{"column-0-F": "note"})
        self.client.post(reverse("discard_roster_import", args=[self.record.pk]))
        again = self.uploaded(self.content)
        self.assertEqual(self.meanings(again)["Năm sinh"], "note")
        said = HeadingMeaning.objects.get()
        self.assertEqual((said.ward, said.heading), (self.cast.ward, "Năm sinh"))

    def test_changes_nothing_and_remembers_nothing_when_nothing_is_chosen(self):
        before = self.meanings()
        self.correct()
        self.assertEqual(self.meanings(), before)
        self.assertFalse(HeadingMeaning.objects.exists())

    def test_may_not_be_turned_into_one_with_citizen_id_numbers(self):
        before = self.look(self.record).context["reading"]
        self.assertNotIn("column-0-E", before.fields)
        self.correct(**{"column-0-E": "phone"})
        self.assertEqual(self.meanings()["Số CCCD"], "citizen_id")

    def test_gets_an_unknown_meaning_refused(self):
        answer = self.correct(**{"column-0-F": "password"})
        self.assertTrue(answer.context["reading"].errors)
        self.assertFalse(HeadingMeaning.objects.exists())

    def test_header_may_stand_elsewhere(self):
        answer = self.correct(**{"sheet-0-top": "2", "sheet-0-bottom": "2"})
        self.assertEqual(answer.context["preview"].sheets[0].header, (2, 2))
        answer = self.correct(**{"sheet-0-top": "3", "sheet-0-bottom": "2"})
        self.assertTrue(answer.context["reading"].errors)

    def test_sheet_may_be_left_out(self):
        answer = self.correct(**{"sheet-0-aside": "on"})
        self.assertEqual(answer.status_code, 200)
        self.confirm_nothing()

    def confirm_nothing(self):
        self.assertFalse(Household.objects.exists())
        self.assertEqual(self.look(self.record).status_code, 200)


class TheWardsRules(Desk):
    def address(self, ward=None) -> str:
        return reverse("roster_rules", args=[(ward or self.cast.ward).pk])

    def post(self, *rows: tuple, undo_days=7):
        """Each row: id, heading, meaning, whether it is deleted."""
        known = sum(bool(row[0]) for row in rows)
        data = {"headings-TOTAL_FORMS": len(rows), "headings-INITIAL_FORMS": known}
        for number, (key, heading, meaning, *deleted) in enumerate(rows):
            data |= {
                f"headings-{number}-id": key or "",
                f"headings-{number}-heading": heading,
                f"headings-{number}-meaning": meaning,
            }
            if deleted:
                data[f"headings-{number}-DELETE"] = "on"
        return self.client.post(self.address(), {**data, "undo_days": undo_days})

    def test_are_written_changed_and_forgotten(self):
        self.assertEqual(self.client.get(self.address()).status_code, 200)
        self.assertEqual(self.post((None, "Bà con", "head_name")).status_code, 302)
        said = HeadingMeaning.objects.get()
        self.assertEqual(
            (said.key, said.meaning, said.chosen_by), ("ba con", "head_name", self.cast.hoa)
        )
        self.post((said.pk, "Bà con", "name"), (None, "", ""))
        said.refresh_from_db()
        self.assertEqual(said.meaning, "name")
        self.post((said.pk, "Bà con", "name", True))
        self.assertFalse(HeadingMeaning.objects.exists())

    def test_of_a_heading_hold_for_the_next_list(self):
        self.post((None, "Bà con", "head_name"), (None, "Xóm ngõ", "address"))
        rows = [("Bà con", "Xóm ngõ"), ("Nguyễn Văn An", "12/5 Võ Thị Sáu")]
        self.confirm(self.uploaded(workbook(*rows)))
        self.assertEqual(Household.objects.get().head.name, "Nguyễn Văn An")

    def test_name_a_heading_once(self):
        answer = self.post((None, "Bà con", "head_name"), (None, "BÀ CON", "name"))
        self.assertEqual(answer.status_code, 200)
        self.assertFalse(HeadingMeaning.objects.exists())

    def test_limit_how_long_an_import_can_be_undone(self):
        self.post(undo_days=14)
        self.assertEqual(ImportRules.of(self.cast.ward).undo_days, 14)
        self.assertEqual(self.post(undo_days=400).status_code, 200)
        self.assertEqual(ImportRules.of(self.cast.ward).undo_days, 14)

    def test_are_the_wards_own(self):
        self.assertEqual(self.client.get(self.address(self.cast.other_ward)).status_code, 404)


class AListBelowALetterhead(Desk):
    def test_keeps_its_header_when_a_column_is_said_to_be_unused(self):
        letterhead = ("UBND PHƯỜNG XUÂN HÒA", None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
        header = ("TT", "Chủ hộ", "Địa chỉ", "Nhân khẩu tạm trú")
        record = self.uploaded(workbook(letterhead, header, (1, "Lê Văn An", "1 Kỳ Đồng", 2)))
        HeadingMeaning.objects.create(
            ward=self.cast.ward,
            heading="Nhân khẩu tạm trú",
            key="nhan khau tam tru",
            meaning="ignored",
            chosen_at=timezone.now(),
        )
        uploads.forget_preview(record)
        sheet = self.look(record).context["preview"].sheets[0]
        self.assertEqual((sheet.header, sheet.columns[3].meaning), ((2, 2), "ignored"))


class AListInAnOldFont(Desk):
    # "Chủ hộ, Địa chỉ, Khu phố" and three homes, as TCVN3 (ABC) stores them.
    TEXT = (
        "Chñ hé,§Þa chØ,Khu phè\n"
        "NguyÔn V¨n B×nh,12 §inh Tiªn Hoµng,1\n"
        "TrÇn ThÞ HiÒn,14 §inh Tiªn Hoµng,1\n"
        "Lª V¨n Hïng,16 §inh Tiªn Hoµng,1\n"
    )

    def test_is_converted_and_hoa_sees_what_was_done(self):
        record = self.uploaded(self.TEXT.encode())
        page = self.look(record)
        self.assertContains(page, "NguyÔn V¨n B×nh")
        self.assertContains(page, "Nguyễn Văn Bình")
        self.confirm(record)
        heads = Household.objects.order_by("address").values_list("head__name", flat=True)
        self.assertEqual(list(heads), ["Nguyễn Văn Bình", "Trần Thị Hiền", "Lê Văn Hùng"])

    def test_is_left_as_it_is_when_hoa_says_so(self):
        record = self.uploaded(self.TEXT.encode())
        data = {"encoding": "unicode"}
        self.client.post(reverse("correct_roster_import", args=[record.pk]), data)
        self.assertNotContains(self.look(record), "Nguyễn Văn Bình")
