"""A lesson editor writes and publishes in the admin, and can do nothing else there."""

from datetime import date

from django.contrib.auth.models import Group, Permission
from django.test import TestCase
from django.urls import reverse
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import GroupPagePermission, Page
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from cms.editors import permit_editors
from cms.models import HomePage
from courses.models import CoursePage, LessonIndexPage, LessonPage
from tests.courses.lessons import make_course, make_lesson
from tests.people import make_cast


def lesson_form(**fields) -> dict:
    """What the editor's form sends for a lesson of two steps."""
    steps = [
        {
            "title": title,
            "drawing": "tap",
            "image": {"image": "", "decorative": "", "alt_text": ""},
            "text": rich_text("<p>Bác chạm vào <b>Đăng ký</b>.</p>"),
            "tip": "",
            "warning": "Không đọc mã cho ai.",
        }
        for title in ("Mở ứng dụng", "Chạm vào nút")
    ]
    values = {
        "title": "Đăng ký tài khoản",
        "slug": "",
        "summary": "Bác có tài khoản của mình.",
        "drawing": "card",
        "steps": streamfield([("step", step) for step in steps]),
        "skills": ["use_vneid"],
        "other_words": "",
        "source": "dichvucong.gov.vn, 21/11/2026",
        "app_name": "",
        "app_version": "",
        "valid_as_of": date(2026, 11, 21),
        "review_by": date(2027, 2, 21),
        "editors_note": "",
        "comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MAX_NUM_FORMS": 0},
    }
    return nested_form_data(values | fields) | {"skills": ["use_vneid"]}


class AnEditorWrites(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.cast = make_cast()
        cls.index = LessonIndexPage.objects.get()

    def setUp(self):
        self.client.force_login(self.cast.editor)

    def add(self, parent: Page, model: type[Page], form: dict, publish: bool = True):
        address = reverse(
            "wagtailadmin_pages:add", args=["courses", model._meta.model_name, parent.pk]
        )
        action = {"action-publish": "1"} if publish else {}
        return self.client.post(address, form | action)

    def add_course(self):
        form = {"title": "Điện thoại đầu tiên", "slug": "", "summary": "Làm quen."}
        form |= nested_form_data(
            {"comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MAX_NUM_FORMS": 0}}
        )
        return self.add(self.index, CoursePage, form)

    def test_a_course_and_a_lesson_that_readers_see_at_ascii_addresses(self):
        self.assertEqual(self.add_course().status_code, 302)
        course = CoursePage.objects.get()
        self.assertEqual(self.add(course, LessonPage, lesson_form()).status_code, 302)
        response = self.client.get("/bai-hoc/dien-thoai-dau-tien/dang-ky-tai-khoan/buoc-2/")
        self.assertContains(response, "Chạm vào nút")
        self.assertContains(response, "Bước 2 trên 2")
        skills = LessonPage.objects.get().skills.values_list("pk", flat=True)
        self.assertEqual(list(skills), ["use_vneid"])

    def test_an_address_of_ones_own_is_made_ascii(self):
        course = make_course()
        self.add(course, LessonPage, lesson_form(slug="Định danh"))
        self.assertEqual(LessonPage.objects.get().slug, "dinh-danh")

    def test_a_draft_that_nobody_else_sees(self):
        course = make_course()
        self.add(course, LessonPage, lesson_form(), publish=False)
        lesson = LessonPage.objects.get()
        self.assertFalse(lesson.live)
        self.assertEqual(self.client.get(lesson.url).status_code, 404)

    def test_what_is_missing_is_named_and_nothing_is_published(self):
        course = make_course()
        for fields, message in (
            ({"source": ""}, "source"),
            ({"steps": streamfield([])}, "steps"),
            ({"review_by": date(2026, 1, 1)}, "Ngày kiểm tra lại phải sau"),
            ({"valid_as_of": "hôm qua"}, "valid_as_of"),
        ):
            with self.subTest(message):
                response = self.add(course, LessonPage, lesson_form(**fields))
                self.assertEqual(response.status_code, 200)
                errors = str(response.context["form"].errors)
                self.assertIn(message, errors)
        self.assertFalse(LessonPage.objects.filter(live=True).exists())

    def test_an_own_image_in_place_of_a_drawing(self):
        image = get_image_model().objects.create(title="Chợ", file=get_test_image_file())
        course = make_course()
        form = lesson_form()
        form["steps-0-value-drawing"] = ""
        form["steps-0-value-image-image"] = str(image.pk)
        form["steps-0-value-image-alt_text"] = "Sạp rau ngoài chợ"
        self.assertEqual(self.add(course, LessonPage, form).status_code, 302)
        response = self.client.get(LessonPage.objects.get().step_url(1))
        self.assertContains(response, 'alt="Sạp rau ngoài chợ"')

    def test_unpublishing_takes_the_lesson_from_readers(self):
        lesson = make_lesson(make_course(), "Nhắn tin")
        self.client.post(reverse("wagtailadmin_pages:unpublish", args=[lesson.pk]))
        self.assertEqual(self.client.get(lesson.url).status_code, 404)

    def test_the_forms_speak_vietnamese(self):
        course = make_course()
        address = reverse("wagtailadmin_pages:add", args=["courses", "lessonpage", course.pk])
        response = self.client.get(address)
        for label in ("Tóm tắt", "Đúng đến ngày", "Ghi chú của người biên tập", "Các bước"):
            self.assertContains(response, label)
        self.assertNotContains(response, "w-sync#apply")

    def test_the_preview_shows_all_steps_inside_the_admin(self):
        lesson = make_lesson(make_course(), "Nhắn tin")
        address = reverse("wagtailadmin_pages:view_draft", args=[lesson.pk])
        response = self.client.get(address)
        self.assertContains(response, "Bước số 3")
        self.assertIn("frame-ancestors 'self'", response["Content-Security-Policy"])
        self.assertIn("private", response["Cache-Control"])

    def test_the_step_preview_shows_our_own_look(self):
        block = LessonPage.steps.field.stream_block.child_blocks["step"]
        address = reverse("wagtailadmin_block_preview")
        response = self.client.get(address, {"id": block.definition_prefix})
        self.assertContains(response, "Chọn Kích hoạt")
        self.assertContains(response, "/giao-dien/")


