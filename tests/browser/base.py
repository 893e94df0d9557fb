"""Tests through a real browser: Chromium by Playwright, against the live server."""

import os
import re
import shutil
from pathlib import Path
from unittest import mock

from django.conf import settings
from django.contrib.staticfiles.testing import StaticLiveServerTestCase
from django.db import connection
from django.test import tag
from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
# A loaded machine is slow, a broken page is slower.
PATIENCE_MS = 20_000
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str:
    """The path of the system's Chromium."""
    for name in BROWSERS:
        if path := shutil.which(name):
            return path
    raise FileNotFoundError("Chromium is not installed; run: sudo deploy/ensure-packages")


def _is_shown(name: str) -> bool:
    """Whether the README or a page of docs/ shows the picture."""
    documents = [settings.BASE_DIR / "README.md", *(settings.BASE_DIR / "docs").glob("*.md")]
    return any(f"screenshots/{name}.png" in path.read_text(encoding="utf-8") for path in documents)


@tag("browser")
class BrowserTestCase(StaticLiveServerTestCase):
    """One Chromium per class; a test fails when any of its pages misbehaves (see `watch`).

    What migrations filled in (skills, the root page, groups) is there for each test; the cast and
    its households are built in `setUp`. Tag what only concerns looks with `appearance`: it then
    runs on one database only.
    """

    serialized_rollback = True

    @classmethod
    def setUpClass(cls):
        # Playwright's synchronous interface keeps an event loop in this thread, which Django would
        # take for asynchronous code.
        cls.enterClassContext(mock.patch.dict(os.environ, DJANGO_ALLOW_ASYNC_UNSAFE="true"))
        super().setUpClass()
        contents = connection._test_serialized_contents
        playwright = cls.enterClassContext(sync_playwright())
        # Beside the event loop this thread has a database connection of its own, which must know
        # the contents too that each test begins with.
        connection._test_serialized_contents = contents
        cls.addClassCleanup(connection.close)
        cls.browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        cls.addClassCleanup(cls.browser.close)

    def new_page(
        self,
        width: int = 360,
        height: int = 640,
        javascript: bool = True,
        zoom: float = 1,
        **options,
    ) -> Page:
        """A page of a browser without history or cookies; `page.goto("/")` opens our own address.

        `zoom` enlarges text as a reader's own browser setting does: 2 is 200 %. Other options go
        to Playwright's `new_context`.
        """
        context = self.browser.new_context(
            base_url=self.live_server_url,
            viewport={"width": width, "height": height},
            java_script_enabled=javascript,
            locale="vi-VN",
            timezone_id=settings.TIME_ZONE,
            **options,
        )
        # Cleanups run last to first: pages close, then what they did is judged.
        self.addCleanup(self.check_pages)
        self.addCleanup(context.close)
        context.set_default_timeout(PATIENCE_MS)
        self.watch(context)
        page = context.new_page()
        if zoom != 1:
            sizes = {"standard": round(16 * zoom), "fixed": round(13 * zoom)}
            context.new_cdp_session(page).send("Page.setFontSizes", {"fontSizes": sizes})
        return page

    def setUp(self):
        super().setUp()
        self.problems: list[str] = []

    def check_pages(self) -> None:
        self.assertEqual([], self.problems, "what the pages did wrong")

    def watch(self, context: BrowserContext) -> None:
        """Note as a problem each breach of the content policy, uncaught script error, request to
        another origin, server error, and static file that is not there."""
        own = (f"{self.live_server_url}/", "data:", "blob:", "about:")

        def on_console(message: ConsoleMessage) -> None:
            if "Content Security Policy" in message.text:
                self.problems.append(message.text)

        def on_request(request: Request) -> None:
            if not request.url.startswith(own):
                self.problems.append(f"request to another origin: {request.url}")

        def on_response(response: Response) -> None:
            missing = response.status == 404 and "/static/" in response.url
            if response.status >= 500 or missing:
                self.problems.append(f"{response.status} from {response.url}")

        context.on("console", on_console)
        context.on("request", on_request)
        context.on("response", on_response)
        context.on("weberror", lambda error: self.problems.append(f"script error: {error.error}"))

    def log_in(self, page: Page, username: str, password: str) -> None:
        """Log in as a person does, through the form; fails when the form comes back."""
        page.goto("/tai-khoan/dang-nhap/")
        form = page.locator("form:has(input[name=login])")
        form.locator("input[name=login]").fill(username)
        form.locator("input[name=password]").fill(password)
        form.locator("[type=submit]").click()
        expect(page).not_to_have_url(re.compile("/tai-khoan/dang-nhap/"))

    def screenshot(self, page: Page, name: str, full_page: bool = False) -> Path:
        """Save a picture as `name`.png below .data; with UPDATE_SCREENSHOTS=1 where our documents
        show it, if one does."""
        folder = settings.BASE_DIR / ".data" / "screenshots"
        if os.environ.get("UPDATE_SCREENSHOTS") == "1" and _is_shown(name):
            folder = settings.BASE_DIR / "docs" / "screenshots"
        path = folder / f"{name}.png"
        try:
            page.screenshot(path=path, full_page=full_page, animations="disabled")
        except Error as error:
            # While it replaces one page by the next, Chromium has nothing to show for a moment.
            if "Unable to capture screenshot" not in error.message:
                raise
            page.wait_for_timeout(500)
            page.screenshot(path=path, full_page=full_page, animations="disabled")
        return path
