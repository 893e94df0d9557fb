"""The skills catalogue and the pages of lessons."""

from courses.models.skills import Fact, Level, Skill

__all__ = ["Fact", "Level", "Skill"]
