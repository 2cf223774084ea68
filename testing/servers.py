"""What a measurement may break, because it is its own: PostgreSQL, Redis, a wire between two processes, a disk."""

import asyncio
import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

START_S = 60.0
PIECE = 1 << 16


class NotInstalledError(Exception):
    """A program that a server needs is not on this machine."""


class Redis:
    """The Redis that is installed, on a free port of 127.0.0.1, with nothing kept on disk.

    Raises:
        NotInstalledError: neither redis-server nor valkey-server is there.
    """

    def __init__(self, folder: Path) -> None:
        program = shutil.which("redis-server") or shutil.which("valkey-server")
        if program is None:
            raise NotInstalledError("redis-server or valkey-server")
        self.port = free_port()
        self._command = [program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    @property
    def pid(self) -> int:
        """Of the server's process; 0 while it is away."""
        return 0 if self._process is None else self._process.pid

    def start(self) -> None:
        """Start with nothing in it, and wait until it answers."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(lambda: _listens(self.port), "Redis")

    def kill(self) -> None:
        """End it as a power cut does; what was in it is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


class PostgreSQL:
    """A cluster of the PostgreSQL that is installed, with one database, on a free port of 127.0.0.1.

    It runs as the user `postgres` where this process is root, which PostgreSQL refuses to be.

    Args:
        synced: whether commits wait for the disk, as in production.

    Raises:
        NotInstalledError: the server's programs are not there.
    """

    def __init__(self, *, synced: bool = True) -> None:
        self._programs = _postgres_programs()
        self._user = "postgres" if os.geteuid() == 0 else None
        # Not below a folder that only we may enter.
        self.folder = Path(tempfile.mkdtemp(prefix="chainrule-postgres-"))
        if self._user is not None:
            owner = pwd.getpwnam(self._user)
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        self._data = self.folder / "data"
        self.port = free_port()
        self._synced = synced
        self._process: subprocess.Popen[bytes] | None = None
        initdb = [str(self._programs / "initdb"), "-D", str(self._data), "-U", "postgres", "-A", "trust", "--no-sync"]
        subprocess.run([*initdb, "-E", "UTF8", "--locale=C"], user=self._user, cwd="/", check=True, capture_output=True)
        self.start()

    @property
    def pid(self) -> int:
        """Of the server's first process; 0 while it is away."""
        return 0 if self._process is None else self._process.pid

    @property
    def url(self) -> str:
        """The database's address."""
        return self.url_through(self.port)

    def url_through(self, port: int) -> str:
        """The database's address, reached through another port."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"

    def start(self) -> None:
        """Start, and wait until it takes connections."""
        options = ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=200"]
        options += ["-c", "fsync=on" if self._synced else "fsync=off"]
        self._process = subprocess.Popen(
            [self._programs / "postgres", "-D", self._data, "-p", str(self.port), *options],
            user=self._user,
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for(self._takes_connections, "PostgreSQL")

    def crash(self) -> None:
        """End it at once: what was under way is lost; the next start recovers what was committed from its log."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait()
            self._process = None

    def remove(self) -> None:
        """End it, and forget everything in it."""
        self.crash()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _takes_connections(self) -> bool:
        import psycopg

        try:
            psycopg.connect(f"postgresql://postgres@127.0.0.1:{self.port}/postgres", connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True


class Wire:
    """What lies between a process and a server: bytes pass, or wait, or the connections are cut.

    Args:
        port: of the server on 127.0.0.1.

    Attributes:
        port: of this end.
    """

    def __init__(self, port: int) -> None:
        self._to = port
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._passes = asyncio.Event()
        self._ends: set[asyncio.StreamWriter] = set()
        self._listens = threading.Event()
        self._thread = threading.Thread(target=self._run, name="wire", daemon=True)
        self._thread.start()
        self._listens.wait()

    def stall(self) -> None:
        """Let nothing through; nobody is told, and what was sent arrives when the wire is whole again."""
        self._loop.call_soon_threadsafe(self._passes.clear)

    def heal(self) -> None:
        """Let everything through."""
        self._loop.call_soon_threadsafe(self._passes.set)

    def cut(self) -> None:
        """Break the connections that there are."""
        self._loop.call_soon_threadsafe(self._abort)

    def close(self) -> None:
        """Listen no more."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _abort(self) -> None:
        for end in self._ends:
            end.transport.abort()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._passes.set()
        server = self._loop.run_until_complete(asyncio.start_server(self._join, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._listens.set()
        self._loop.run_forever()
        server.close()
        self._abort()
        waiting = asyncio.all_tasks(self._loop)
        for task in waiting:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*waiting, return_exceptions=True))
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends = {writer}
        self._ends.add(writer)
        try:
            await self._passes.wait()
            there, to = await asyncio.open_connection("127.0.0.1", self._to)
            ends.add(to)
            self._ends.add(to)
            await asyncio.gather(self._pump(reader, to), self._pump(there, writer))
        except OSError:
            pass
        finally:
            self._ends -= ends
            for end in ends:
                end.transport.abort()

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while piece := await source.read(PIECE):
                await self._passes.wait()
                sink.write(piece)
                await sink.drain()
        sink.close()


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int = 64) -> Iterator[Callable[[], contextlib.AbstractContextManager[None]]]:
    """Put a disk of its own under the folder, and give what fills it for a while.

    Where this process may not mount, the folder is put aside for a while instead: every write fails, reads as well.
    """
    folder.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "chainrule-chaos", str(folder)]
    mounted = subprocess.run(mount, check=False, capture_output=True).returncode == 0
    lock = threading.Lock()

    @contextlib.contextmanager
    def full() -> Iterator[None]:
        ballast = folder / ".ballast"
        with lock, ballast.open("wb", buffering=0) as file:
            try:
                with contextlib.suppress(OSError):
                    while file.write(bytes(1 << 16)):
                        pass
                yield
            finally:
                ballast.unlink()

    @contextlib.contextmanager
    def aside() -> Iterator[None]:
        away = folder.with_name("away")
        with lock:
            folder.rename(away)
            folder.touch()
            try:
                yield
            finally:
                folder.unlink()
                away.rename(folder)

    try:
        yield full if mounted else aside
    finally:
        if mounted:
            unmount = ["umount", "--lazy", str(folder)]
            subprocess.run(unmount, check=False, capture_output=True)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with contextlib.closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def wait_for(holds: Callable[[], bool], what: str, within_s: float = START_S) -> None:
    """Wait until something is true.

    Raises:
        RuntimeError: it did not become true in time.
    """
    deadline = time.monotonic() + within_s
    while not holds():
        if time.monotonic() > deadline:
            raise RuntimeError(f"{what}: not within {within_s:.0f} s")
        time.sleep(0.05)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _postgres_programs() -> Path:
    on_path = shutil.which("initdb")
    # Debian keeps them beside the path, a folder for each version.
    found = [Path(on_path).resolve().parent] if on_path else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not found or not (found[-1] / "postgres").exists():
        raise NotInstalledError("initdb and postgres")
    return found[-1]
