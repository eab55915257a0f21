"""A throw-away PostgreSQL for the tests: Debian's own binaries, a temporary folder, a Unix socket.

One cluster serves a whole pytest session. The controller starts it and its xdist workers attach to it::

    cluster = Cluster.start()                    # pytest_configure of the controller
    os.environ["KL_TEST_CLUSTER"] = str(cluster.folder)
    cluster = Cluster.attach(os.environ["KL_TEST_CLUSTER"])      # in a worker
    cluster.ensure_template("kl_template", migrate)              # one worker builds it, the others wait
    cluster.create_database("kl_gw0", template="kl_template")    # 25 ms

It works as root (PostgreSQL itself refuses to, so it runs as `postgres` or `nobody`) and as anybody else. The
server dies with the process that started it, even when that one is killed.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

SUPERUSER = "postgres"
START_SECONDS = 30.0

# C.UTF-8: letters have their Unicode case, the order is that of the code points, on every machine the same.
INITDB_OPTIONS = ("--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions")

# Nothing here outlives a test run: what a crash would lose does not matter, speed does.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "checkpoint_timeout": "1h",
    "max_wal_size": "4GB",
    "shared_buffers": "128MB",
    "max_connections": "200",
    "jit": "off",
    "timezone": "UTC",
    "log_min_messages": "fatal",
}


class ClusterError(RuntimeError):
    """PostgreSQL could not be found or did not start; the message says what to do or what it said."""


def find_binaries() -> Path:
    """Folder of the newest installed PostgreSQL's `initdb` and `postgres`. Raises ClusterError."""
    versions = [p for p in Path("/usr/lib/postgresql").glob("[0-9]*") if (p / "bin" / "initdb").exists()]
    if versions:
        return max(versions, key=lambda folder: int(folder.name)) / "bin"
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    raise ClusterError("PostgreSQL is not installed: `scripts/setup.sh test` installs it")


def _account() -> pwd.struct_passwd | None:
    """The account the server runs under when we are root, else None (our own)."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise ClusterError("PostgreSQL can't run as root and there is neither an account postgres nor nobody")


class Cluster:
    """A running PostgreSQL; `folder` holds its data and its socket."""

    def __init__(self, folder: Path, server: subprocess.Popen[bytes] | None = None) -> None:
        self.folder = folder
        self._server = server

    @classmethod
    def start(cls) -> Cluster:
        """Make and start a new cluster (0.7 s). Raises ClusterError with the server's own words."""
        binaries = find_binaries()
        # A socket's path may have 107 bytes at most, so not below a TMPDIR that somebody nested deeply.
        folder = Path(tempfile.mkdtemp(prefix="kl-pg-", dir="/tmp"))
        account = _account()
        as_account = ["setpriv", "--pdeathsig", "QUIT"]
        if account is not None:
            os.chown(folder, account.pw_uid, account.pw_gid)
            as_account += [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
        environment = {**os.environ, "HOME": str(folder), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        data = folder / "data"
        made = subprocess.run(
            [*as_account, str(binaries / "initdb"), "-D", str(data), "-U", SUPERUSER, *INITDB_OPTIONS],
            capture_output=True,
            text=True,
            cwd=folder,
            env=environment,
            check=False,
        )
        if made.returncode != 0:
            shutil.rmtree(folder, ignore_errors=True)
            raise ClusterError(f"initdb failed:\n{made.stdout}{made.stderr}")
        options = [word for key, value in SETTINGS.items() for word in ("-c", f"{key}={value}")]
        with (folder / "log").open("wb") as log:
            # A session of its own: Ctrl-C stops the tests first, then they stop the server.
            server = subprocess.Popen(
                [*as_account, str(binaries / "postgres"), "-D", str(data), "-k", str(folder), *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=folder,
                env=environment,
                start_new_session=True,
            )
        cluster = cls(folder, server)
        try:
            cluster._wait_until_ready(server)
        except BaseException:
            cluster.stop()
            raise
        return cluster

    @classmethod
    def attach(cls, folder: str | Path) -> Cluster:
        """Use a cluster that another process started; `stop` then does nothing."""
        return cls(Path(folder))

    def _wait_until_ready(self, server: subprocess.Popen[bytes]) -> None:
        limit = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(self._conninfo("postgres")).close()
                return
            except psycopg.OperationalError as error:
                if server.poll() is not None or time.monotonic() > limit:
                    said = (self.folder / "log").read_text(encoding="utf-8", errors="replace")
                    raise ClusterError(f"PostgreSQL did not start:\n{said}") from error
            time.sleep(0.01)

    def _conninfo(self, name: str) -> str:
        return psycopg.conninfo.make_conninfo(host=str(self.folder), user=SUPERUSER, dbname=name)

    def url(self, name: str) -> str:
        """The database's address for SQLAlchemy (psycopg 3 over the socket)."""
        return f"postgresql+psycopg://{SUPERUSER}@/{name}?host={self.folder}"

    @contextmanager
    def connect(self, name: str = "postgres") -> Iterator[psycopg.Connection]:
        """A bare autocommit connection, closed afterwards."""
        connection = psycopg.connect(self._conninfo(name), autocommit=True)
        try:
            yield connection
        finally:
            connection.close()

    def create_database(self, name: str, template: str | None = None) -> str:
        """Create an empty database, or a copy of `template`, which must be idle. Returns the url."""
        with self.connect() as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(template or "template0")
                )
            )
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Drop a database, whoever is still connected; a missing one is fine."""
        with self.connect() as connection:
            statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            connection.execute(statement.format(sql.Identifier(name)))

    def ensure_template(self, name: str, build: Callable[[str], None]) -> None:
        """Have the database `name`, filled once by `build(url)`, whichever process comes first.

        `build` must leave no connection open. It works on a draft that is renamed when it returned, so that
        a build that failed is never taken for a template.
        """
        draft = f"{name}_draft"
        with self.connect() as connection:
            # Held by this session until the connection closes: the other workers wait here.
            connection.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                return
            self.drop_database(draft)
            build(self.create_database(draft))
            connection.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(draft), sql.Identifier(name))
            )

    def stop(self) -> None:
        """Stop the server and remove its folder; safe to call twice, or on an attached cluster."""
        if self._server is None:
            return
        server, self._server = self._server, None
        if server.poll() is None:
            server.send_signal(signal.SIGQUIT)
            try:
                server.wait(timeout=10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
