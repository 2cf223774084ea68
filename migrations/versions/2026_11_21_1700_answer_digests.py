"""Which answer a row was about: its digest, so that a person's points can be held against it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261121_0002"
down_revision: str | None = "20261121_0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("criterion_results", sa.Column("answer_sha256", sa.String(length=64), nullable=True))


def downgrade() -> None:
    op.drop_column("criterion_results", "answer_sha256")
