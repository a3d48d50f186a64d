"""Every uid, file path and marker, made in one place."""

from __future__ import annotations

import hashlib
import re
import unicodedata
import uuid

ID_FORM = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[_-][A-Za-z0-9]+)*")
"""What an id in a definition looks like; 1 to 100 characters."""

UID_LENGTH = 40
"""The longest uid that Grafana takes."""

_HASH = 8
_TAG = "watchglass:"
_TAG_LENGTH = 50 - len(_TAG)
_NAMESPACE = uuid.UUID("6f1d8c2e-52c1-5d5b-9a52-6c3a5c0f7a11")


def slug(*parts: str) -> str:
    """Join ids to lower-case words with hyphens, such as ``draft-cleanup-top-organizations``."""
    text = unicodedata.normalize("NFC", "-".join(part for part in parts if part)).casefold()
    return re.sub(r"[^a-z0-9]+", "-", text).strip("-")


def uid(service: str, environment: str, *parts: str) -> str:
    """
    Make the stable text id of an object, at most 40 characters of ``[a-z0-9-]``.

    Args:
        environment: empty for the default environment.
        parts: the object's own id, and what tells it from its siblings.
    """
    name = slug(service, environment, *parts)
    if len(name) <= UID_LENGTH:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:_HASH]
    return f"{name[: UID_LENGTH - _HASH - 1].rstrip('-')}-{digest}"


def panel_number(key: str) -> int:
    """Make a panel's number in its dashboard (1 to 2^31 - 1) from its key, so that a new panel moves nobody's links."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], "big") % 2_147_483_646 + 1


def tag_uuid(*parts: str) -> str:
    """Make the UUID of a Metabase template tag or parameter from what it belongs to."""
    return str(uuid.uuid5(_NAMESPACE, "/".join(parts)))


def marker(service: str, environment: str, kind: str, identity: str) -> str:
    """Make the text by which an object at a target is known to be ours."""
    return f"watchglass:{mark_owner(service, environment)}:{kind}:{identity}"


def mark_owner(service: str, environment: str) -> str:
    """Make the part of a marker that says whose an object is."""
    return f"{service}{'@' + environment if environment else ''}"


def owner_tag(service: str, environment: str) -> str:
    """Make the tag that says whose a Grafana object is; a tag has room for 50 characters."""
    return f"{_TAG}{owner_of(service, environment)}"


def owner_of(service: str, environment: str) -> str:
    """Make the text by which a target's objects are known to be one service's in one environment."""
    name = uid(service, environment)
    if len(name) > _TAG_LENGTH:
        name = f"{name[: _TAG_LENGTH - _HASH - 1].rstrip('-')}-{hashlib.sha256(name.encode()).hexdigest()[:_HASH]}"
    return name


def owned_name(service: str, environment: str, name: str) -> str:
    """Make the name of what is known by its name alone: whose it is stands before the first colon, which no owner has."""
    return f"{owner_of(service, environment)}: {name}"


def path(service: str, environment: str, target: str, kind: str, name: str, ending: str) -> str:
    """Make the path of an artifact below the output folder."""
    home = slug(service, environment)
    return "/".join(part for part in (home, target, kind, f"{name}.{ending}") if part)
