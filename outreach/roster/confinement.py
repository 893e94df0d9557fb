"""Reading a file in a process of its own, which can do no harm and is always ended."""

import json
import logging
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Timer

from outreach.roster.problems import Refusal

logger = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parent.parent.parent
# -I: nothing of the environment counts; -S: installed packages are not even looked for.
FLAGS = ("-I", "-S")
START = "import sys; sys.path.append(sys.argv[1]); from outreach.roster.parsing import main; main()"


@contextmanager
def reading(content: bytes, asked: dict, seconds: float) -> Iterator[Iterator[list]]:
    """What the reading process writes about `content` (see parsing.py), its last word being "done".

    Going through it raises Refusal when the process gives up, breaks, or takes longer than
    `seconds`. When the block is left the process is gone.
    """
    try:
        process = _start(content, asked)
    except OSError as error:
        # No room for the file, or for one more process.
        logger.warning("No process could be started to read a list: %s", error.strerror)
        raise Refusal("too_much_memory") from error
    late = Event()

    def stop() -> None:
        late.set()
        process.kill()

    timer = Timer(seconds, stop)
    timer.daemon = True
    try:
        timer.start()
        yield _answers(process, late)
    finally:
        timer.cancel()
        process.kill()
        process.communicate()


def _start(content: bytes, asked: dict) -> "subprocess.Popen[bytes]":
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        return subprocess.Popen(  # noqa: S603 - what is run and asked is ours alone.
            [sys.executable, *FLAGS, "-c", START, str(ROOT), json.dumps(asked)],
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # No secrets.
            env={},
        )


def _answers(process: "subprocess.Popen[bytes]", late: Event) -> Iterator[list]:
    for line in process.stdout or ():
        try:
            answer = json.loads(line)
        except ValueError:
            # The process ended in the middle of a line.
            break
        if answer[0] == "unfit":
            _, code, parameters, where = answer
            if where:
                logger.info("A list could not be read: %s", where)
            raise Refusal(code, **parameters)
        yield answer
        if answer[0] == "done":
            return
    raise Refusal(_why_it_ended(process.wait(), late.is_set()))


def _why_it_ended(status: int, late: bool) -> str:
    if late or status == -signal.SIGXCPU:
        return "took_too_long"
    if status == -signal.SIGKILL:
        # By the system, which was short of memory.
        return "too_much_memory"
    logger.warning("The process that reads lists ended with status %d.", status)
    return "damaged_file"