class AnEditorStaysWithLessons(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.cast = make_cast()
        cls.index = LessonIndexPage.objects.get()
        cls.home = HomePage.objects.get()

    def test_the_home_page_is_not_theirs(self):
        self.client.force_login(self.cast.editor)
        for name in ("edit", "unpublish", "delete"):
            self.client.post(
                reverse(f"wagtailadmin_pages:{name}", args=[self.home.pk]), {"title": "X"}
            )
        self.home.refresh_from_db()
        self.assertTrue(self.home.live)
        self.assertEqual(self.home.title, "Ngõ Số")
        tester = self.home.permissions_for_user(self.cast.editor)
        self.assertFalse(tester.can_edit() or tester.can_publish() or tester.can_add_subpage())

    def test_below_the_lessons_they_write_and_publish(self):
        tester = self.index.permissions_for_user(self.cast.editor)
        self.assertTrue(tester.can_add_subpage() and tester.can_publish_subpage())
        self.assertFalse(tester.can_set_view_restrictions() and self.index.private_page_options)

    def test_their_group_holds_only_these_rights(self):
        group = permit_editors(self.index)
        self.assertEqual(
            set(group.permissions.values_list("codename", flat=True)), {"access_admin"}
        )
        rights = GroupPagePermission.objects.filter(group=group)
        self.assertEqual(
            set(rights.values_list("page__slug", "permission__codename")),
            {("bai-hoc", "add_page"), ("bai-hoc", "change_page"), ("bai-hoc", "publish_page")},
        )

    def test_giving_the_rights_again_changes_nothing(self):
        group = permit_editors(self.index)
        counts = group.page_permissions.count(), group.collection_permissions.count()
        permit_editors(self.index)
        self.assertEqual(
            (group.page_permissions.count(), group.collection_permissions.count()), counts
        )
        self.assertEqual(Group.objects.filter(name="Lesson editors").count(), 1)
        self.assertEqual(Permission.objects.filter(codename="access_admin").count(), 1)

    def test_others_may_not_write_lessons(self):
        for user in (self.cast.lan, self.cast.hoa, self.cast.city_viewer):
            tester = self.index.permissions_for_user(user)
            self.assertFalse(tester.can_edit() or tester.can_add_subpage(), user.username)
