"""What time it is, for everybody who shares a database.

Leases and pauses compare times that different machines wrote. Their clocks may differ by more than a lease lasts, and
then a live worker would be taken for dead. So the database's clock counts where the database is a server; SQLite has
none of its own, and all its users are on one machine.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, func, literal, select, type_coerce
from sqlalchemy.orm import Session

from grading.store.tables.base import Moment, now


def time_of(db: Session) -> datetime:
    """The moment, by the clock that all users of this database share."""
    if not _has_clock(db):
        return now()
    # Not the time at which the transaction began: it may have waited for a lock since.
    moment: datetime = db.scalars(select(func.clock_timestamp())).one()
    return moment.astimezone(UTC)


def moment_in(db: Session, later: timedelta = timedelta(0)) -> ColumnElement[datetime]:
    """The same, or so much later, as a part of the statement that wants it: without a question of its own."""
    if not _has_clock(db):
        return literal(now() + later, Moment)
    return type_coerce(func.clock_timestamp() + later, Moment)


def _has_clock(db: Session) -> bool:
    return db.get_bind().dialect.name == "postgresql"
