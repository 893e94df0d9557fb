"""The forms of wards and cities, which our numbers fill."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from volunteers.models import Area


class ReportForm(models.Model):
    """A workbook with placeholders that a ward, or a city for all its wards, keeps for its reports.

    The file lies in the database, so that backups hold it; it holds no personal data of residents.
    """

    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name=_("area"))
    name = models.CharField(_("name"), max_length=120)
    content = models.BinaryField()
    # Of the content.
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()

    class Meta:
        ordering = ["area", "name"]
        verbose_name = _("form for reports")
        verbose_name_plural = _("forms for reports")
        constraints = [
            models.UniqueConstraint(fields=["area", "name"], name="form_names_are_unique"),
        ]

    def __str__(self) -> str:
        return self.name
