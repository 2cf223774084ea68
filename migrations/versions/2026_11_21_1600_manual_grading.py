"""Manual grading: people's judgements, the trail of who judged what when, and reusable comments."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261121_0001"
down_revision: str | None = "20261120_0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "reusable_comments",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("offering_id", sa.String(length=36), nullable=False),
        sa.Column("criterion_id", sa.String(length=120), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=True),
        sa.Column("created_by", sa.String(length=36), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by"], ["users.id"], name=op.f("fk_reusable_comments_created_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["offering_id"], ["offerings.id"], name=op.f("fk_reusable_comments_offering_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reusable_comments")),
        sa.UniqueConstraint(
            "offering_id", "criterion_id", "text", name=op.f("uq_reusable_comments_offering_id_criterion_id_text")
        ),
    )
    op.create_index(op.f("ix_reusable_comments_created_by"), "reusable_comments", ["created_by"], unique=False)
    op.create_table(
        "human_judgements",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("submission_id", sa.String(length=36), nullable=False),
        sa.Column("criterion_id", sa.String(length=120), nullable=False),
        sa.Column("grader_id", sa.String(length=36), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("possible", sa.BigInteger(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("covered", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("answer_sha256", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["grader_id"], ["users.id"], name=op.f("fk_human_judgements_grader_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submissions.id"], name=op.f("fk_human_judgements_submission_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_human_judgements")),
        sa.UniqueConstraint(
            "submission_id",
            "criterion_id",
            "grader_id",
            name=op.f("uq_human_judgements_submission_id_criterion_id_grader_id"),
        ),
    )
    op.create_index(op.f("ix_human_judgements_grader_id"), "human_judgements", ["grader_id"], unique=False)
    op.create_table(
        "judgement_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("submission_id", sa.String(length=36), nullable=False),
        sa.Column("criterion_id", sa.String(length=120), nullable=False),
        sa.Column("grader_id", sa.String(length=36), nullable=True),
        sa.Column("grader", sa.String(length=120), nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["grader_id"], ["users.id"], name=op.f("fk_judgement_events_grader_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submissions.id"], name=op.f("fk_judgement_events_submission_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judgement_events")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_judgement_events_grader_id"), "judgement_events", ["grader_id"], unique=False)
    op.create_index(
        "ix_judgement_events_submission_id_criterion_id",
        "judgement_events",
        ["submission_id", "criterion_id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index("ix_judgement_events_submission_id_criterion_id", table_name="judgement_events")
    op.drop_index(op.f("ix_judgement_events_grader_id"), table_name="judgement_events")
    op.drop_table("judgement_events")
    op.drop_index(op.f("ix_human_judgements_grader_id"), table_name="human_judgements")
    op.drop_table("human_judgements")
    op.drop_index(op.f("ix_reusable_comments_created_by"), table_name="reusable_comments")
    op.drop_table("reusable_comments")
