"""Settings: what an operator may choose, read from the environment (`CHAINRULE_…`) or from files of secrets."""

import contextlib
import os
import secrets
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from grading.domain.jobs import served_by

# Where container engines mount secrets: the file `chainrule_database_url` there is the setting of that name.
SECRETS = Path("/run/secrets")


class Settings(BaseSettings):
    """Everything that differs from one installation to the next.

    Attributes:
        state: the directory that holds all state: database, blobs, keys, data sets, weights. Copying it is a backup.
        database_url: SQLAlchemy address; empty means SQLite inside `state`.
        blob_url: an object store for submissions and figures (`s3://bucket/prefix`); empty means files inside `state`.
        broker_url: Celery transport; the default lives in this process and needs no server.
        host, port: where the web side listens.
        public_url: how browsers reach the service; empty: from host and port. https turns on Secure cookies.
        assignment_dirs: folders with course-made assignments, beside the built-in ones.
        data_dir: read-only data sets for programs; None means `state`/data.
        checkpoint_dir: pretrained weights in torch hub's layout; None means `state`/checkpoints.
        allow_no_sandbox: grade even where no confinement holds. For development machines only.
        gpu: index of the GPU that this machine's boxes for "cuda" may use. A worker for the queue "gpu"
            takes the first that is free where none is named; elsewhere None means none.
        gpu_slots: runs that may use that GPU at the same time; each gets such a share of its memory.
        device: where checks run unless the assignment says otherwise.
        body_bytes: most bytes of one request's body; more is answered with 413 and never kept.
        queue_limit: most runs that may wait, regrades aside; one more submission is answered with 503 and Retry-After.
        worker_concurrency: runs graded at the same time by one worker.
        queue_limit_per_student: most runs of one student that may wait.
        worker_queues: kinds of work that the worker takes: "cpu", "gpu", "passback".
        worker_bulk: whether it takes regrades too, behind what students wait for ("cpu-bulk" alone takes nothing else).
        worker_metrics_port: where a worker in a process of its own serves /metrics; 0 means nowhere.
        lease_s: how long a claimed run stays claimed without a sign of life.
        heartbeat_s: how often a worker gives that sign.
        sweep_s: how often lost runs and posts are looked for.
        max_attempts: how often a run is tried before it is flagged to staff.
        supersede_waiting: whether a newer submission replaces the same student's waiting one.
        link_minutes: how long a sign-in link works.
        session_hours: how long a sign-in lasts.
        failed_sign_ins_per_minute: how many failures an address has before signing in is refused for a while.
        suggest_key_points: whether graders of written answers are told which key points a machine finds in them; a
            suggestion ticks nothing and gives no points.
        framed_by: origins of learning platforms that may show the pages in a frame (`https://lms.example`).
        lms_private_addresses: whether grades may be posted to private and loopback addresses (a campus LMS, tests).
        lms_timeout_s: for one request to a learning platform.
    """

    model_config = SettingsConfigDict(
        env_prefix="CHAINRULE_", extra="ignore", secrets_dir=SECRETS if SECRETS.is_dir() else None
    )

    state: Path = Path("var")
    database_url: str = ""
    blob_url: str = ""
    broker_url: str = "memory://"
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = ""
    assignment_dirs: tuple[Path, ...] = ()
    data_dir: Path | None = None
    checkpoint_dir: Path | None = None
    allow_no_sandbox: bool = False
    gpu: int | None = Field(default=None, ge=0)
    gpu_slots: int = Field(default=1, gt=0)
    device: str = "cpu"
    body_bytes: int = Field(default=48 << 20, gt=0)
    queue_limit: int = Field(default=5000, gt=0)
    queue_limit_per_student: int = Field(default=50, gt=0)
    worker_concurrency: int = Field(default=2, gt=0)
    worker_queues: tuple[str, ...] = ("cpu", "passback")
    worker_bulk: bool = True
    worker_metrics_port: int = 0
    lease_s: float = Field(default=30.0, gt=0)
    heartbeat_s: float = Field(default=5.0, gt=0)
    sweep_s: float = Field(default=5.0, gt=0)
    max_attempts: int = Field(default=3, gt=0)
    supersede_waiting: bool = False
    link_minutes: int = 30
    session_hours: int = 24 * 14
    failed_sign_ins_per_minute: int = Field(default=20, gt=0)
    suggest_key_points: bool = False
    framed_by: tuple[Annotated[str, Field(pattern=r"^https://[A-Za-z0-9.*-]+(:\d+)?$")], ...] = ()
    lms_private_addresses: bool = False
    lms_timeout_s: float = 10.0

    @property
    def database(self) -> str:
        """The database's address, the default filled in."""
        return self.database_url or f"sqlite:///{self.state.absolute() / 'chainrule.db'}"

    @property
    def blob_dir(self) -> Path:
        """The folder of submissions and figures, named by their hash."""
        return self.state / "blobs"

    @property
    def blobs(self) -> Path | str:
        """Where submissions and figures are kept: the folder, or the object store's address."""
        return self.blob_url or self.blob_dir

    @property
    def key_dir(self) -> Path:
        """Private keys, one file each, readable by the service only."""
        return self.state / "keys"

    @property
    def data(self) -> Path:
        """Data sets that programs may read."""
        return self.data_dir or self.state / "data"

    @property
    def checkpoints(self) -> Path:
        """Pretrained weights that programs may read, in torch hub's layout."""
        return self.checkpoint_dir or self.state / "checkpoints"

    @property
    def url(self) -> str:
        """How people reach the service, without a slash at the end."""
        return self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies travel over https only."""
        return self.url.startswith("https://")

    @property
    def cookie_samesite(self) -> Literal["lax", "none"]:
        """In a platform's frame only a cookie for all sites is sent; forms carry a token of their own in any case."""
        return "none" if self.framed_by and self.secure_cookies else "lax"

    @property
    def run_queues(self) -> tuple[str, ...]:
        """The queues of runs that the worker listens to, those preferred first."""
        return served_by(self.worker_queues, bulk=self.worker_bulk)

    def secret_key(self) -> bytes:
        """The key that signs page forms and cursors; made on first use, mode 600."""
        self.key_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self.key_dir / "service.key"
        if not path.exists():
            # Written aside and linked whole: a process that starts at the same moment never reads half a key.
            draft = self.key_dir / f".{secrets.token_hex(8)}"
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(secrets.token_bytes(32))
            with contextlib.suppress(FileExistsError):
                path.hardlink_to(draft)
            draft.unlink()
        return path.read_bytes()
