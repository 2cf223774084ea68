"""Quick dashboards: a report's text lies behind its figures; indexes for what is doubtful and for known mistakes."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261121_0004"
down_revision: str | None = "20261121_0003"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

FIGURES = ("run_id", "score", "max_score", "pending_points", "final", "flagged", "version", "engine")


def upgrade() -> None:
    # SQLite reads through a long text to get at the columns behind it; PostgreSQL keeps long texts elsewhere.
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("reports", recreate="always", partial_reordering=[(*FIGURES, "body")]):
            pass
    op.create_index(
        "ix_reports_not_final",
        "reports",
        ["run_id"],
        unique=False,
        sqlite_where=sa.text("final = 0"),
        postgresql_where=sa.text("NOT final"),
    )
    op.create_index(
        "ix_findings_run_id_mistake",
        "findings",
        ["run_id", "mistake", "criterion_id"],
        unique=False,
        sqlite_where=sa.text("mistake IS NOT NULL"),
        postgresql_where=sa.text("mistake IS NOT NULL"),
    )
    op.drop_index("ix_findings_mistake", table_name="findings")
    op.drop_index("ix_criterion_results_criterion_id_status", table_name="criterion_results")


def downgrade() -> None:
    op.create_index(
        "ix_criterion_results_criterion_id_status", "criterion_results", ["criterion_id", "status"], unique=False
    )
    op.create_index("ix_findings_mistake", "findings", ["mistake"], unique=False)
    op.drop_index("ix_findings_run_id_mistake", table_name="findings")
    op.drop_index("ix_reports_not_final", table_name="reports")
