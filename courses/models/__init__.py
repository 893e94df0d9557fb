"""The skills catalogue and the pages of lessons."""

from courses.models.pages import CoursePage, LessonIndexPage, LessonNumber, LessonPage
from courses.models.skills import Fact, Level, Skill

__all__ = [
    "CoursePage",
    "Fact",
    "LessonIndexPage",
    "LessonNumber",
    "LessonPage",
    "Level",
    "Skill",
]
