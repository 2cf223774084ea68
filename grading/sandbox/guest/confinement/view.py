"""The file system that the warden, the zygotes and the boxes see: read-only binds of what the interpreter needs.

Built once, by the warden, before anything but the standard library is imported. Boxes get a private copy of this mount
tree with their own `/proc`, `/tmp`, `/dev/shm` and `/box`.

Where our own packages are installed beside the interpreter's others, or a folder of the service lies among them, an
empty folder is mounted over each. Where the interpreter lies below a folder that becomes the box's own, as in a clone
below `/tmp`, it is shown in there again.
"""

import contextlib
import functools
import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from . import syscalls

BOX = "/box"
WORK = "/box/work"
HOME = "/box/home"
TEMPORARY = "/box/tmp"
SHARED = "/box/shm"
DATA = "/data"
CHECKPOINTS = "/checkpoints"

DEVICES = ("/dev/null", "/dev/urandom")
# A second /dev, with a GPU's nodes as well: in a box that was granted them it takes the first one's place; in
# every box it is covered.
GRANTED = "/granted"
SYSTEM = ("/usr/lib", "/usr/lib64", "/usr/lib32", "/lib", "/lib32", "/lib64", "/libx32", "/usr/local/lib")
# Fonts for matplotlib; time zones for pandas; the CPU's shape for torch's thread pool and cpuinfo.
EXTRA = ("/usr/share/fonts", "/etc/fonts", "/usr/share/zoneinfo", "/sys/devices/system/cpu")
COPIED = ("/etc/ld.so.cache", "/etc/localtime")
STAGING = ("/mnt", "/media", "/srv", "/opt", "/run", "/tmp")
SCRATCH_BYTES = 64 << 20
# Of a prefix, which may be a folder that holds much else: a repository, a home.
PREFIX_PARTS = ("bin", "lib", "lib32", "lib64", "share", "pyvenv.cfg")
OWN_PACKAGES = ("grading", "reference_models", "api", "worker", "cli", "migrations")
# Beside them in a working copy only: among installed packages such names may be anybody's.
OWN_FOLDERS = (".git", "tests", "testing", "benchmarks", "docs", "var")
CHECKOUT = "pyproject.toml"
GUEST = "grading/sandbox/guest"

USERS = "root:x:0:0::/box/home:/bin/false\nstudent:x:1000:1000:student:/box/home:/bin/false\n"
GROUPS = "root:x:0:\nstudent:x:1000:\n"

_MS_RELATIME = 1 << 21
_ST_RELATIME = 4096
# These flags have the same value in statvfs(3) and mount(2): noexec, noatime, nodiratime.
_KEPT_FLAGS = 0x8 | 0x400 | 0x800


@functools.cache
def interpreter_paths() -> tuple[str, ...]:
    """What this interpreter needs to import its packages: parts of its prefixes, and our own guest folder."""
    prefixes = {sys.prefix, sys.base_prefix, str(Path(sys.executable).resolve().parent.parent)}
    # A system interpreter lives among everything else: only its libraries, which SYSTEM already names.
    parts = [f"{prefix}/{part}" for prefix in prefixes - {"/usr", "/usr/local", "/"} for part in PREFIX_PARTS]
    paths = {str(Path(__file__).resolve().parents[1]), *(part for part in parts if os.path.exists(part))}
    # The interpreter knows a link by its own name, and its compiled libraries by what is behind it.
    return tuple(sorted(paths | {os.path.realpath(path) for path in paths}))


@functools.cache
def own_folders() -> tuple[str, ...]:
    """Our folders, installed among other packages or a working copy's. A box sees the guest of these, and no more."""
    roots = {Path(__file__).resolve().parents[4], *(Path(entry).resolve() for entry in sys.path)}
    found = []
    for root in (root for root in roots if (root / GUEST).is_dir()):
        names = (*OWN_PACKAGES, *(OWN_FOLDERS if (root / CHECKOUT).is_file() else ()))
        found += [str(root / name) for name in names if (root / name).is_dir()]
    return tuple(sorted(found))


def readable_paths() -> list[str]:
    """Every path that stays readable, for Landlock."""
    etc = ("/etc/passwd", "/etc/group", "/etc/nsswitch.conf")
    return [*interpreter_paths(), *SYSTEM, *EXTRA, *COPIED, *etc, DATA, CHECKPOINTS, "/proc", "/content"]


