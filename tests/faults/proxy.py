"""Something between a phone and the server that loses, repeats, delays and cuts what passes."""

import contextlib
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from random import Random

SECONDS = 20
PAGE = b"<!doctype html><title>Nginx</title><h1>Please log in to the Wi-Fi</h1>"


def _page(line: str) -> bytes:
    head = f"HTTP/1.1 {line}\r\nContent-Type: text/html\r\nContent-Length: {len(PAGE)}\r\n"
    return head.encode() + b"Connection: close\r\n\r\n" + PAGE


BAD_GATEWAY = _page("502 Bad Gateway")
WALL = _page("200 OK")


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.split(b":")[1])
    return 0


def _message(line: socket.socket) -> bytes:
    """One request, whole; less if who sends it stops."""
    data = b""
    while b"\r\n\r\n" not in data:
        if not (more := line.recv(65536)):
            return data
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    missing = _length(head) - len(body)
    while missing > 0 and (more := line.recv(65536)):
        data += more
        missing -= len(more)
    return data


def _shortened(request: bytes, keep: int) -> bytes:
    """With a body of `keep` bytes that claims to be whole."""
    head, _, body = request.partition(b"\r\n\r\n")
    lines = [
        b"Content-Length: %d" % min(keep, len(body))
        if line.lower().startswith(b"content-length:")
        else line
        for line in head.split(b"\r\n")
    ]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body[:keep]


class Proxy:
    """Listens at `address` and forwards to `server`, now and then badly.

    `seed` decides what becomes of the first request, the second and so on; `badly` is the share of
    them that something happens to. What happened is counted in `done`; requests that the server
    answered with 500 are in `server_errors`. As a context it begins and ends; at its end everything
    that was sent has arrived or never will.
    """

    def __init__(self, server: tuple[str, int], seed: int | str, badly: float = 0.6):
        self.server, self.random, self.badly = server, Random(seed), badly
        self.faults: list[Callable[[bytes, Random], bytes]] = [
            self._drop_request,
            self._drop_answer,
            self._repeat,
            self._repeat_at_once,
            self._repeat_late,
            self._delay,
            self._cut_request,
            self._shorten_request,
            self._cut_answer,
            self._bad_gateway,
            self._bad_gateway_afterwards,
            self._wall,
        ]
        self.done: Counter[str] = Counter()
        self.server_errors: list[bytes] = []
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address: tuple[str, int] = self._listener.getsockname()[:2]

    def __enter__(self) -> "Proxy":
        self._accepting = threading.Thread(target=self._accept)
        self._accepting.start()
        return self

    def __exit__(self, *error) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._accepting.join()
        self.settle()

    def settle(self) -> None:
        """Wait until nothing is on its way any more."""
        while True:
            with self._lock:
                threads, self._threads = self._threads, []
            if not threads:
                return
            for thread in threads:
                thread.join()

    def _start(self, job: Callable, *given) -> threading.Thread:
        thread = threading.Thread(target=job, args=given)
        with self._lock:
            self._threads.append(thread)
        thread.start()
        return thread

    def _accept(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            line.settimeout(SECONDS)
            self._start(self._serve, line)

    def _serve(self, line: socket.socket) -> None:
        with line, contextlib.suppress(OSError):
            request = _message(line)
            with self._lock:
                own = Random(self.random.getrandbits(64))
            fault = own.choice(self.faults) if own.random() < self.badly else self._forward
            with self._lock:
                self.done[fault.__name__.strip("_")] += 1
            line.sendall(fault(request, own))

    def _forward(self, request: bytes, own: Random | None = None) -> bytes:
        """Hand on; what comes back until the server closes."""
        answer = b""
        with (
            contextlib.suppress(OSError),
            socket.create_connection(self.server, timeout=SECONDS) as line,
        ):
            line.sendall(request)
            line.shutdown(socket.SHUT_WR)
            while more := line.recv(65536):
                answer += more
        if answer[:16].split(b" ")[1:2] == [b"500"]:
            self.server_errors.append(request)
        return answer

    def _drop_request(self, request: bytes, own: Random) -> bytes:
        return b""

    def _drop_answer(self, request: bytes, own: Random) -> bytes:
        self._forward(request)
        return b""

    def _repeat(self, request: bytes, own: Random) -> bytes:
        answers = [self._forward(request) for _ in range(2)]
        return own.choice(answers)

    def _repeat_at_once(self, request: bytes, own: Random) -> bytes:
        answers: list[bytes] = []
        copies = [
            self._start(lambda: answers.append(self._forward(request)))
            for _ in range(own.randint(2, 4))
        ]
        for copy in copies:
            copy.join()
        return own.choice(answers)

    def _repeat_late(self, request: bytes, own: Random) -> bytes:
        seconds = own.uniform(0, 0.5)

        def again() -> None:
            time.sleep(seconds)
            self._forward(request)

        answer = self._forward(request)
        self._start(again)
        return answer

    def _delay(self, request: bytes, own: Random) -> bytes:
        time.sleep(own.uniform(0, 0.1))
        answer = self._forward(request)
        time.sleep(own.uniform(0, 0.1))
        return answer

    def _cut_request(self, request: bytes, own: Random) -> bytes:
        return self._forward(request[: own.randrange(len(request) or 1)])

    def _shorten_request(self, request: bytes, own: Random) -> bytes:
        body = request.partition(b"\r\n\r\n")[2]
        return self._forward(_shortened(request, own.randrange(len(body) or 1)))

    def _cut_answer(self, request: bytes, own: Random) -> bytes:
        answer = self._forward(request)
        return answer[: own.randrange(len(answer) or 1)]

    def _bad_gateway(self, request: bytes, own: Random) -> bytes:
        return BAD_GATEWAY

    def _bad_gateway_afterwards(self, request: bytes, own: Random) -> bytes:
        self._forward(request)
        return BAD_GATEWAY

    def _wall(self, request: bytes, own: Random) -> bytes:
        return WALL
