"""Administrators keep the indicators: the words of standard ones, and their own."""

from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import ModelLogEntry

from outreach.coverage import coverage
from outreach.indicators import current_indicators, put_standard
from outreach.models import Indicator, Rule
from tests.builders import make_household
from tests.outreach.exporting import fetched
from tests.outreach.test_coverage import NOVEMBER
from tests.outreach.test_targets import make_target
from tests.people import make_cast
from tests.volunteers.desk import text_of

OWN = {
    "code": "tieu-thuong-quet-ma",
    "name": "Tiểu thương quét mã",
    "rule": "residents_able",
    "skills": ["pay_qr", "spot_scam"],
    "at_least": "1",
    "threshold": "",
    "minimum_age": "",
    "maximum_age": "",
    "kind": "",
    "explanation": "",
    "unit": "",
    "among": "",
    "position": "500",
}


class IndicatorCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.cast = make_cast()

    def setUp(self):
        self.client.force_login(self.cast.admin)

    def add(self, **said):
        return self.client.post(reverse("add_indicator"), OWN | said)

    def edit(self, code, /, **said):
        return self.client.post(reverse("edit_indicator", args=[code]), said)

    def logged(self) -> list[str]:
        rows = ModelLogEntry.objects.filter(action__startswith="outreach.").order_by("pk")
        return list(rows.values_list("action", flat=True))


class TheList(IndicatorCase):
    def test_shows_all_in_their_order_also_hidden_ones(self):
        Indicator.objects.filter(pk="households_met").update(hidden=True)
        self.add()
        words = text_of(self.client.get(reverse("indicators")))
        self.assertIn("households_met · chuẩn", words)
        self.assertIn("tieu-thuong-quet-ma · tự lập", words)
        self.assertLess(words.index("households_reached ·"), words.index(f"{OWN['code']} ·"))
        for said in ("trên hộ đang có trên địa bàn", "Người dân đạt kỹ năng", "người"):
            self.assertIn(said, words)

    def test_says_of_which_the_catalogue_lost_the_skills(self):
        self.add(skills=["pay_qr"])
        Indicator.objects.get(pk=OWN["code"]).skills.update(retired_in_version=99)
        words = text_of(self.client.get(reverse("indicators")))
        self.assertIn("danh mục không còn kỹ năng", words)

    def test_costs_the_same_queries_however_many_there_are(self):
        def queries() -> int:
            with CaptureQueriesContext(connection) as captured:
                self.client.get(reverse("indicators"))
            return len(captured)

        queries()
        self.add()
        self.client.get(reverse("indicators"))
        before = queries()
        for number in range(5):
            self.add(code=f"cua-toi-{number}")
        self.client.get(reverse("indicators"))
        self.assertEqual(queries(), before)

    def test_stands_in_the_menu_of_administrators_only(self):
        self.assertContains(self.client.get("/admin/"), '"/admin/chi-tieu/"')
        for user in (self.cast.hoa, self.cast.minh, self.cast.city_viewer):
            self.client.force_login(user)
            self.assertNotContains(self.client.get("/admin/"), '"/admin/chi-tieu/"')


