"""The lessons that every installation begins with, from `courses/data/lessons`."""

import json
from datetime import date
from pathlib import Path

from django.db import transaction

from courses.models import CoursePage, LessonIndexPage, LessonPage, Skill

DATA = Path(__file__).parent / "data" / "lessons"
COURSE = {
    "title": "Giấy tờ và tiền trên điện thoại",
    "slug": "giay-to-va-tien",
    "summary": "Dùng VNeID, trả tiền và nhận tiền cho an toàn.",
}


@transaction.atomic
def load_lessons() -> list[LessonPage]:
    """Create and publish the first lessons where they are missing; give them in their order.

    A lesson that is there already is left as its editor made it. Raises
    LessonIndexPage.DoesNotExist when the site has no list of courses.
    """
    index = LessonIndexPage.objects.get()
    course = CoursePage.objects.child_of(index).filter(slug=COURSE["slug"]).first()
    if course is None:
        course = index.add_child(instance=CoursePage(**COURSE))
    return [
        LessonPage.objects.child_of(course).filter(slug=lesson["slug"]).first()
        or _publish(course, lesson)
        for lesson in map(_read, sorted(DATA.glob("*.json")))
    ]


def _read(path: Path) -> dict:
    lesson = json.loads(path.read_text(encoding="utf-8"))
    for name in ("valid_as_of", "review_by"):
        lesson[name] = date.fromisoformat(lesson[name])
    return lesson


def _publish(course: CoursePage, fields: dict) -> LessonPage:
    fields = dict(fields)
    skills = Skill.objects.filter(code__in=fields.pop("skills"))
    empty = {
        "image": {"image": None, "decorative": False, "alt_text": ""},
        "tip": "",
        "warning": "",
    }
    steps = [{"type": "step", "value": empty | step} for step in fields.pop("steps")]
    lesson = course.add_child(instance=LessonPage(**fields, steps=json.dumps(steps), live=False))
    lesson.skills.set(skills)
    lesson.save_revision().publish()
    return LessonPage.objects.get(pk=lesson.pk)
