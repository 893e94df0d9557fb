"""The parts that lessons are made of."""

from courses.blocks.steps import StepBlock

__all__ = ["StepBlock"]