class AStandardIndicator(IndicatorCase):
    words = {"name": "Hộ đã gặp mặt", "explanation": "", "unit": "gia đình", "among": ""}

    def test_takes_other_words_order_and_place(self):
        answer = self.edit("households_met", **self.words, position="1")
        self.assertRedirects(answer, reverse("indicators"))
        first = current_indicators()[0]
        self.assertEqual((first.code, first.name, first.unit), (
            "households_met", "Hộ đã gặp mặt", "gia đình",
        ))  # fmt: skip
        put_standard()
        self.assertEqual(current_indicators()[0].name, "Hộ đã gặp mặt")
        self.assertEqual(self.logged(), ["outreach.indicator_changed"])

    def test_has_the_standard_words_again_when_they_are_emptied(self):
        self.edit("households_met", **self.words, position="1")
        page = self.client.get(reverse("edit_indicator", args=["households_met"]))
        self.assertIn("Để trống: “Hộ đã gặp được người”", text_of(page))
        self.edit("households_met", **self.words | {"name": "", "unit": ""}, position="1")
        self.assertEqual(current_indicators()[0].name, "Hộ đã gặp được người")

    def test_can_be_hidden_and_is_counted_no_more(self):
        self.edit("households_met", **self.words, position="20", hidden="on")
        codes = [figure.code for figure in coverage(self.cast.ward, NOVEMBER).indicators]
        self.assertNotIn("households_met", codes)

    def test_by_which_the_workbook_is_proved_is_always_shown(self):
        page = self.edit("households_reached", **self.words, position="20", hidden="on")
        self.assertIn("luôn được hiển thị", text_of(page))
        self.assertFalse(Indicator.objects.get(pk="households_reached").hidden)

    def test_may_stand_before_the_one_that_proves_the_workbook(self):
        make_household(self.cast.kp1)
        self.edit("sessions_held", name="", explanation="", unit="", position="0")
        self.client.force_login(self.cast.hoa)
        asked = self.client.post(reverse("coverage_workbook", args=["27139"]), {})
        answer = fetched(self.client, asked)
        self.assertEqual(answer["Content-Type"].split(".")[-1], "sheet")

    def test_keeps_its_code_rule_and_parameters_whatever_is_posted(self):
        self.edit(
            "skill.pay_qr", **self.words, position="20", code="khac", rule="person_days",
            minimum_age="90", skills=["spot_scam"],
        )  # fmt: skip
        row = Indicator.objects.get(pk="skill.pay_qr")
        self.assertEqual((row.rule, row.minimum_age, row.standard), ("residents_able", None, True))
        self.assertEqual([skill.pk for skill in row.skills.all()], ["pay_qr"])
        self.assertFalse(Indicator.objects.filter(pk="khac").exists())

    def test_cannot_be_deleted(self):
        for method in (self.client.get, self.client.post):
            answer = method(reverse("delete_indicator", args=["households_met"]))
            self.assertEqual(answer.status_code, 404)
        self.assertTrue(Indicator.objects.filter(pk="households_met").exists())


class AnOwnIndicator(IndicatorCase):
    def test_is_counted_as_soon_as_it_is_made(self):
        make_household(self.cast.kp1, "Đặng Thị Bích Yến", "Trần Mai Oanh")
        self.assertRedirects(self.add(), reverse("indicators"))
        figure = coverage(self.cast.ward, NOVEMBER).figure("tieu-thuong-quet-ma")
        self.assertEqual((figure.numerator, figure.denominator), (0, 2))
        self.assertEqual(figure.name, "Tiểu thương quét mã")
        self.assertFalse(figure.indicator.is_standard)
        self.assertEqual(self.logged(), ["outreach.indicator_added"])

    def test_says_from_which_level_it_counts(self):
        for threshold, said in (("", False), ("3", True)):
            self.add(code=f"muc-{threshold}", threshold=threshold)
            found = next(one for one in current_indicators() if one.code == f"muc-{threshold}")
            self.assertEqual("từ mức 3" in found.explanation, said)

    def test_can_be_changed_but_for_its_code(self):
        self.add()
        changed = OWN | {"code": "ma-khac", "name": "Quét mã và nhận ra lừa đảo", "at_least": "2"}
        self.assertRedirects(self.edit("tieu-thuong-quet-ma", **changed), reverse("indicators"))
        row = Indicator.objects.get(standard=False)
        self.assertEqual((row.pk, row.at_least), ("tieu-thuong-quet-ma", 2))

    def test_goes_with_its_targets_after_one_more_question(self):
        self.add()
        make_target(self.cast.ward, "2026-01-01", "2026-12-31", indicator=OWN["code"])
        address = reverse("delete_indicator", args=[OWN["code"]])
        self.assertIn("1 mục tiêu", text_of(self.client.get(address)))
        self.assertTrue(Indicator.objects.filter(pk=OWN["code"]).exists())
        self.assertRedirects(self.client.post(address), reverse("indicators"))
        self.assertFalse(Indicator.objects.filter(pk=OWN["code"]).exists())
        self.assertEqual(self.logged()[-1], "outreach.indicator_deleted")

    def test_counts_households_of_one_kind(self):
        make_household(self.cast.kp1)
        said = {"rule": "households_met", "skills": [], "kind": "stall", "minimum_age": ""}
        self.assertEqual(self.add(**said).status_code, 302)
        figure = coverage(self.cast.ward, NOVEMBER).figure("tieu-thuong-quet-ma")
        self.assertEqual(figure.denominator, 0)


