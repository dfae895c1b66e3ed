"""The database: opening it, and transactions that hold or fall as one."""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from sqlalchemy import Connection, Engine, TextClause, TextualSelect, column, event, inspect, text
from sqlalchemy.engine import make_url
from sqlmodel import SQLModel, create_engine

from fireduty.errors import SettingsError
from models import arrangements, calendars, duties, events, ledger, notices, proofs, register

SCHEMA_VERSION = 2
"""Raised with every change of a table; an older program refuses a newer database."""

BUSY_SECONDS = 60.0
"""How long a process waits for others that write."""

SWITCH_SECONDS = 0.01
"""The pause between two attempts to switch a new database to its write-ahead log."""

_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_BUSY_RECOVERY)

TABLES = (register, duties, events, proofs, notices, ledger, calendars, arrangements)
"""The modules that define tables; importing them here registers them all."""


class Database:
    """One district's database.

    SQLite is opened with a write-ahead log and full synchronisation: what was committed survives a power cut.
    Writers queue for the one write lock from their first statement on, so that no transaction fails halfway.
    """

    def __init__(self, url: str, *, durable: bool = True) -> None:
        """Open the database at a SQLAlchemy address, creating its tables where there are none.

        Args:
            url: The address.
            durable: Whether a commit must survive a power cut; simulations do without.
        """
        self.url = url
        self._durable = durable
        self.engine = _engine(url, durable=durable)
        self._prepare()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Yield a connection whose changes are committed together, or not at all on an exception."""
        with self.engine.begin() as connection:
            yield connection

    @contextmanager
    def quick_transactions(self) -> Iterator[Connection]:
        """Yield a connection, not yet in a transaction, whose commits survive the process but not a power cut.

        They survive that too once an ordinary transaction has been committed after them.
        """
        with self.engine.connect() as connection:
            relaxed = self._durable and connection.dialect.name == "sqlite"
            driver: Any = connection.connection.dbapi_connection
            if relaxed:
                driver.execute("PRAGMA synchronous=NORMAL")
            try:
                yield connection
            finally:
                connection.rollback()
                if relaxed:
                    driver.execute("PRAGMA synchronous=FULL")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield a connection for reading one consistent state."""
        with self.engine.connect().execution_options(reading=True) as connection:
            yield connection

    def close(self) -> None:
        """Give back all connections."""
        self.engine.dispose()

    def _prepare(self) -> None:
        with self.transaction() as connection:
            if not inspect(connection).has_table("schema_version"):
                SQLModel.metadata.create_all(connection)
                connection.execute(text("CREATE TABLE schema_version (version INTEGER NOT NULL)"))
                connection.execute(text("INSERT INTO schema_version VALUES (:v)"), {"v": SCHEMA_VERSION})
            found = connection.execute(text("SELECT max(version) FROM schema_version")).scalar_one()
        if found != SCHEMA_VERSION:
            self.close()
            message = f"database schema: expected version {SCHEMA_VERSION}, got {found}"
            raise SettingsError(message, "Use the release of Fireduty that wrote this database.")


@cache
def prepared(sql: str, *columns: str) -> TextClause | TextualSelect:
    """Return a statement that is made once: parsing it anew each time costs as much as running it.

    Args:
        sql: The statement, from a closed set; values travel as parameters.
        columns: The names of its result's columns in order; where given, they need not be found out each time.
    """
    statement = text(sql)
    return statement.columns(*map(column, columns)) if columns else statement


def bulk_insert(connection: Connection, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert many rows in one driver call; values are as the driver stores them (dates as ISO text)."""
    if rows:
        mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
        marks = ", ".join([mark] * len(columns))
        statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
        connection.exec_driver_sql(statement, list(rows))


def _engine(url: str, *, durable: bool) -> Engine:
    if not make_url(url).drivername.startswith("sqlite"):
        return create_engine(url)
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})
    event.listen(engine, "connect", _set_up_durable if durable else _set_up_passing)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_durable(connection: Any, record: Any) -> None:
    del record
    _set_up_sqlite(connection, "synchronous=FULL")


def _set_up_passing(connection: Any, record: Any) -> None:
    del record
    _set_up_sqlite(connection, "synchronous=OFF")


def _set_up_sqlite(connection: Any, durability: str) -> None:
    # The driver's own implicit BEGIN would come too late and without IMMEDIATE.
    connection.isolation_level = None
    _use_write_ahead_log(connection)
    for pragma in (durability, "foreign_keys=ON", "cache_size=-65536", "wal_autocheckpoint=10000"):
        connection.execute(f"PRAGMA {pragma}")


def _use_write_ahead_log(connection: Any) -> None:
    """Switch to the write-ahead log; alone of all, this does not wait where several open a new database at once."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode not in _BUSY or time.monotonic() > deadline:
                raise
            time.sleep(SWITCH_SECONDS)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
