"""Lessons for tests: a course, and lessons with as many steps as wanted."""

import json
from datetime import date

from courses.models import CoursePage, LessonIndexPage, LessonPage


def make_course(title: str = "Việc cần làm") -> CoursePage:
    index = LessonIndexPage.objects.get()
    return index.add_child(instance=CoursePage(title=title, summary="Học vài việc."))


def make_lesson(course: CoursePage, title: str, steps: int = 3, **fields) -> LessonPage:
    """A published lesson; its steps say nothing that a search could find."""
    blocks = [make_step(f"Bước số {position}") for position in range(1, steps + 1)]
    values = {
        "summary": "Một việc.",
        "source": "chinhphu.vn, 21/11/2026",
        "valid_as_of": date(2026, 11, 21),
        "review_by": date(2027, 2, 21),
        "steps": json.dumps(blocks),
    }
    return course.add_child(instance=LessonPage(title=title, **values | fields))


def make_step(title: str, **fields) -> dict:
    value = {
        "title": title,
        "drawing": "tap",
        "image": {"image": None, "decorative": False, "alt_text": ""},
        "text": "<p>Bác chạm vào nút.</p>",
        "tip": "",
        "warning": "",
    }
    return {"type": "step", "value": value | fields}
