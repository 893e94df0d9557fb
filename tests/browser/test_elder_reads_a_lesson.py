"""An elder reads a lesson to its end on a small phone, tapping only Next, without JavaScript.

At 200 % the page is shown in both ways a reader gets there: with the browser's text size doubled,
and with the whole page zoomed, which gives a phone of 360 × 640 the viewport of 180 × 320.
"""

from django.test import tag
from playwright.sync_api import Page

from courses.first_lessons import load_lessons
from tests.browser.base import BrowserTestCase

PHONE = {"width": 360, "height": 640}
ZOOMED = {"width": 180, "height": 320}
TARGETS = "a[href], button, input"
# Chromium measures in 1/64 px.
ROUNDING = 0.1


class AnElderReadsALesson(BrowserTestCase):
    def setUp(self):
        super().setUp()
        self.lesson = load_lessons()[0]

    def read(self, page: Page) -> list[dict]:
        """Tap through the whole lesson from the first page; give what each step looks like."""
        page.goto("/")
        page.get_by_role("link", name="Giấy tờ và tiền").click()
        page.get_by_role("link", name=self.lesson.title).click()
        page.get_by_role("link", name="Bắt đầu").click()
        steps = []
        for position, step in enumerate(self.lesson.steps, start=1):
            self.assertTrue(page.url.endswith(f"/buoc-{position}/"), page.url)
            self.assertEqual(page.locator("h1").inner_text(), step.value["title"])
            steps.append(self.measure(page))
            page.locator(".lesson-next a").click()
        self.assertTrue(page.url.endswith("/xong/"), page.url)
        self.assertIn("Hay quá", page.locator("h1").inner_text())
        return steps

    def measure(self, page: Page) -> dict:
        next_button = page.locator(".lesson-next a")
        back = page.locator(".lesson-bar a")
        return {
            "next": next_button.bounding_box(),
            "back": back.bounding_box(),
            "overflow": page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            ),
            "text": self.pixels(page, "main p"),
            "title": self.pixels(page, "h1"),
            "targets": [box.bounding_box() for box in page.locator(f"main {TARGETS}").all()],
            "column": page.locator("article.step").bounding_box(),
        }

    def pixels(self, page: Page, selector: str) -> float:
        """The smallest computed font size of what `selector` names."""
        sizes = page.locator(selector).evaluate_all(
            "elements => elements.map(element => parseFloat(getComputedStyle(element).fontSize))"
        )
        return min(sizes)

    def assertEasyToRead(self, steps: list[dict], scale: float = 1):
        for position, step in enumerate(steps, start=1):
            with self.subTest(step=position):
                self.assertLessEqual(step["overflow"], 0)
                self.assertGreaterEqual(step["text"], 20 * scale)
                self.assertGreaterEqual(step["title"], 26 * scale)
                self.assertGreaterEqual(step["next"]["height"], 64 * scale - ROUNDING)
                self.assertGreaterEqual(step["next"]["width"], step["column"]["width"] - ROUNDING)
                self.assertGreaterEqual(step["back"]["height"], 48 * scale - ROUNDING)
        # The last step says "Xong rồi" in place of "Tiếp theo", at the same place.
        self.assertEqual(1, len({str(step["next"]) for step in steps}), "Next moves")
        self.assertEqual(1, len({str(step["back"]) for step in steps}), "Back moves")

    def test_at_the_usual_size_with_every_step_on_one_screen(self):
        page = self.new_page(**PHONE, javascript=False)
        steps = self.read(page)
        self.assertEasyToRead(steps)

    def test_no_warning_hides_below_the_screen(self):
        page = self.new_page(**PHONE, javascript=False)
        for position in range(1, len(self.lesson.steps) + 1):
            page.goto(self.lesson.step_url(position))
            end = page.locator("article.step").evaluate(
                "step => step.lastElementChild.getBoundingClientRect().bottom"
            )
            top_of_next = page.locator(".lesson-next").bounding_box()["y"]
            self.assertLessEqual(end, top_of_next, f"step {position}")

    def test_with_text_at_two_hundred_percent(self):
        page = self.new_page(**PHONE, javascript=False, zoom=2)
        self.assertEasyToRead(self.read(page), scale=2)

    def test_with_the_page_zoomed_to_two_hundred_percent(self):
        page = self.new_page(**ZOOMED, javascript=False)
        self.assertEasyToRead(self.read(page))

    def test_going_back_step_by_step_leads_out_of_the_lesson(self):
        page = self.new_page(**PHONE, javascript=False)
        page.goto(self.lesson.step_url(2))
        for expected in ("/buoc-1/", "/kich-hoat-dinh-danh-muc-2/", "/giay-to-va-tien/"):
            page.get_by_role("link", name="Quay lại").click()
            self.assertTrue(page.url.endswith(expected), page.url)

    def test_the_keyboard_reaches_everything_with_a_visible_ring(self):
        page = self.new_page(**PHONE, javascript=False)
        page.goto(self.lesson.step_url(1))
        names = []
        for _ in range(3):
            page.keyboard.press("Tab")
            focused = page.locator(":focus")
            names.append(focused.inner_text().strip())
            outline = focused.evaluate(
                "element => [getComputedStyle(element).outlineStyle,"
                " getComputedStyle(element).outlineWidth]"
            )
            self.assertEqual(outline, ["solid", "4px"], names[-1])
        self.assertEqual(
            [name.strip("←→ \n") for name in names], ["Đến thẳng nội dung", "Quay lại", "Tiếp theo"]
        )

    def test_the_first_step_is_light_and_the_next_one_lighter(self):
        page = self.new_page(**PHONE, javascript=False)
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        sent: dict[str, str] = {}
        sizes: list[int] = []
        session.on(
            "Network.requestWillBeSent",
            lambda event: sent.update({event["requestId"]: event["request"]["url"]}),
        )
        session.on("Network.requestServedFromCache", lambda event: sent.pop(event["requestId"]))
        session.on(
            "Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"])
        )
        page.goto(self.lesson.step_url(1), wait_until="networkidle")
        self.assertLessEqual(len(sent), 5, sent)
        self.assertLessEqual(sum(sizes), 40 * 1024)
        sent.clear()
        sizes.clear()
        page.locator(".lesson-next a").click()
        page.wait_for_load_state("networkidle")
        self.assertLessEqual(len(sent), 3, sent)
        self.assertLessEqual(sum(sizes), 8 * 1024)