class WhatMakesNoSense(IndicatorCase):
    def assert_refused(self, sentence: str, **said) -> None:
        with self.subTest(sentence, **said):
            page = self.add(**said)
            self.assertEqual(page.status_code, 200)
            self.assertIn(sentence, text_of(page))
            self.assertFalse(Indicator.objects.filter(standard=False).exists())

    def test_as_a_code(self):
        for code in ("skill.abc", "có dấu", "hai từ", "a/b", ""):
            said = "Đây không phải là mã" if code else "bắt buộc"
            self.assert_refused(said, code=code)
        self.assert_refused("có chữ hoa", code="Quet-Ma")
        self.assert_refused("là mã của chỉ tiêu chuẩn", code="households_reached")
        self.assert_refused("là mã của chỉ tiêu chuẩn", code="residents_able")

    def test_as_a_code_that_is_taken(self):
        self.add()
        page = self.add(name="Khác")
        self.assertIn("Đã có chỉ tiêu “tieu-thuong-quet-ma”", text_of(page))
        self.assertEqual(Indicator.objects.get(standard=False).name, "Tiểu thương quét mã")

    def test_for_skills(self):
        self.assert_refused("Chưa chọn kỹ năng nào", skills=[])
        self.assert_refused("Không ai có thể đạt 3 kỹ năng khi chỉ chọn 2", at_least="3")
        self.assert_refused("ít nhất một kỹ năng", at_least="0")
        self.assert_refused("không có mức 4", threshold="4")
        self.assert_refused("không có mức 0", threshold="0")
        self.assert_refused("không có thang mức độ", threshold="2", skills=["smartphone"])

    def test_for_ages(self):
        self.assert_refused("Không có ai từ 60 đến 18 tuổi", minimum_age="60", maximum_age="18")
        self.assert_refused("121 tuổi là quá cao", maximum_age="121")

    def test_for_the_rule(self):
        nothing = "không dùng đến mục này"
        self.assert_refused(nothing, rule="households_met")
        self.assert_refused(nothing, rule="residents_taught", skills=[], kind="home")
        self.assert_refused(nothing, rule="households_met", skills=[], minimum_age="0")
        self.assert_refused(nothing, rule="person_days", skills=[], threshold="2")
        self.assert_refused(nothing, kind="stall")
        self.assert_refused("không tính theo kỹ năng", rule="person_days", skills=[], at_least="2")
        self.assert_refused("không có mẫu số", rule="person_days", skills=[], among="hộ")
        self.assert_refused("ghi ở đây những ai", rule="residents_progressed", skills=[],
                            minimum_age="60")  # fmt: skip

    def test_as_what_was_never_offered(self):
        self.assert_refused("lua-chon-la", rule="lua-chon-la")
        self.assert_refused("ky-nang-la", skills=["ky-nang-la"])
        self.assert_refused("bắt buộc", name="")
        self.assert_refused("9999", position="40000")


class EveryRule(IndicatorCase):
    def test_can_be_chosen_with_nothing_but_what_it_needs(self):
        for number, rule in enumerate(Rule):
            skills = ["pay_qr"] if rule == Rule.RESIDENTS_ABLE else []
            with self.subTest(rule):
                answer = self.add(code=f"cua-toi-{number}", rule=rule.value, skills=skills)
                self.assertEqual(answer.status_code, 302)
        self.assertEqual(Indicator.objects.filter(standard=False).count(), len(Rule))
        coverage(self.cast.ward, NOVEMBER)
