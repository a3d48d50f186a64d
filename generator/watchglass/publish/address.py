"""Where a server is and how it is talked to: an address that a token may go to becomes a session that carries it."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests

from watchglass.publish.errors import NotSent
from watchglass.publish.secret import Redactor, Secret


@dataclass(frozen=True, slots=True)
class Settings:
    """
    How a server is talked to.

    Args:
        insecure: whether a certificate that cannot be verified is taken.
        plain: whether a token may go over http:// to another machine.
        authority: file of certificates in place of the built-in ones.
        connect, read: seconds; ``read`` is also what a whole answer may take.
    """

    insecure: bool = False
    plain: bool = False
    authority: str = ""
    connect: float = 10.0
    read: float = 60.0


def session_of(url: str, headers: Mapping[str, Secret | str], settings: Settings) -> requests.Session:
    """Make a session that sends the headers, follows nobody, and reads nothing of the user's but proxies."""
    session = requests.Session()
    # Without this a netrc of the user's would replace the token that was given.
    session.trust_env = False
    session.proxies = dict(requests.utils.get_environ_proxies(url, no_proxy=None))
    session.verify = not settings.insecure if not settings.authority else settings.authority
    for name, value in headers.items():
        session.headers[name] = value.reveal() if isinstance(value, Secret) else value
    session.headers["Accept"] = "application/json"
    return session


def check_address(url: str, settings: Settings, name: str, redactor: Redactor) -> None:
    """
    Judge an address before anything is sent there.

    Raises:
        NotSent: it is none, or a token would go over it in the clear.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise NotSent(
            f"the address of {name} begins with https:// and names a host", "give its whole address"
        )
    if parts.username or parts.password:
        raise NotSent(f"the address of {name} holds a password", "give a token in place of it")
    if parts.scheme == "http" and not settings.plain and not _is_this_machine(parts.hostname):
        raise NotSent(
            f"http://{redactor.clean(parts.hostname)} would get the token of {name} in the clear",
            "use https://, or say --allow-http where the way to it is safe",
        )


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
