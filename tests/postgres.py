"""A private PostgreSQL for one test run: its own folder, its own socket, gone at the end."""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg

OWNER = "ngo_so"
STARTING_SECONDS = 60
# Test data need not survive a power cut; nothing listens on the network.
OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "dynamic_shared_memory_type": "mmap",
}

DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}


def programs() -> Path:
    """The folder of PostgreSQL's server programs, the newest version's."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3])
    )
    if not versions:
        raise SystemExit("PostgreSQL is not installed; run: sudo deploy/ensure-packages")
    return versions[-1].parent


def server_identity() -> dict:
    """Arguments of subprocess that give up root, as which PostgreSQL refuses to run."""
    if os.geteuid() != 0:
        return {}
    person = pwd.getpwnam("postgres")
    return {"user": person.pw_uid, "group": person.pw_gid, "extra_groups": []}


@contextlib.contextmanager
def private_cluster(durable: bool = False) -> Iterator[str]:
    """Start a cluster, give its DATABASE_URL, and stop it by its id whatever happens. `durable`:
    what it acknowledges survives a power cut, as in production."""
    identity = server_identity()
    folder = Path(tempfile.mkdtemp(prefix="ngo-so-pg-"))
    try:
        if identity:
            os.chown(folder, identity["user"], identity["group"])
        data = folder / "data"
        subprocess.run(
            [
                programs() / "initdb",
                *("--pgdata", data, "--username", OWNER, "--auth", "trust"),
                *("--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"),
            ],
            check=True,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            **identity,
        )
        chosen = {**OPTIONS, **DURABLE} if durable else OPTIONS
        options = [f"--{name}={value}" for name, value in chosen.items()]
        log = folder / "log"
        with log.open("wb") as output:
            # The signal at our own death stops the server even when we are killed outright.
            server = subprocess.Popen(
                [
                    *("setpriv", "--pdeathsig", "INT", "--"),
                    *(programs() / "postgres", "-D", data, "-k", folder, *options),
                ],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                **identity,
            )
        try:
            wait_until_ready(server, folder, log)
            yield f"postgres://{OWNER}@{quote(str(folder), safe='')}/postgres"
        finally:
            stop(server)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def wait_until_ready(server: subprocess.Popen, folder: Path, log: Path) -> None:
    deadline = time.monotonic() + STARTING_SECONDS
    while True:
        try:
            psycopg.connect(host=str(folder), user=OWNER, dbname="postgres").close()
            return
        except psycopg.OperationalError as error:
            if server.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"PostgreSQL did not start: {log.read_text()}") from error
            time.sleep(0.1)


def stop(server: subprocess.Popen) -> None:
    """Ask for a shutdown that drops connections; after ten seconds, insist."""
    server.send_signal(2)
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.send_signal(3)
        server.wait(10)
