"""The host's side of the sandbox boundary: starts the warden, opens boxes, says how much of it holds here.

The warden is started by exec with an environment of our making: a child's `/proc/self/environ` shows what its zygote
was started with, whatever is deleted later.
"""

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, Self

import structlog

from grading.domain.assignment import Limits
from grading.domain.errors import HouseFault
from grading.domain.verdict import Tier
from grading.sandbox import leftovers, probe
from grading.sandbox.answers import ProgramLike, SandboxLayer
from grading.sandbox.box import Box
from grading.sandbox.guest.wire import control
from grading.sandbox.leftovers import OwnFolder

HELLO_S: Final = 60.0
STOP_S: Final = 5.0
ImageName = Literal["numpy", "torch"]
NEED_TORCH: Final = ("torch", "pandas", "sklearn")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class SandboxConfig:
    """What a sandbox offers its boxes.

    Attributes:
        data_dir: read-only data sets, `/data` in the box; None for none.
        checkpoint_dir: read-only pretrained weights in torch hub's layout (`hub/checkpoints/*.pth`); None for none.
        hidden: folders that no box may read even where they lie among the interpreter's: the service's state.
        allow_none: grade even where nothing can be confined. For machines on which every submission is trusted.
        tier: settle for less than could be had ("contained", "none"): for tests and for operators who must.
        images: the zygotes to start; one is enough where memory is short.
        cgroups: whether to try for limits that the kernel keeps on a whole box.
        cores: processors that all of a box's processes may use together, where there are control groups for it.
        granted: device nodes that a box for a GPU gets; a box for the processor gets none of them.
        environment: variables that programs are started with, beside those of every sandbox.
        spares: confined processes to have ready for each image; with 0 each is made when its box is opened.
        python: the interpreter that student programs run on.
    """

    data_dir: Path | None = None
    checkpoint_dir: Path | None = None
    hidden: tuple[Path, ...] = ()
    allow_none: bool = False
    tier: Tier = Tier.FULL
    images: tuple[ImageName, ...] = ("numpy", "torch")
    cgroups: bool = True
    cores: float = 1.0
    granted: tuple[Path, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    spares: int = 1
    python: Path = Path(sys.executable)


class _RefusedError(HouseFault):
    """The kernel or the container refuses what a tier needs: the next one is tried, in a warden of its own."""


class Sandbox:
    """Owns one warden. Made by `start`; usable from threads, and from forked children of the process that started it.

    Attributes:
        tier: how much of the sandbox boundary holds here, as a probe inside a box found.
        layers: each layer, whether it holds, and how.
        why: what kept the tier from being full; "" where nothing did.
    """

    def __init__(self, config: SandboxConfig) -> None:
        self.config = config
        self.tier = Tier.NONE
        self.layers: tuple[SandboxLayer, ...] = ()
        self.why = ""
        self._owner = os.getpid()
        self._lock = threading.Lock()
        leftovers.tidy()
        self._folder = OwnFolder()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    @classmethod
    def start(cls, config: SandboxConfig) -> Self:
        """Start the warden and its zygotes, then try to break out of a box.

        Raises:
            HouseFault: it does not start, or nothing can be confined and the operator did not allow that.
        """
        sandbox = cls(config)
        try:
            sandbox._settle(config.tier)
        except BaseException:
            sandbox.close()
            raise
        log.info(
            "sandbox started",
            tier=sandbox.tier.value,
            why=sandbox.why,
            layers={x.name: x.holds for x in sandbox.layers},
        )
        return sandbox

    def _settle(self, tier: Tier) -> None:
        """Start at the strongest tier asked for; a probe that breaks out of it moves one down."""
        shown = (self.config.data_dir, self.config.checkpoint_dir)
        secrets = probe.secrets_in(self.config.hidden, shown)
        whys: list[str] = []
        for candidate in [t for t in (Tier.FULL, Tier.CONTAINED, Tier.NONE) if _rank(t) <= _rank(tier)]:
            if candidate is Tier.NONE and not self.config.allow_none:
                break
            try:
                self._launch(candidate)
            except _RefusedError as refused:
                whys.append(str(refused))
                continue
            found = self._probe(candidate, secrets)
            self.layers = found.layers
            if found.holds or (candidate is Tier.NONE and found.layers):
                self.tier, self.why = candidate, "; ".join(whys)
                return
            whys.append(f"{candidate.value} does not hold: {', '.join(found.broken)}")
            log.warning("sandbox tier does not hold", tier=candidate.value, broken=found.broken)
            self._stop()
        raise HouseFault(
            "nothing can be confined on this machine, so no submission is run, unless the operator allows that by name "
            f"(allow_none); {'; '.join(whys) or 'no tier was to be tried'}"
        )

    def _probe(self, tier: Tier, secrets: list[str]) -> probe.Found:
        """What a box of this tier lets through. One that does not even start keeps no promise, and says why."""
        try:
            with self.open(probe.PROGRAM, limits=probe.LIMITS, seed=0, image=self.config.images[0]) as box:
                return probe.run(box, tier, secrets)
        except HouseFault as fault:
            return probe.Found(holds=False, layers=(), broken=(str(fault),))

    def _launch(self, tier: Tier) -> None:
        """Start a warden, in a folder of its own: one that died leaves its students' folders behind.

        Raises:
            HouseFault: it does not start, perhaps because the kernel or the container refuses what the tier needs.
        """
        run_dir = Path(tempfile.mkdtemp(dir=self._folder.path))
        # A box of the tier without namespaces has another uid, and must reach its own folder below.
        run_dir.chmod(0o711)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        # A default timeout of this process, which any library may have set, is not the other's.
        theirs.setblocking(True)
        settings = {
            "images": list(self.config.images),
            "data": str(self.config.data_dir.resolve()) if self.config.data_dir else None,
            "checkpoints": str(self.config.checkpoint_dir.resolve()) if self.config.checkpoint_dir else None,
            "hidden": [str(folder.resolve()) for folder in self.config.hidden],
            "tier": tier.value,
            "cgroups": self.config.cgroups,
            "cores": self.config.cores,
            "granted": [str(node) for node in self.config.granted],
            "spares": self.config.spares,
            "run_dir": str(run_dir),
        }
        boot = Path(__file__).resolve().parent / "guest" / "boot.py"
        errors = self._folder.path / "errors"
        with theirs, errors.open("wb") as complaints:
            self._process = subprocess.Popen(
                [str(self.config.python), "-s", "-P", str(boot), str(theirs.fileno()), json.dumps(settings)],
                env={**_environment(), **self.config.environment},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=complaints,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
                cwd="/",
            )
        self._control = ours
        try:
            ours.settimeout(HELLO_S)
            body, _ = control.receive(ours)
            ours.settimeout(None)
        except (control.Gone, OSError, ValueError) as fault:
            said = errors.read_text(encoding="utf-8", errors="replace")[-2000:]
            self._stop()
            raise HouseFault(f"the sandbox did not start: {fault}\n{said}") from None
        if "refused" in body:
            self._stop()
            raise _RefusedError(str(body["refused"]))

    def open(
        self,
        program: ProgramLike,
        *,
        limits: Limits | None = None,
        seed: int,
        image: ImageName | None = None,
        device: str = "cpu",
        wall_s: float | None = None,
    ) -> Box:
        """A fresh box with the program in it; none of its code has run yet.

        Args:
            program: what to put in.
            limits: of the part; the defaults where None.
            seed: for every random number that the program draws.
            image: the zygote to fork; None picks the small one where the program's text names nothing bigger.
            device: "cpu" or "cuda".
            wall_s: the warden ends the box after this many seconds in any case; None for a multiple of `part_s`.

        Raises:
            HouseFault: no box could be made, or one for a GPU where none was granted.
        """
        if device == "cuda" and not self.config.granted:
            raise HouseFault("this sandbox was granted no GPU, and was asked for a box that has one")
        limits = limits or Limits()
        bait = f"chr_{secrets.token_hex(16)}"
        chosen = image or _image_for(program)
        if chosen not in self.config.images:
            chosen = self.config.images[-1]
        request: dict[str, object] = {
            "op": "open",
            "image": chosen,
            "device": device,
            "memory_bytes": limits.memory_bytes,
            "file_bytes": limits.file_bytes,
            "processes": limits.processes,
            "output_bytes": limits.output_bytes,
            "bait": bait,
            "cpu_s": limits.part_s + 30.0,
            "wall_s": wall_s if wall_s is not None else 3 * limits.part_s + 120.0,
        }
        ours, theirs = socket.socketpair()
        life, line = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        for end in (theirs, line):
            end.setblocking(True)
        try:
            self._request(request, theirs, line)
        except HouseFault:
            ours.close()
            life.close()
            raise
        finally:
            theirs.close()
            line.close()
        return Box(
            program, channel=ours, lifeline=life, limits=limits, seed=seed, device=device, image=chosen, bait=bait
        )

    def _request(self, request: dict[str, object], guest_wire: socket.socket, lifeline: socket.socket) -> None:
        for attempt in (1, 2):
            try:
                if self._control is None:
                    raise control.Gone("closed")  # noqa: TRY301 - the same way back
                control.send(self._control, request, (guest_wire.fileno(), lifeline.fileno()))
            except (control.Gone, OSError) as fault:
                if attempt == 1 and self._owner == os.getpid():
                    self.ensure()
                    continue
                raise HouseFault(f"the sandbox is gone: {fault}") from None
            else:
                return

    def ensure(self) -> None:
        """Start the warden again if it died. Only the process that started the sandbox can.

        Raises:
            HouseFault: it does not start.
        """
        if self._owner != os.getpid():
            return
        with self._lock:
            if self._process is not None and self._process.poll() is None:
                return
            log.warning("sandbox restarted", exit_status=self._process.returncode if self._process else None)
            self._stop()
            self._launch(self.tier if self.tier is not Tier.NONE else self.config.tier)

    @property
    def pid(self) -> int:
        """Of the warden."""
        return self._process.pid if self._process is not None else 0

    def _stop(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
        process = self._process
        if process is not None and self._owner == os.getpid():
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait(STOP_S)

    def close(self) -> None:
        """End the warden and with it every box. In a forked child: only this process's socket is closed."""
        self._stop()
        if self._owner == os.getpid():
            self._folder.remove()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _rank(tier: Tier) -> int:
    return (Tier.NONE, Tier.CONTAINED, Tier.FULL).index(tier)


def _environment() -> dict[str, str]:
    """Everything that a box's process was started with. No secret can be read that is not here."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": "/box/home",
        "USER": "student",
        "LOGNAME": "student",
        "LANG": "C.UTF-8",
        "PYTHONHASHSEED": "0",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "NUMEXPR_NUM_THREADS": "1",
        "TQDM_DISABLE": "1",
        "MPLBACKEND": "Agg",
        "TORCH_CPP_LOG_LEVEL": "ERROR",
        "KMP_DUPLICATE_LIB_OK": "TRUE",
    }


def _image_for(program: ProgramLike) -> ImageName:
    # A rubric that bounds batches asks torch's drivers, also where another assignment's notebook was submitted.
    if "batches" in program.options:
        return "torch"
    texts = [unit.source for unit in program.units]
    texts += [content.decode("utf-8", "replace") for name, content in program.files.items() if name.endswith(".py")]
    return "torch" if any(word in text for text in texts for word in NEED_TORCH) else "numpy"
