"""Migrations: how a database of an older version becomes one of this version. One file per step, named by date."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

_HERE = Path(__file__).resolve().parent


def upgrade(url: str) -> None:
    """Bring the database to this version; makes it where there is none, does nothing where it is up to date."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    command.upgrade(configuration(url), "head")


def up_to_date(url: str) -> bool:
    """Whether the database's version is this one's."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            there = MigrationContext.configure(connection).get_current_heads()
    finally:
        engine.dispose()
    return set(there) == set(ScriptDirectory.from_config(configuration(url)).get_heads())


def configuration(url: str) -> Config:
    """Alembic's configuration for one database, independent of the working directory."""
    config = Config()
    config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config
