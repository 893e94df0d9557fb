"""Bodies are read in constant memory, whatever they claim and whatever they hold."""

import gzip
import io
import tracemalloc
import zlib

from django.test import RequestFactory, SimpleTestCase

from outreach.api.bodies import (
    CHUNK,
    MAX_BYTES,
    MAX_COMPRESSED,
    chunks,
    inflate,
    parse_json,
    read_body,
)
from outreach.api.errors import ApiError


class BodyCase(SimpleTestCase):
    def refused(self, code: str, call, *arguments):
        with self.assertRaises(ApiError) as caught:
            call(*arguments)
        self.assertEqual(caught.exception.problem.code, code)
        return caught.exception


class Fed:
    """Hands out pieces and counts them."""

    def __init__(self, pieces):
        self.pieces = pieces
        self.taken = 0

    def __iter__(self):
        for piece in self.pieces:
            self.taken += 1
            yield piece


class Gzip(BodyCase):
    def test_what_was_packed_comes_back(self):
        for size in (0, 1, CHUNK, CHUNK + 1, MAX_BYTES):
            body = bytes(i * i % 251 for i in range(min(size, 5000))) * (size // 5000 + 1)
            body = body[:size]
            with self.subTest(size):
                self.assertEqual(inflate([gzip.compress(body)]), body)

    def test_in_whatever_pieces_it_arrives(self):
        packed = gzip.compress(b"xin chao" * 1000)
        pieces = [packed[i : i + 7] for i in range(0, len(packed), 7)]
        self.assertEqual(inflate(pieces), b"xin chao" * 1000)

    def test_one_byte_too_many_is_too_large(self):
        exception = self.refused("too_large", inflate, [gzip.compress(b"a" * (MAX_BYTES + 1))])
        self.assertEqual(exception.status, 413)

    def test_a_bomb_is_left_after_the_first_megabyte(self):
        packer = zlib.compressobj(9, wbits=31)
        nothing = bytes(1_000_000)
        packed = b"".join(packer.compress(nothing) for _ in range(300)) + packer.flush()
        fed = Fed([packed[i : i + 100] for i in range(0, len(packed), 100)])
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        before, _peak = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        self.refused("too_large", inflate, fed)
        peak = tracemalloc.get_traced_memory()[1] - before
        self.assertLess(peak, 2 * MAX_BYTES)
        # 300 MB are in about 2,900 pieces; one of them holds some 100 KB.
        self.assertLess(fed.taken, 30)

    def test_a_bomb_in_one_piece_is_no_different(self):
        packed = gzip.compress(bytes(200_000_000), 9)
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        before, _peak = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        self.refused("too_large", inflate, [packed])
        self.assertLess(tracemalloc.get_traced_memory()[1] - before, 2 * MAX_BYTES)

    def test_endless_packing_of_nothing_is_too_large(self):
        header = gzip.compress(b"")[:10]
        empty_block = b"\x00\x00\x00\xff\xff"
        stream = io.BytesIO(header + empty_block * 400_000)
        self.refused("too_large", inflate, chunks(stream, MAX_COMPRESSED))
        self.assertLessEqual(stream.tell(), MAX_COMPRESSED + CHUNK)

    def test_what_is_cut_off_damaged_or_followed_by_more_is_unreadable(self):
        packed = gzip.compress(b"xin chao" * 100)
        for name, body in (
            ("nothing", b""),
            ("cut in the header", packed[:5]),
            ("cut in the middle", packed[:-10]),
            ("cut in the checksum", packed[:-1]),
            ("damaged checksum", packed[:-8] + bytes(8)),
            ("followed", packed + b"x"),
            ("two of them", packed + packed),
            ("zlib", zlib.compress(b"xin chao")),
        ):
            with self.subTest(name):
                self.assertEqual(self.refused("unreadable", inflate, [body]).status, 400)
        self.refused("unreadable", inflate, [packed, b"x"])


class ARequest(BodyCase):
    def request(self, body: bytes, **more):
        return RequestFactory().generic("POST", "/api/v1/x", body, **more)

    def test_may_be_plain_or_gzip(self):
        for headers, body in (
            ({}, b"abc"),
            ({"HTTP_CONTENT_ENCODING": "identity"}, b"abc"),
            ({"HTTP_CONTENT_ENCODING": " GZip "}, gzip.compress(b"abc")),
            ({"HTTP_CONTENT_ENCODING": "x-gzip"}, gzip.compress(b"abc")),
        ):
            with self.subTest(headers):
                self.assertEqual(read_body(self.request(body, **headers)), b"abc")

    def test_may_have_a_megabyte_and_no_byte_more(self):
        self.assertEqual(len(read_body(self.request(b"a" * MAX_BYTES))), MAX_BYTES)
        self.refused("too_large", read_body, self.request(b"a" * (MAX_BYTES + 1)))

    def test_is_not_loaded_before_it_is_measured(self):
        request = self.request(b"a" * 5_000_000)
        self.refused("too_large", read_body, request)
        self.assertFalse(hasattr(request, "_body"))

    def test_is_not_believed_about_its_length(self):
        broken_off = {"wsgi.input": io.BytesIO(b"abc"), "CONTENT_LENGTH": "2000000000"}
        self.assertEqual(read_body(self.request(b"abc", **broken_off)), b"abc")
        self.assertEqual(read_body(self.request(b"abc", CONTENT_LENGTH="2")), b"ab")
        for length in ("", "x", "-1"):
            with self.subTest(length):
                self.assertEqual(read_body(self.request(b"abc", CONTENT_LENGTH=length)), b"")

    def test_that_breaks_off_is_unreadable(self):
        class Broken:
            def read(self, size):
                raise OSError("reset by peer")

        self.refused("unreadable", lambda: list(chunks(Broken(), 10)))


class Json(BodyCase):
    def test_of_every_kind_is_read(self):
        text = '{"a": [1, 2.5, true, null, "Đặng \\ud800 \\u0000"], "a": {"b": []}}'
        self.assertEqual(parse_json(text.encode()), {"a": {"b": []}})
        self.assertEqual(parse_json(b'"\\ud800\\u0000"'), "\ud800\0")

    def test_nested_thirty_two_deep_is_read_and_deeper_is_not(self):
        def nested(depth: int) -> bytes:
            return (
                b'{"a":' * (depth // 2)
                + b"[" * (depth - depth // 2)
                + (b"]" * (depth - depth // 2) + b"}" * (depth // 2))
            )

        parse_json(nested(32))
        for depth in (33, 34, 900):
            with self.subTest(depth):
                self.refused("unreadable", parse_json, nested(depth))
        self.refused("unreadable", parse_json, b"[" * MAX_BYTES)
        self.refused("unreadable", parse_json, b'{"a":' * 200_000)

    def test_that_is_none_is_refused(self):
        for body in (
            *(b"", b" ", b"{", b"nan", b"NaN", b"[Infinity]", b"-Infinity", b"1e999", b"[-1e999]"),
            *(b"\xff", b'"\xed\xa0\x80"', b"\xef\xbb\xbf{}", "{}".encode("utf-16"), b"'a'", b"01"),
            b"1" * 5000,
        ):
            with self.subTest(body[:20]):
                self.refused("unreadable", parse_json, body)
