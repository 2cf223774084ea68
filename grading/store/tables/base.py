"""What all tables share: names of constraints, exact points, times with a zone."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

import sqlalchemy
from sqlalchemy import BigInteger, DateTime, Dialect, MetaData, String
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

# Every constraint has a name, so that a migration can speak of it on any database.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

MICRO = 1_000_000
ID = String(36)
SHA256 = String(64)


class Points(TypeDecorator[Decimal]):
    """Exact points, kept as whole millionths: sums and orders are exact on every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | float | str | None, dialect: Dialect) -> int | None:  # noqa: ARG002  # SQLAlchemy's signature
        """Decimal to millionths."""
        return None if value is None else int((Decimal(str(value)) * MICRO).to_integral_value())

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002  # SQLAlchemy's signature
        """Millionths to Decimal, without trailing zeros."""
        if value is None:
            return None
        exact = Decimal(value) / MICRO
        return exact.quantize(Decimal(1)) if exact == exact.to_integral_value() else exact.normalize()


class Moment(TypeDecorator[datetime]):
    """A time in UTC. Naive times are refused: nobody knows what they mean."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  # SQLAlchemy's signature
        """Any zone to UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone; use datetime.now(UTC)")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  # SQLAlchemy's signature
        """UTC, also from databases that forget the zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Table(DeclarativeBase):
    """Root of all tables."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: Moment, Decimal: Points}  # noqa: RUF012  # SQLAlchemy reads it from the class


def rows_of(kind: type[Table]) -> sqlalchemy.Table:
    """The table beneath a mapped class: for what is written for every run and kept by nobody as an object.

    The mapper's own way to write takes about twice the processor time. Such a statement does not flush what waits in
    the session.
    """
    return cast("sqlalchemy.Table", kind.__table__)


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)
