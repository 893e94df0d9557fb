"""Files stay short, are named after ideas, and fetch nothing from elsewhere."""

import ast
import re

from django.test import SimpleTestCase

from tests.house.sources import shown, source_files

LONGEST_FILE = 400
LONGEST_FUNCTION = 50
EMPTY_NAMES = {"util", "utils", "helper", "helpers", "common", "core", "misc", "services"}
# A link may lead elsewhere; what the page itself loads may not.
LOADS = re.compile(
    r"""<(?:script|img|iframe|audio|video|source|embed|object|use|image)\b[^>]*?\b
        (?:src|srcset|data|href)\s*=\s*["']?(?:https?:)?//
      | <link\b[^>]*?\bhref\s*=\s*["']?(?:https?:)?//
      | <form\b[^>]*?\baction\s*=\s*["']?(?:https?:)?//
      | url\(\s*["']?(?:https?:)?//
      | @import\s+["'](?:https?:)?//
      | \b(?:fetch|import|importScripts|open)\s*\(\s*["'`](?:https?:)?//
      | \bfrom\s+["'](?:https?:)?//
    """,
    re.VERBOSE | re.IGNORECASE,
)
SILENCER = re.compile(r"#\s*(?:noqa|type:\s*ignore|nosec|pragma:\s*no cover)[^-–—]*$", re.MULTILINE)


def long_functions(source: str) -> list[tuple[str, int]]:
    """Name and length in lines of each function above the limit."""
    functions = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    lengths = [(node.name, node.end_lineno - node.lineno + 1) for node in functions]
    return [(name, length) for name, length in lengths if length > LONGEST_FUNCTION]


class OurFiles(SimpleTestCase):
    def test_have_at_most_400_lines(self):
        lengths = {
            shown(path): len(path.read_text().splitlines())
            for path in source_files(".py", ".html", ".css", ".js")
        }
        self.assertTrue(lengths)
        self.assertEqual({}, {path: n for path, n in lengths.items() if n > LONGEST_FILE})

    def test_are_named_after_ideas(self):
        paths = list(source_files(".py", ".js", ".css", ".html"))
        self.assertEqual([], [shown(path) for path in paths if path.stem in EMPTY_NAMES])

    def test_have_functions_of_at_most_50_lines(self):
        found = {shown(path): long_functions(path.read_text()) for path in source_files(".py")}
        self.assertEqual({}, {path: functions for path, functions in found.items() if functions})

    def test_give_a_reason_with_each_silenced_check(self):
        found = {shown(path): SILENCER.findall(path.read_text()) for path in source_files(".py")}
        self.assertEqual({}, {path: lines for path, lines in found.items() if lines})

    def test_load_nothing_from_elsewhere(self):
        files = source_files(".html", ".css", ".js", ".svg", folders=("templates", "static"))
        found = {shown(path): LOADS.findall(path.read_text()) for path in files}
        self.assertEqual({}, {path: places for path, places in found.items() if places})


class TheRules(SimpleTestCase):
    """The searches above would find what they are for."""

    def test_see_what_a_page_loads_from_elsewhere(self):
        for text in (
            '<script defer src="https://elsewhere.example/a.js"></script>',
            "<link rel=stylesheet href=//elsewhere.example/a.css>",
            '<img alt="" src="http://elsewhere.example/a.png">',
            '<form method="post" action="https://elsewhere.example/">',
            "a { background: url('https://elsewhere.example/a.png') }",
            'import { a } from "https://elsewhere.example/a.js"',
            "await fetch(`https://elsewhere.example/`)",
        ):
            with self.subTest(text):
                self.assertRegex(text, LOADS)

    def test_let_links_and_namespaces_be(self):
        for text in (
            '<a href="https://dichvucong.gov.vn/">Cổng dịch vụ công</a>',
            '<svg xmlns="http://www.w3.org/2000/svg">',
            "<script src=\"{% static 'js/a.js' %}\"></script>",
            '<link rel="stylesheet" href="/static/css/base.css"><a href="https://vneid.gov.vn">',
        ):
            with self.subTest(text):
                self.assertNotRegex(text, LOADS)

    def test_see_a_long_function(self):
        body = "    pass\n" * LONGEST_FUNCTION
        self.assertEqual([("long", 51)], long_functions(f"def long():\n{body}"))

    def test_see_a_silencer_without_a_reason(self):
        silencer = "# " + "noqa: E402"
        self.assertRegex(f"import a  {silencer}\n", SILENCER)
        self.assertNotRegex(f"import a  {silencer} - only after the environment is set\n", SILENCER)
