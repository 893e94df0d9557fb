"""The officer's desk in tests: upload, look, confirm."""

import re
import tempfile
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase, override_settings
from django.urls import reverse

from outreach.models import RosterImport
from tests.people import make_cast

ABOUT = {"purpose": "visits", "legal_basis": "Kế hoạch 31/KH-UBND ngày 27/1/2026"}


class Desk(TestCase):
    def setUp(self):
        self.cast = make_cast()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.uploads = Path(folder.name) / "uploads"
        settings = override_settings(DATA_DIR=Path(folder.name))
        settings.enable()
        self.addCleanup(settings.disable)
        self.client.force_login(self.cast.hoa)

    def upload(self, content: bytes, name="Danh sách hộ.xlsx", **about):
        file = SimpleUploadedFile(name, content)
        return self.client.post(reverse("roster_upload"), {"file": file, **ABOUT, **about})

    def uploaded(self, content: bytes) -> RosterImport:
        response = self.upload(content)
        record = RosterImport.objects.get(state="previewed")
        self.assertRedirects(
            response, reverse("roster_import", args=[record.pk]), fetch_redirect_response=False
        )
        return record

    def look(self, record: RosterImport):
        return self.client.get(reverse("roster_import", args=[record.pk]))

    def confirm(self, record: RosterImport, difference=None, **choices):
        if difference is None:
            page = self.look(record).content.decode()
            difference = re.search(r'name="difference" value="(\w+)"', page)[1]
        address = reverse("confirm_roster_import", args=[record.pk])
        return self.client.post(address, {"difference": difference, **choices}, follow=True)