def around(path: str, hidden: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """The path, if nothing hidden is in it; else everything in it that neither is hidden nor holds something hidden.

    Args:
        path: to be readable.
        hidden: not to be, even below it; without links.

    Yields:
        Paths, and whether all of each may be read; else it may be listed, since modules are looked for in lists.
    """
    real = os.path.realpath(path)
    inside = [other for other in hidden if is_below(other, real)]
    if not inside:
        yield path, True
    elif real not in inside:
        yield path, False
        with contextlib.suppress(OSError):
            for entry in os.scandir(real):
                # What a link leads to may be a part of this very folder, which has its own turn.
                if not entry.is_symlink() or not any(_related(os.path.realpath(entry.path), h) for h in inside):
                    yield from around(entry.path, inside)


def is_below(path: str, folder: str) -> bool:
    """Whether the path is the folder or lies in it."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def leave_host(*, inner_root: bool) -> None:
    """A mount namespace of our own; an ordinary user needs a user namespace first, in which it may make others.

    Raises:
        OSError: the kernel or the container refuses; the caller settles for less.
    """
    if not inner_root:
        uid, gid = os.geteuid(), os.getegid()
        syscalls.unshare(syscalls.CLONE_NEWUSER)
        syscalls.write("/proc/self/setgroups", "deny")
        syscalls.write("/proc/self/uid_map", f"0 {uid} 1\n")
        syscalls.write("/proc/self/gid_map", f"0 {gid} 1\n")
    syscalls.unshare(syscalls.CLONE_NEWNS)


def enter(*, data: str | None, checkpoints: str | None, hidden: Iterable[str], granted: Sequence[str] = ()) -> None:
    """Move this process into the view. Needs CAP_SYS_ADMIN in its user namespace and a mount namespace of its own.

    Args:
        data: folder of data sets to show at `DATA`, or None.
        checkpoints: the same for pretrained weights.
        hidden: folders of the service that must not be seen, wherever they lie.
        granted: device nodes that some boxes will be given.

    Raises:
        OSError: the kernel or the container refuses; the caller settles for less.
    """
    sources = [path for path in (*interpreter_paths(), *SYSTEM, *EXTRA) if os.path.lexists(path)]
    for source in sources:
        if source.startswith((f"{BOX}/", f"{DATA}/", f"{CHECKPOINTS}/", f"{GRANTED}/")):
            raise OSError(f"{source} lies in a folder that a box has for itself: move it")
    syscalls.mount("none", "/", "", syscalls.MS_REC | syscalls.MS_PRIVATE)
    staging = _staging([*sources, data or "/data", checkpoints or "/data"])
    syscalls.mount("tmpfs", staging, "tmpfs", syscalls.MS_NOSUID | syscalls.MS_NODEV, "size=4m,mode=755")
    _show_all(sources, _covers(sources, [*own_folders(), *hidden]), staging)
    for given, target in ((data, DATA), (checkpoints, CHECKPOINTS)):
        os.makedirs(staging + target, exist_ok=True)
        if given:
            syscalls.mount(given, staging + target, "", syscalls.MS_BIND | syscalls.MS_REC)
    _write_etc(staging)
    _make_read_only(staging)
    _show_devices(staging + "/dev", DEVICES)
    if granted:
        _show_devices(staging + GRANTED, (*DEVICES, *granted))
    for folder in ("/proc", "/tmp", BOX):
        os.makedirs(staging + folder, exist_ok=True)
    if not os.path.lexists(staging + "/content"):  # where Colab notebooks think they are, or this clone is
        os.symlink(WORK, staging + "/content")
    # Writing id maps and counting memory needs the outer /proc; each box covers it with its own.
    syscalls.mount("/proc", staging + "/proc", "", syscalls.MS_BIND | syscalls.MS_REC)
    os.chdir(staging)
    syscalls.pivot_root(".", ".")
    syscalls.unmount(".")
    os.chdir("/")
    flags = syscalls.MS_NOSUID | syscalls.MS_NODEV
    syscalls.mount("tmpfs", BOX, "tmpfs", flags, f"size={SCRATCH_BYTES},mode=755")
    syscalls.mount("none", "/", "", syscalls.MS_BIND | syscalls.MS_REMOUNT | syscalls.MS_RDONLY | flags)
    for folder in (HOME, TEMPORARY):
        os.makedirs(folder, exist_ok=True)


def lay(*, file_bytes: int, uid: int, gid: int, granted: bool = False) -> None:
    """Give a box, already in its own namespaces, its private writable folders, its devices and its `/proc`."""
    if os.path.isdir(GRANTED):
        if granted:
            syscalls.mount(GRANTED, "/dev", "", syscalls.MS_BIND | syscalls.MS_REC)
        empty = syscalls.MS_NOSUID | syscalls.MS_NODEV | syscalls.MS_RDONLY
        syscalls.mount("tmpfs", GRANTED, "tmpfs", empty, "size=4k,mode=555")
    flags = syscalls.MS_NOSUID | syscalls.MS_NODEV
    syscalls.mount("tmpfs", BOX, "tmpfs", flags, f"size={file_bytes},nr_inodes=20000,mode=755,uid={uid},gid={gid}")
    for folder in (WORK, HOME, TEMPORARY, SHARED):
        os.mkdir(folder, 0o755)
        os.chown(folder, uid, gid)
    _make_private("/tmp", TEMPORARY)
    _make_private("/dev/shm", SHARED)
    syscalls.mount("proc", "/proc", "proc", flags | syscalls.MS_NOEXEC)


def resize(file_bytes: int) -> None:
    """Change the size of a box's private folders."""
    flags = syscalls.MS_NOSUID | syscalls.MS_NODEV | syscalls.MS_REMOUNT
    syscalls.mount("tmpfs", BOX, "tmpfs", flags, f"size={file_bytes}")


def _make_private(folder: str, own: str) -> None:
    """Put a folder of the box's own in the place of `folder`, and show in it again what the interpreter has below."""
    below = [path for path in interpreter_paths() if is_below(path, folder)]
    kept = [(path, os.open(path, os.O_PATH | os.O_CLOEXEC)) for path in below]
    syscalls.mount(own, folder, "", syscalls.MS_BIND)
    for path, descriptor in kept:
        # One that lies in another is there again already.
        if not os.path.exists(path):
            _show(f"/proc/self/fd/{descriptor}", path, folder=os.path.isdir(f"/proc/self/fd/{descriptor}"))
        os.close(descriptor)


def _related(path: str, other: str) -> bool:
    return is_below(path, other) or is_below(other, path)


def _covers(sources: Iterable[str], hidden: Iterable[str]) -> set[str]:
    """Where something hidden would be seen: below a source that does not itself lie in what is to be hidden."""
    found = set()
    # A link is shown as a link; what is behind it is a source of its own.
    for source in (source for source in sources if not os.path.islink(source)):
        real = os.path.realpath(source)
        for path in {os.path.realpath(path) for path in hidden}:
            if path != real and is_below(path, real) and os.path.isdir(path):
                found.add(source + path[len(real) :])
    return found


def _staging(sources: list[str]) -> str:
    """An existing folder that hides none of the sources, and no other mount, when it is mounted over."""
    used = [*sources, *_mount_points()]
    for folder in STAGING:
        taken = any(path == folder or path.startswith(folder + "/") for path in used)
        if os.path.isdir(folder) and not taken:
            return folder
    raise OSError("no folder is free to build the view on")


def _show_all(sources: Iterable[str], covers: set[str], staging: str) -> None:
    """Show the sources, but for what is to be covered in them."""
    # In this order a folder comes before what lies in it: the guest is shown again in the one that hides its siblings.
    for path in sorted({*sources, *covers}):
        if path in covers:
            syscalls.mount("tmpfs", staging + path, "tmpfs", syscalls.MS_NOSUID | syscalls.MS_NODEV, "size=1m,mode=755")
        else:
            _show(path, staging + path)


def _show(source: str, target: str, *, folder: bool | None = None) -> None:
    """Make `source` appear at `target`: as a link, a folder or a file. Of a descriptor, the caller says which."""
    os.makedirs(os.path.dirname(target), exist_ok=True)
    if folder is None and os.path.islink(source):
        if not os.path.lexists(target):
            os.symlink(os.readlink(source), target)
        return
    if os.path.isdir(source) if folder is None else folder:
        os.makedirs(target, exist_ok=True)
    else:
        Path(target).touch()
    syscalls.mount(source, target, "", syscalls.MS_BIND | syscalls.MS_REC)


def _show_devices(folder: str, nodes: Iterable[str]) -> None:
    for node in nodes:
        _show(node, folder + node.removeprefix("/dev"))
    os.makedirs(f"{folder}/shm", exist_ok=True)
    os.symlink("/proc/self/fd", f"{folder}/fd")


def _write_etc(staging: str) -> None:
    """A minimal /etc: names for the two uids, what the loader and the clock read."""
    etc = Path(staging, "etc")
    etc.mkdir(exist_ok=True)
    (etc / "passwd").write_text(USERS)
    (etc / "group").write_text(GROUPS)
    (etc / "nsswitch.conf").write_text("passwd: files\ngroup: files\nhosts: files\n")
    for path in COPIED:
        if os.path.exists(path):
            shutil.copyfile(path, staging + path)


def _make_read_only(staging: str) -> None:
    """Remount every bind below `staging` read-only. In a user namespace the flags that the host set must be kept."""
    for target in _mount_points():
        if target.startswith(staging + "/"):
            current = os.statvfs(target).f_flag
            kept = current & _KEPT_FLAGS | (_MS_RELATIME if current & _ST_RELATIME else 0)
            flags = syscalls.MS_BIND | syscalls.MS_REMOUNT | syscalls.MS_RDONLY | syscalls.MS_NOSUID
            syscalls.mount("none", target, "", flags | syscalls.MS_NODEV | kept)


def _mount_points() -> list[str]:
    lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
    return [line.split()[4].replace("\\040", " ") for line in lines]