@tag("appearance")
class PagesFitEveryScreen(BrowserTestCase):
    def setUp(self):
        super().setUp()
        self.lesson = load_lessons()[0]
        url = self.lesson.url
        self.addresses = {
            "home": "/",
            "courses": "/bai-hoc/",
            "course": "/bai-hoc/giay-to-va-tien/",
            "lesson": url,
            "step": f"{url}buoc-1/",
            "done": f"{url}xong/",
            "whole": f"{url}ca-bai/",
            "search": "/tim/?q=dang+ky",
            "nothing-found": "/tim/?q=may+bay",
            "not-found": "/khong-co/",
        }

    def test_no_page_scrolls_sideways_and_targets_are_large_and_apart(self):
        for width, height, zoom in ((360, 640, 1), (320, 568, 1), (180, 320, 1), (360, 640, 2)):
            page = self.new_page(width, height, javascript=False, zoom=zoom)
            for name, address in self.addresses.items():
                with self.subTest(page=name, width=width, zoom=zoom):
                    page.goto(address)
                    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                    self.assertLessEqual(overflow, 0)
                    self.assertTargetsAreLargeAndApart(page)

    def assertTargetsAreLargeAndApart(self, page: Page):
        links = page.locator(f"{TARGETS}").all()
        boxes = [
            (link.inner_text() or link.get_attribute("name"), link.bounding_box())
            for link in links
            if "skip-link" not in (link.get_attribute("class") or "")
        ]
        for name, box in boxes:
            self.assertGreaterEqual(box["height"], 48 - ROUNDING, name)
            self.assertGreaterEqual(box["width"], 48 - ROUNDING, name)
        # What floats over the page (Next) is beside nothing.
        still = [pair for pair in boxes if "→" not in pair[0]]
        for index, (name, a) in enumerate(still):
            for other, b in still[index + 1 :]:
                apart = max(
                    b["x"] - a["x"] - a["width"],
                    a["x"] - b["x"] - b["width"],
                    b["y"] - a["y"] - a["height"],
                    a["y"] - b["y"] - b["height"],
                )
                self.assertGreaterEqual(apart, 12 - ROUNDING, f"{name} and {other}")

    def test_lines_stay_under_eighty_characters_on_a_wide_screen(self):
        page = self.new_page(1280, 800, javascript=False)
        for name, address in self.addresses.items():
            page.goto(address)
            width = page.locator("main p").first.bounding_box()["width"]
            size = page.locator("main p").first.evaluate(
                "p => parseFloat(getComputedStyle(p).fontSize)"
            )
            # A Vietnamese letter of the system's fonts is about half as wide as it is high.
            self.assertLessEqual(width / (size / 2), 80, name)

    def test_pictures_for_people_to_look_at(self):
        phone = self.new_page(**PHONE, javascript=False)
        desk = self.new_page(1280, 800, javascript=False)
        for name, address in self.addresses.items():
            for page, size in ((phone, "phone"), (desk, "desk")):
                page.goto(address)
                self.assertTrue(self.screenshot(page, f"{name}-{size}").exists())
