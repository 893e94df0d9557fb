"""One step of a lesson: one thing to do, with a picture."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, ChoiceBlock, RichTextBlock, StructBlock, StructValue
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.images.blocks import ImageBlock

from courses.drawings import Drawing

# Twice the widest a picture is shown on a phone.
PICTURE_FILTER = "width-720|format-webp"


@dataclass(frozen=True)
class Picture:
    """What an <img> needs. Sizes are in CSS pixels."""

    url: str
    alt: str
    width: int = 320
    height: int = 200


class StepValue(StructValue):
    """A step as templates and search use it."""

    @cached_property
    def picture(self) -> Picture:
        """The editor's own image if there is one, else the drawing."""
        image = self.get("image")
        if image is None:
            drawing = Drawing(self["drawing"] or Drawing.LANE)
            return Picture(drawing.url, drawing.label)
        rendition = image.get_rendition(PICTURE_FILTER)
        alt = "" if image.decorative else image.contextual_alt_text
        return Picture(rendition.url, alt, rendition.width, rendition.height)

    @property
    def plain_text(self) -> str:
        """Everything the step says, without mark-up."""
        body = strip_tags(self["text"].source.replace(">", "> ")) if self["text"] else ""
        return " ".join(
            part for part in (self["title"], body, self["tip"], self["warning"]) if part
        )


class StepBlock(StructBlock):
    title = CharBlock(
        label=_("Title"), max_length=80, help_text=_("What the reader does, in a few words.")
    )
    drawing = ChoiceBlock(
        label=_("Drawing"), choices=Drawing.choices, required=False, help_text=_("One of our own.")
    )
    image = ImageBlock(
        label=_("Image"),
        required=False,
        help_text=_("Only if no drawing fits. Never a copied screen, a logo or a person's papers."),
    )
    text = RichTextBlock(
        label=_("Text"),
        features=["bold", "italic", "ol", "ul"],
        help_text=_(
            "One thing to do. At most 40 syllables in the whole step, 15 in a sentence; "
            "explain each new word where it stands."
        ),
    )
    tip = CharBlock(label=_("Tip"), max_length=160, required=False)
    warning = CharBlock(
        label=_("Warning"),
        max_length=160,
        required=False,
        help_text=_("For what could cost the reader money or their account."),
    )

    class Meta:
        label = _("Step")
        icon = "list-ol"
        template = "courses/blocks/step.html"
        preview_template = "courses/blocks/step_preview.html"
        description = _("One thing to do, with a picture. Readers see one step at a time.")
        value_class = StepValue
        label_format = "{title}"

    def clean(self, value):
        cleaned = super().clean(value)
        if not self.is_deferred_validation and bool(cleaned["drawing"]) == bool(
            cleaned.get("image")
        ):
            message = _("Choose either one of our drawings or an image of your own.")
            raise StructBlockValidationError({"drawing": ValidationError(message)})
        return cleaned

    def get_preview_value(self):
        return self.to_python(
            {
                "title": "Chọn Kích hoạt",
                "drawing": Drawing.TAP,
                "image": None,
                "text": "<p>Bác chạm vào dòng <b>Kích hoạt</b>.</p>",
                "tip": "",
                "warning": "Không đọc mã cho bất cứ ai.",
            }
        )
