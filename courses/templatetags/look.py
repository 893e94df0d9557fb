"""What templates of every app need for the product's look."""

from django import template
from django.urls import reverse

from courses.stylesheet import stylesheet

register = template.Library()


@register.simple_tag
def stylesheet_url() -> str:
    return reverse("stylesheet", args=[stylesheet()[0]])
