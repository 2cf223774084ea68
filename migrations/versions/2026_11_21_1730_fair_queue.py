"""Fair queues: shares of courses, the order of claims; what a run used of a GPU; lanes and devices of workers."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261121_0003"
down_revision: str | None = "20261121_0002"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("courses") as courses:
        courses.add_column(sa.Column("share", sa.Integer(), server_default="1", nullable=False))
        courses.create_check_constraint("share", "share > 0")
    op.add_column("runs", sa.Column("gpu_seconds", sa.Float(), nullable=True))
    op.add_column("runs", sa.Column("gpu_peak_bytes", sa.BigInteger(), nullable=True))
    op.add_column("runs", sa.Column("trace", sa.String(length=120), nullable=True))
    op.create_index("ix_runs_queue_claimed_at", "runs", ["queue", "claimed_at"], unique=False)
    op.add_column("workers", sa.Column("devices", sa.JSON(), nullable=True))
    op.add_column("workers", sa.Column("lanes", sa.Integer(), server_default="1", nullable=False))


def downgrade() -> None:
    op.drop_column("workers", "lanes")
    op.drop_column("workers", "devices")
    op.drop_index("ix_runs_queue_claimed_at", table_name="runs")
    op.drop_column("runs", "trace")
    op.drop_column("runs", "gpu_peak_bytes")
    op.drop_column("runs", "gpu_seconds")
    with op.batch_alter_table("courses") as courses:
        courses.drop_constraint("share", type_="check")
        courses.drop_column("share")
