"""What time it is, for everybody who shares a database.

Leases and pauses compare times that different machines wrote. Their clocks may differ by more than a lease lasts, and
then a live worker would be taken for dead. So the database's clock counts where the database is a server; SQLite has
none of its own, and all its users are on one machine.
"""

from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grading.store.tables.base import now


def time_of(db: Session) -> datetime:
    """The moment, by the clock that all users of this database share."""
    if db.get_bind().dialect.name != "postgresql":
        return now()
    # Not the time at which the transaction began: it may have waited for a lock since.
    moment: datetime = db.scalars(select(func.clock_timestamp())).one()
    return moment.astimezone(UTC)
