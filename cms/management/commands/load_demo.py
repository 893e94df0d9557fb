"""Make the demo ward and its log-ins."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cms.demo.cast import load_demo


class Command(BaseCommand):
    help = "Fills an installation in demo mode with invented wards, people and visits."

    def handle(self, *args, **options):
        if not settings.DEMO:
            raise CommandError(
                "NGO_SO_MODE is 'production': demo data with known passwords is refused here."
            )
        logins = load_demo()
        self.stdout.write(f"Log in at {settings.BASE_URL}/tai-khoan/dang-nhap/")
        for login in logins:
            self.stdout.write(f"  {login.username:<10} {login.full_name:<16} {login.what}")
        self.stdout.write(f"The password of each is: {settings.DEMO_PASSWORD}")
