"""Courses, lessons and the addresses of their steps."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page

from cms.models import HomePage
from cms.site_tree import plant_site_tree
from courses.models import CoursePage, LessonIndexPage, LessonPage
from tests.courses.lessons import make_course, make_lesson, make_step


class APageGetsItsAddress(TestCase):
    def test_a_vietnamese_title_becomes_ascii_with_d_for_đ(self):
        course = make_course("Đăng ký, đóng thuế & Ứng dụng số")
        self.assertEqual(course.slug, "dang-ky-dong-thue-ung-dung-so")

    def test_the_same_title_again_gets_a_number(self):
        course = make_course()
        make_lesson(course, "Đổi mật khẩu")
        self.assertEqual(make_lesson(course, "Đổi mật khẩu").slug, "doi-mat-khau-2")

    def test_a_title_without_letters_still_gets_an_address(self):
        self.assertEqual(make_course("???").slug, "coursepage")

    def test_a_slug_that_was_given_stays(self):
        course = make_course()
        self.assertEqual(make_lesson(course, "Đổi mật khẩu", slug="mat-khau").slug, "mat-khau")


class ALessonGetsItsNumber(TestCase):
    def setUp(self):
        self.course = make_course()

    def test_each_lesson_has_another(self):
        numbers = [make_lesson(self.course, "Một").number, make_lesson(self.course, "Hai").number]
        self.assertLess(numbers[0], numbers[1])

    def test_it_stays_when_the_lesson_changes(self):
        lesson = make_lesson(self.course, "Một")
        number = lesson.number
        lesson.title = "Khác"
        lesson.save_revision().publish()
        self.assertEqual(LessonPage.objects.get(pk=lesson.pk).number, number)

    def test_the_number_of_a_deleted_lesson_is_never_given_again(self):
        last = make_lesson(self.course, "Một")
        number = last.number
        last.delete()
        self.assertGreater(make_lesson(self.course, "Hai").number, number)

    def test_a_copy_gets_its_own(self):
        lesson = make_lesson(self.course, "Một")
        copy = lesson.copy(update_attrs={"slug": "mot-2"})
        self.assertNotEqual(copy.number, lesson.number)

    def test_the_database_refuses_the_same_number_twice(self):
        first, second = make_lesson(self.course, "Một"), make_lesson(self.course, "Hai")
        with self.assertRaises(IntegrityError), transaction.atomic():
            LessonPage.objects.filter(pk=second.pk).update(number=first.number)


class PagesHaveTheirPlaces(TestCase):
    def test_each_kind_stands_only_below_its_own_parent(self):
        self.assertEqual(HomePage.allowed_subpage_models(), [LessonIndexPage])
        self.assertEqual(LessonIndexPage.allowed_subpage_models(), [CoursePage])
        self.assertEqual(CoursePage.allowed_subpage_models(), [LessonPage])
        self.assertEqual(LessonPage.allowed_subpage_models(), [])
        self.assertEqual(LessonPage.allowed_parent_page_models(), [CoursePage])

    def test_planting_the_tree_again_changes_nothing(self):
        before = list(Page.objects.values_list("path", "slug"))
        plant_site_tree()
        self.assertEqual(list(Page.objects.values_list("path", "slug")), before)

    def test_there_is_one_home_and_no_welcome_page_of_wagtail(self):
        self.assertEqual([page.slug for page in Page.objects.filter(depth=2)], ["trang-dau"])


class ALessonIsChecked(TestCase):
    def test_it_must_be_checked_again_after_it_was_checked(self):
        lesson = make_lesson(make_course(), "Một")
        lesson.review_by = lesson.valid_as_of
        with self.assertRaises(ValidationError) as caught:
            lesson.full_clean()
        self.assertIn("Ngày kiểm tra lại phải sau", str(caught.exception))

    def test_a_step_needs_a_drawing_or_an_image(self):
        block = LessonPage.steps.field.stream_block.child_blocks["step"]
        value = block.to_python(make_step("Không hình", drawing="")["value"])
        with self.assertRaises(ValidationError) as caught:
            block.clean(value)
        self.assertIn("drawing", caught.exception.block_errors)


class AReaderWalksThroughALesson(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.course = make_course()
        cls.lesson = make_lesson(cls.course, "Gọi hình", editors_note="Hỏi lại ngân hàng")
        cls.other = make_lesson(cls.course, "Nhắn tin")
        cls.url = "/bai-hoc/viec-can-lam/goi-hinh/"

    def test_the_first_page_leads_to_the_course_and_the_course_to_its_lessons(self):
        self.assertContains(self.client.get("/"), 'href="/bai-hoc/viec-can-lam/"')
        self.assertContains(self.client.get("/bai-hoc/"), 'href="/bai-hoc/viec-can-lam/"')
        self.assertContains(self.client.get("/bai-hoc/viec-can-lam/"), f'href="{self.url}"')

    def test_the_opening_page_says_how_many_steps_and_where_it_comes_from(self):
        response = self.client.get(self.url)
        for text in ("3 bước", "chinhphu.vn", "21/11/2026", "Bắt đầu", f"{self.url}buoc-1/"):
            self.assertContains(response, text)
        self.assertNotContains(response, "Hỏi lại ngân hàng")

    def test_each_step_has_its_address_with_back_and_next(self):
        response = self.client.get(f"{self.url}buoc-2/")
        for text in ("Bước 2 trên 3", "Bước số 2", f"{self.url}buoc-1/", f"{self.url}buoc-3/"):
            self.assertContains(response, text)
        self.assertNotContains(response, "Bước số 1")

    def test_the_first_step_goes_back_to_the_opening_page(self):
        self.assertContains(self.client.get(f"{self.url}buoc-1/"), f'href="{self.url}"')

    def test_the_last_step_leads_to_the_closing_page_and_on_to_the_next_lesson(self):
        self.assertContains(self.client.get(f"{self.url}buoc-3/"), f"{self.url}xong/")
        closing = self.client.get(f"{self.url}xong/")
        self.assertContains(closing, f'href="{self.other.url}"')

    def test_the_last_lesson_leads_back_to_the_course(self):
        closing = self.client.get(f"{self.other.url}xong/")
        self.assertContains(closing, 'class="button" href="/bai-hoc/viec-can-lam/"')

    def test_a_step_that_is_not_there_leads_back_into_the_lesson(self):
        for position in ("0", "4", "99999999999999999999"):
            response = self.client.get(f"{self.url}buoc-{position}/")
            self.assertContains(response, "có 3 bước", status_code=404)
            self.assertContains(response, f'href="{self.url}"', status_code=404)

    def test_any_other_address_gets_the_calm_page(self):
        for address in ("buoc-x/", "buoc--1/", "buoc-1/2/", "%00/", "gi-do/"):
            response = self.client.get(self.url + address)
            self.assertContains(response, "Không sao đâu bác", status_code=404)

    def test_the_whole_lesson_can_be_printed(self):
        response = self.client.get(f"{self.url}ca-bai/")
        for position in (1, 2, 3):
            self.assertContains(response, f"<h2>Bước số {position}</h2>")

    def test_a_draft_is_not_there_for_readers(self):
        self.lesson.unpublish()
        self.assertEqual(self.client.get(self.url).status_code, 404)
        self.assertEqual(self.client.get(f"{self.url}buoc-1/").status_code, 404)
        self.assertNotContains(self.client.get("/bai-hoc/viec-can-lam/"), "Gọi hình")

    def test_a_lesson_whose_steps_an_editor_emptied_shows_no_step(self):
        LessonPage.objects.filter(pk=self.lesson.pk).update(steps="[]")
        self.assertEqual(self.client.get(f"{self.url}buoc-1/").status_code, 404)
        self.assertEqual(self.client.get(f"{self.url}xong/").status_code, 200)


class TheListsAreEmpty(TestCase):
    def test_a_course_without_lessons_says_what_to_do(self):
        make_course()
        self.assertContains(self.client.get("/bai-hoc/viec-can-lam/"), "Khóa này chưa có bài")

    def test_a_site_without_courses_says_what_to_do(self):
        for address in ("/", "/bai-hoc/"):
            self.assertContains(self.client.get(address), "Chưa có khóa học nào")


class PagesCostTheSameHoweverManyThereAre(TestCase):
    def queries(self, address: str) -> int:
        self.client.get(address)
        with CaptureQueriesContext(connection) as captured:
            self.client.get(address)
        return len(captured)

    def test_in_queries(self):
        course = make_course()
        make_lesson(course, "Bài 1", steps=2)
        addresses = [
            "/",
            "/bai-hoc/",
            "/bai-hoc/viec-can-lam/",
            "/bai-hoc/viec-can-lam/bai-1/buoc-1/",
            "/bai-hoc/viec-can-lam/bai-1/xong/",
            "/tim/?q=bai",
        ]
        few = [self.queries(address) for address in addresses]
        for number in range(2, 12):
            make_course(f"Khóa {number}")
            make_lesson(course, f"Bài {number}", steps=12)
        self.assertEqual([self.queries(address) for address in addresses], few)
        self.assertLessEqual(max(few), 14)
