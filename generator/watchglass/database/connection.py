"""A connection string → a session, or our own words for why there is none: libpq's would print passwords."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterator
from typing import Any

import psycopg

OLDEST = 15
"""The oldest PostgreSQL that is tried."""

Connection = psycopg.Connection[tuple[Any, ...]]

_TRIES = 3
_PAUSE = 0.5
_POOLER_PORT = "6543"
_FORM = "write postgresql://user:password@host:port/database, with special characters percent-encoded"


class CannotConnect(Exception):
    """
    The database cannot be reached, or must not be used.

    The message is our own: libpq's would print the password in some mistakes of a connection string.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


@contextlib.contextmanager
def connect(dsn: str, *, timeout: int = 10) -> Iterator[Connection]:
    """
    Connect, trying three times.

    Args:
        timeout: seconds, for each try and each address of the host.

    Raises:
        CannotConnect: with the host and database, never the password.
    """
    connection = _connect(dsn, timeout)
    try:
        version = connection.info.server_version // 10_000
        if version < OLDEST:
            raise CannotConnect(f"the server is PostgreSQL {version}; {OLDEST} is the oldest that is tried")
        yield connection
    finally:
        connection.close()


def _connect(dsn: str, timeout: int) -> Connection:
    known = _parts(dsn)
    reason, hint = "", ""
    for attempt in range(_TRIES):
        if attempt:
            time.sleep(_PAUSE * attempt)
        try:
            return psycopg.connect(
                dsn,
                autocommit=True,
                connect_timeout=timeout,
                application_name="watchglass",
                client_encoding="utf8",
            )
        except (psycopg.Error, ValueError) as error:
            final, reason, hint = _reason(str(error))
            if final:
                break
    if not hint and known.get("port") == _POOLER_PORT:
        hint = (
            f"{_POOLER_PORT} is the port of a pooler: try the database itself, or the pooler's session port"
        )
    raise CannotConnect(f"no connection to {place(dsn, known)}: {reason}", hint) from None


def _parts(dsn: str) -> dict[str, str]:
    if "\0" in dsn:  # libpq would take it for the end
        raise CannotConnect("the connection string has a NUL character", _FORM)
    try:
        found = psycopg.conninfo.conninfo_to_dict(dsn)
    except (psycopg.Error, ValueError):
        raise CannotConnect("the connection string cannot be read", _FORM) from None
    return {name: str(value) for name, value in found.items() if value is not None}


def place(dsn: str, known: dict[str, str]) -> str:
    """
    Name host, port and database without a secret.

    A part that looks odd may be the end of a password that was split wrongly, and where a URI has no ``@``, or several,
    every part may be.
    """
    authority = re.split(r"[/?#]", dsn.partition("://")[2])[0]
    whole = "://" not in dsn or (dsn.count("@") == 1 and "@" in authority)
    host = known.get("host", "the given address" if "hostaddr" in known else "the local server")
    port, database = known.get("port", ""), known.get("dbname", "")
    sure = whole or host == "localhost" or "." in host
    told = host if sure and _PLAIN.fullmatch(host) else "the given host"
    if re.fullmatch(r"\d{1,5}", port) and (whole or port in ("5432", _POOLER_PORT)):
        told += f":{port}"
    if not database:
        return told
    return told + (
        f", database {database}" if whole and _PLAIN.fullmatch(database) else ", the given database"
    )


_PLAIN = re.compile(r"the local server|the given address|/?[\w.-]+(/[\w.-]+)*|[0-9a-fA-F:]+")


# What libpq and servers say (in English; a server that speaks otherwise is told less exactly) → whether another try
# is of no use, what we say, and what to do.
_REASONS: tuple[tuple[str, bool, str, str], ...] = (
    ("password authentication failed", True, "the password was refused", ""),
    (
        "no password supplied",
        True,
        "a password is needed",
        "put it into the connection string, or into PGPASSWORD",
    ),
    (r"role .* does not exist", True, "the role does not exist", ""),
    (r"database .* does not exist", True, "the database does not exist", ""),
    (r"role .* is not permitted to log in", True, "the role may not log in", "ALTER ROLE … LOGIN"),
    (
        r"permission denied for database",
        True,
        "the role may not connect to the database",
        "GRANT CONNECT ON DATABASE … TO …",
    ),
    (
        r"certificate|root\.crt|host name.*match",
        True,
        "the server's certificate was not accepted",
        "sslrootcert= names the file of who signed it",
    ),
    (
        r"does not support SSL|SSL is not enabled|no encryption|SSL off",
        True,
        "one side asks for TLS, and the other does without",
        "sslmode=require asks for TLS, sslmode=disable goes without",
    ),
    ("closed the connection|reset by peer|EOF detected", False, "the server closed the connection", ""),
    ("SSL|TLS", True, "TLS failed", ""),
    (r"no pg_hba\.conf entry", True, "the server's rules let this user not in from here", ""),
    (
        "too many|remaining connection slots|max client",
        False,
        "the server has no connection left",
        "end other sessions, or raise the role's CONNECTION LIMIT",
    ),
    ("starting up|recovery|not yet accepting", False, "the server is starting", "try again in a minute"),
    ("shutting down", False, "the server is shutting down", ""),
    ("timeout|timed out", False, "no answer in time", "a firewall may drop the packets"),
    ("could not translate|resolve|Name or service|nodename", False, "the host is unknown", ""),
    ("refused|No such file", False, "nothing listens there", "is the server running, and the port right?"),
    (
        r"invalid (?:value|integer|port|sslmode|connection option)|unsupported|null",
        True,
        "a part of the connection string is wrong",
        _FORM,
    ),
)


def _reason(text: str) -> tuple[bool, str, str]:
    found = next(((final, told, hint) for word, final, told, hint in _REASONS if re.search(word, text)), None)
    return found or (False, "the server did not accept it", "")
