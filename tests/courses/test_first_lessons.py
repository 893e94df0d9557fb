"""The lessons that every installation begins with."""

import re
from datetime import date

from django.test import TestCase

from courses.first_lessons import load_lessons
from courses.models import CoursePage, LessonIndexPage, LessonPage

MOST_SYLLABLES_A_STEP = 40
MOST_SYLLABLES_A_SENTENCE = 15


def syllables(text: str) -> int:
    """Vietnamese writes syllables apart, so they are words; "1900 0368" counts as two."""
    return len(re.findall(r"\w+(?:\.\w+)*", text))


def sentences(step) -> list[str]:
    """Titles, paragraphs, tips and warnings, cut at full stops, question and exclamation marks."""
    paragraphs = re.findall(r"<p>(.*?)</p>", step["text"].source)
    parts = [step["title"], *paragraphs, step["tip"], step["warning"]]
    plain = [re.sub(r"<[^>]+>", "", part) for part in parts]
    return [one for part in plain for one in re.split(r"[.!?]+(?:\s|$)", part) if one.strip()]


class TheFirstLessonsAreLoaded(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.lessons = load_lessons()

    def test_both_are_public_and_teach_skills_of_the_catalogue(self):
        self.assertEqual(
            [lesson.title for lesson in LessonPage.objects.live()],
            [
                "Kích hoạt tài khoản định danh mức 2 trên VNeID",
                "Nhận và trả tiền bằng mã QR cho an toàn",
            ],
        )
        skills = [set(lesson.skills.values_list("pk", flat=True)) for lesson in self.lessons]
        self.assertEqual(
            skills, [{"eid_issued", "eid_activated", "use_vneid"}, {"pay_qr", "spot_scam"}]
        )

    def test_loading_again_changes_nothing_and_keeps_what_an_editor_wrote(self):
        first = self.lessons[0]
        first.summary = "Câu của người biên tập."
        first.save_revision().publish()
        again = load_lessons()
        self.assertEqual([lesson.pk for lesson in again], [lesson.pk for lesson in self.lessons])
        self.assertEqual(again[0].summary, "Câu của người biên tập.")
        self.assertEqual(CoursePage.objects.count(), 1)

    def test_a_lesson_that_was_deleted_comes_back_with_a_new_number(self):
        number = self.lessons[1].number
        self.lessons[1].delete()
        self.assertGreater(load_lessons()[1].number, number)

    def test_without_a_list_of_courses_it_says_so(self):
        LessonIndexPage.objects.get().delete()
        with self.assertRaises(LessonIndexPage.DoesNotExist):
            load_lessons()

    def test_each_says_its_source_and_how_long_it_holds(self):
        for lesson in self.lessons:
            self.assertEqual(lesson.valid_as_of, date(2026, 11, 21))
            self.assertEqual(lesson.review_by, date(2027, 2, 21))
            self.assertGreater(len(lesson.source), 100)
            self.assertEqual(lesson.app_version, "")
            self.assertIn(
                "kiểm tra lại" if not lesson.app_name else "đối chiếu", lesson.editors_note
            )


class TheFirstLessonsArePlain(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.steps = [
            (lesson.slug, position, step.value)
            for lesson in load_lessons()
            for position, step in enumerate(lesson.steps, start=1)
        ]

    def test_each_has_eight_to_twelve_steps(self):
        for lesson in LessonPage.objects.live():
            self.assertIn(len(lesson.steps), range(8, 13))

    def test_a_step_has_at_most_forty_syllables_and_a_sentence_fifteen(self):
        for slug, position, step in self.steps:
            with self.subTest(lesson=slug, step=position):
                counts = [syllables(sentence) for sentence in sentences(step)]
                self.assertLessEqual(sum(counts), MOST_SYLLABLES_A_STEP)
                self.assertLessEqual(max(counts), MOST_SYLLABLES_A_SENTENCE)

    def test_difficult_words_are_explained_where_they_first_stand(self):
        explained = {
            "OTP": "Mã OTP là",
            "passcode": "Passcode là",
            "ứng dụng": "Ứng dụng là",
            "mã QR": "Mã QR là",
        }
        for lesson in LessonPage.objects.live():
            texts = [step.value.plain_text for step in lesson.steps]
            for word, explanation in explained.items():
                first = next((text for text in texts if word.lower() in text.lower()), explanation)
                if word == "OTP" and "gọi là OTP" in first:
                    continue
                self.assertIn(explanation.lower(), first.lower(), lesson.slug)

    def test_both_say_that_codes_and_passwords_are_given_to_nobody(self):
        for lesson in LessonPage.objects.live():
            warnings = " ".join(step.value["warning"] for step in lesson.steps)
            self.assertRegex(warnings, "Không (đọc|đưa) mã")
            self.assertRegex(warnings, "mật khẩu")
