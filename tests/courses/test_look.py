"""The style sheet, its colours and the drawings."""

import re
from pathlib import Path
from xml.etree import ElementTree

from django.conf import settings
from django.test import SimpleTestCase

from courses.drawings import Drawing
from courses.stylesheet import stylesheet

CSS = Path(settings.BASE_DIR) / "static" / "css"
TEXT_PAIRS = [
    ("ink", "paper"),
    ("ink", "surface"),
    ("muted", "paper"),
    ("muted", "surface"),
    ("leaf", "paper"),
    ("leaf", "surface"),
    ("on-leaf", "leaf"),
    ("on-pale-leaf", "pale-leaf"),
    ("on-amber", "amber"),
    ("brick", "paper"),
    ("on-brick", "brick"),
]


def luminance(colour: str) -> float:
    """WCAG's relative luminance of #rrggbb."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


class ColoursAreReadable(SimpleTestCase):
    def palettes(self) -> list[dict[str, str]]:
        light, dark = (CSS / "tokens.css").read_text().split("prefers-color-scheme: dark")
        pattern = re.compile(r"--([\w-]+): (#[0-9a-f]{6})")
        day = dict(pattern.findall(light))
        return [day, day | dict(pattern.findall(dark))]

    def test_text_has_a_contrast_of_seven_by_day_and_by_night(self):
        for palette in self.palettes():
            for text, ground in TEXT_PAIRS:
                with self.subTest(text=text, ground=ground):
                    self.assertGreaterEqual(contrast(palette[text], palette[ground]), 7)

    def test_borders_of_controls_have_a_contrast_of_three(self):
        for palette in self.palettes():
            for ground in ("paper", "surface"):
                self.assertGreaterEqual(contrast(palette["line"], palette[ground]), 3)

    def test_the_night_has_colours_of_its_own(self):
        day, night = self.palettes()
        self.assertNotEqual(day["paper"], night["paper"])


class TheStyleSheetIsSent(SimpleTestCase):
    def test_in_one_piece_that_may_be_kept_for_ever(self):
        digest, content = stylesheet()
        response = self.client.get(f"/giao-dien/{digest}.css")
        self.assertEqual(response.content, content)
        self.assertIn("immutable", response["Cache-Control"])
        self.assertEqual(response["Content-Type"], "text/css; charset=utf-8")

    def test_a_page_from_before_an_update_gets_the_present_one(self):
        response = self.client.get("/giao-dien/000000000000.css")
        self.assertRedirects(
            response, f"/giao-dien/{stylesheet()[0]}.css", fetch_redirect_response=False
        )

    def test_it_holds_every_component_and_is_light(self):
        content = stylesheet()[1]
        for component in CSS.glob("components/*.css"):
            self.assertIn(component.read_bytes(), content)
        self.assertLess(len(content), 24 * 1024)


class DrawingsAreOurOwn(SimpleTestCase):
    def test_each_is_a_small_svg_in_ink_and_leaf_without_style_or_script(self):
        for drawing in Drawing:
            path = Path(settings.BASE_DIR) / "static" / "drawings" / f"{drawing}.svg"
            with self.subTest(drawing=drawing):
                self.assertLess(path.stat().st_size, 6 * 1024)
                root = ElementTree.parse(path).getroot()
                self.assertEqual(root.get("viewBox"), "0 0 320 200")
                tags = {element.tag.split("}")[1] for element in root.iter()}
                self.assertLessEqual(tags, {"svg", "path", "rect", "circle"})
                colours = {e.get(a) for e in root.iter() for a in ("stroke", "fill")}
                allowed = {None, "none", "#1B1B1B", "#0B4F45", "#DDEFE9", "#FFFBF2"}
                self.assertLessEqual(colours, allowed)
                self.assertFalse([e for e in root.iter() if e.get("style") or e.get("class")])
