"""Two people at one home, two copies of a form, a recount: all at the same moment."""

from collections.abc import Callable
from datetime import date
from html.parser import HTMLParser

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, TransactionTestCase
from django.utils import timezone

from outreach.ledger import event_of, uuid7
from outreach.models import (
    Assessment,
    Consent,
    Household,
    LedgerEvent,
    ResidentSkill,
    RosterImport,
    Visit,
)
from outreach.payloads import VisitRecorded
from outreach.verify import differences
from tests.builders import give_consent, make_household
from tests.outreach.roster.lists import DATA
from tests.people import make_cast
from tests.together import together

ROUNDS = 4


class HiddenFields(HTMLParser):
    """The hidden fields of a page."""

    def __init__(self, page: str):
        super().__init__()
        self.fields: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        if tag == "input" and said.get("type") == "hidden":
            self.fields[said["name"]] = said.get("value", "")


class AtTheSameMoment(TransactionTestCase):
    # The browser tests leave a database without what migrations filled in; each puts it back.
    serialized_rollback = True

    def setUp(self):
        self.cast = make_cast()
        self.home = make_household(self.cast.kp1, "Đặng Thị Bích Yến", as_of=date(2026, 1, 1))
        self.yen = self.home.head
        self.level = f"level_{self.yen.pk.hex}_pay_qr"
        self.address = f"/phieu/ho/{self.home.pk}/"

    def person(self, user) -> Client:
        client = Client(raise_request_exception=False)
        client.force_login(user)
        return client

    def form(self, **changes) -> dict:
        now = timezone.localtime()
        return {
            "key": str(uuid7()),
            "outcome": "met",
            "visited_on": f"{now:%Y-%m-%d}",
            "visited_time": f"{now:%H:%M}",
            "visitor": self.cast.lan.pk,
        } | changes

    def post(self, user, address: str, data: dict) -> Callable[[], int]:
        client = self.person(user)
        return lambda: client.post(address, data).status_code

    def assert_ledger_agrees(self):
        self.assertEqual(list(differences(self.cast.ward)), [])

    def test_copies_of_one_form_are_one_visit(self):
        data = self.form(**{f"consent_{self.yen.pk.hex}": "said", self.level: "2"})
        copies = [self.post(self.cast.lan, self.address, data) for _ in range(4)]
        self.assertEqual(together(*copies), [302] * 4)
        self.assertEqual((Visit.objects.count(), Consent.objects.count()), (1, 1))
        self.assert_ledger_agrees()

    def test_two_visits_to_one_home_are_both_kept(self):
        give_consent(self.yen, self.cast.lan)
        for number in range(1, ROUNDS + 1):
            said = together(
                self.post(self.cast.lan, self.address, self.form(**{self.level: "1"})),
                self.post(self.cast.minh, self.address, self.form(**{self.level: "2"})),
            )
            self.assertEqual(said, [302, 302])
            self.assertEqual(Visit.objects.count(), 2 * number)
        self.assertEqual(ResidentSkill.objects.count(), 1)
        self.assert_ledger_agrees()

    def test_a_consent_taken_back_leaves_no_level_of_a_visit_being_saved(self):
        for _ in range(ROUNDS):
            give_consent(self.yen, self.cast.lan, timezone.now())
            give_consent(self.yen, self.cast.lan)
            together(
                self.post(self.cast.minh, f"/phieu/nguoi/{self.yen.pk}/rut-dong-y/", {}),
                self.post(self.cast.lan, self.address, self.form(**{self.level: "1"})),
            )
            self.assertFalse(Assessment.objects.exists())
            self.assertFalse(ResidentSkill.objects.exists())
        self.assert_ledger_agrees()

    def test_a_recount_meets_no_half_saved_visit(self):
        client = self.person(self.cast.lan)
        found, *saved = together(
            lambda: [line for _ in range(6) for line in differences(self.cast.ward)],
            *[
                lambda: [client.post(self.address, self.form()).status_code for _ in range(8)],
            ]
            * 2,
        )
        self.assertEqual(found, [])
        self.assertEqual(saved, [[302] * 8] * 2)

    def test_one_of_several_decisions_about_a_visit_stands(self):
        for home in (self.home.pk, None):
            said = VisitRecorded(visited_at=timezone.now(), outcome="absent")
            type, ward = LedgerEvent.Type.VISIT_RECORDED, self.cast.ward
            event = event_of(type, said, ward=ward, household=home, actor=self.cast.lan)
            event.status, event.reason = LedgerEvent.Status.QUARANTINED, "not_enrolled"
            event.save()
            address = f"/admin/cho-xu-ly/{event.number}/"
            chosen = {"household": str(self.home.pk)}
            accept = [self.post(self.cast.hoa, f"{address}nhan/", chosen) for _ in range(3)]
            reject = self.post(self.cast.hoa, f"{address}khong-nhan/", {"reason": "nhầm"})
            self.assertEqual(together(*accept, reject), [302] * 4)
            decided = LedgerEvent.objects.filter(payload__event=str(event.uuid)).get()
            event.refresh_from_db()
            accepted = decided.payload["decision"] == "accept"
            self.assertEqual(event.status, "applied" if accepted else "rejected")
            self.assertEqual(Visit.objects.filter(pk=event.uuid).exists(), accepted)
        self.assert_ledger_agrees()

    def test_two_imports_of_one_list_write_it_once(self):
        name = "roster-household-rows.xlsx"
        client = self.person(self.cast.hoa)
        jobs = []
        for _ in range(2):
            address = client.post(
                "/admin/danh-sach/tai-len/",
                {
                    "file": SimpleUploadedFile(name, (DATA / name).read_bytes()),
                    "purpose": "visits",
                    "legal_basis": "Kế hoạch 31/KH-UBND",
                },
            )["Location"]
            fields = HiddenFields(client.get(address).content.decode()).fields
            data = {"difference": fields["difference"], "skip_bad_rows": "on"}
            jobs += [self.post(self.cast.hoa, f"{address}nhap/", data) for _ in range(2)]
        self.assertEqual(together(*jobs), [302] * 4)
        self.assertEqual(RosterImport.objects.filter(state="confirmed").count(), 1)
        written = LedgerEvent.objects.filter(type="roster.imported").count()
        self.assertEqual(Household.objects.count(), written)
        self.assert_ledger_agrees()
