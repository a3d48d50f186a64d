"""
Data sources by uid: mark, digest and what tells a changed secret stand in an option that Grafana keeps and does not read.

A server never shows a secret again: one that somebody changed there is not seen, until ours changes, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from watchglass.artifact import Json
from watchglass.publish.client import Client, only
from watchglass.publish.errors import Refused, Uncertain
from watchglass.publish.grafana.contact_points import Reveal
from watchglass.publish.grafana.normal import FILE
from watchglass.publish.kept_secrets import MARK, read_mark, reference_of, told, written_mark
from watchglass.publish.resource import Desired, Key, Live, stands

_PLACE = "/api/datasources"
_ALIASES = {"postgres": "grafana-postgresql-datasource"}
_RIGHTS = "the token may not write data sources"
_ADMIN = "those that the definition manages need a token of the role Admin"


class DataSources:
    """Data sources by uid; they are made before all else, so that a token without the right for them writes nothing."""

    name, noun = "data-sources", "data source"

    def __init__(self, client: Client, owner: str, reveal: Reveal) -> None:
        self._client, self._owner, self._reveal = client, owner, reveal

    def read(self, wanted: Mapping[str, Desired]) -> Mapping[str, Live]:
        """Read all with our mark, those at the wanted uids, and strangers of the wanted names."""
        answer = self._client.get(_PLACE, also=(403,))
        listed = [] if answer.status == 403 else only(answer.body, list, "the list of data sources")
        there = {str(each["uid"]) for each in listed}
        ours = {str(each["uid"]) for each in listed if _mark(each).get("owner") == self._owner}
        found = {uid: self.read_one(uid) for uid in sorted(ours | wanted.keys())}
        named = {each.title: uid for uid, each in wanted.items() if uid not in there}
        for each in listed:
            if each["name"] in named:
                uid = named[each["name"]]
                found[uid] = _namesake(uid, self._live(each))
        return {uid: live for uid, live in found.items() if live is not None}

    def read_one(self, key: str) -> Live | None:
        """Read one data source."""
        answer = self._client.get(_place(key), also=(404,))
        return None if answer.status == 404 else self._live(only(answer.body, dict, "a data source"))

    def _live(self, got: Mapping[str, Json]) -> Live:
        options = dict(got.get("jsonData") or {})
        mark = read_mark(options)
        options.pop(MARK, None)
        if got.get("database"):
            options.setdefault("database", got["database"])
        there = got.get("secureJsonFields") or {}
        secrets = {name: kept for name, kept in mark.get("secrets", {}).items() if there.get(name)}
        body = form(got, options, secrets)
        return Live(
            Key("grafana", self.name, str(got["uid"])),
            str(got["name"]),
            body,
            mark.get("owner", ""),
            mark.get("sum", ""),
            FILE if got.get("readOnly") else "",
            {"version": got.get("version", 0), "isDefault": bool(got.get("isDefault"))},
        )

    def write(self, desired: Desired, live: Live | None) -> None:
        """Make the data source, or replace it over the version that was read; then see whether its database answers."""
        sent = self._sent(desired)
        if live is None:
            self._make(desired, sent)
        else:
            answer = self._client.put(_place(desired.key.id), sent | live.handle, also=(403, 409))
            _judge(answer.status)
            if answer.status == 409 and not stands(self.read_one(desired.key.id), desired):
                raise Refused(
                    f"the data source '{desired.title}' was changed by somebody else a moment ago",
                    "plan once more",
                )
        self._look(desired)

    def _sent(self, desired: Desired) -> dict[str, Json]:
        body = desired.body
        return {
            "uid": desired.key.id,
            "access": "proxy",
            **{name: body[name] for name in ("name", "type", "url", "user")},
            "jsonData": {**body["options"], MARK: written_mark(self._owner, body)},
            "secureJsonData": {
                name: self._reveal(reference_of(kept)) for name, kept in body["secrets"].items()
            },
        }

    def _make(self, desired: Desired, sent: Json) -> None:
        try:
            answer = self._client.post(_PLACE, sent, also=(403, 409))
        except Uncertain:
            if stands(self.read_one(desired.key.id), desired):
                return
            raise
        _judge(answer.status)
        if answer.status == 409 and not stands(self.read_one(desired.key.id), desired):
            raise Refused(
                f"a data source of the uid '{desired.key.id}' or the name '{desired.title}' was made by somebody "
                "else a moment ago"
            )

    def _look(self, desired: Desired) -> None:
        """
        See whether the database answers.

        Raises:
            Refused: it does not; what reads it is not written.
        """
        reason = health_error(self._client, desired.key.id)
        if reason is not None:
            raise Refused(
                f"the data source '{desired.title}' is written, and does not reach its database: {reason}",
                "correct what the environment says of it; nothing that reads it was written",
            )

    def remove(self, live: Live) -> None:
        """Delete the data source."""
        _judge(self._client.delete(_place(live.key.id), also=(403, 404)).status)

    def resets(self, desired: Desired, live: Live) -> str:
        """Say nothing: rules know a data source by its uid, which stays."""
        del desired, live
        return ""


def form(got: Mapping[str, Json], options: Mapping[str, Json], secrets: Mapping[str, str]) -> dict[str, Json]:
    """Give the normal form: options without the mark, and of each secret what tells it."""
    kind = str(got["type"])
    return {
        "name": str(got["name"]),
        "type": _ALIASES.get(kind, kind),
        "url": str(got.get("url", "")),
        "user": str(got.get("user", "")),
        "options": dict(options),
        "secrets": dict(secrets),
    }


def wanted_form(body: Mapping[str, Json], reveal: Reveal) -> dict[str, Json]:
    """Give the normal form of an artifact's body; of a secret what tells it, of all else the value."""
    plain = {name: reveal(body[name]).reveal() for name in ("url", "user")}
    options = {
        name: reveal(value).reveal() if isinstance(value, str) else value
        for name, value in body["jsonData"].items()
    }
    secrets = {
        name: told(reference, f"{body['uid']}/{name}", reveal(reference).reveal())
        for name, reference in body["secureJsonData"].items()
    }
    return form({**body, **plain}, options, secrets)


def health_error(client: Client, uid: str) -> str | None:
    """Ask Grafana why a data source does not reach its database; None where it does, or where that is not known."""
    health = client.get(f"{_place(uid)}/health", also=(400, 403, 404, 500)).body
    if not isinstance(health, dict) or health.get("status") != "ERROR":
        return None
    return client.redactor.clean(str(health.get("message", "")))


def written_by(got: Mapping[str, Json]) -> str:
    """Give the digest of the body that we last wrote to a listed data source; empty for a stranger."""
    return str(_mark(got).get("sum", ""))


def _mark(got: Mapping[str, Json]) -> dict[str, Json]:
    return read_mark(got.get("jsonData") or {})


def _namesake(uid: str, live: Live) -> Live:
    """Give a stranger of our name: Grafana has no two data sources of one name."""
    reason = f"another data source is called '{live.title}'; rename one of them"
    return Live(Key("grafana", DataSources.name, uid), live.title, live.body, live.owner, live.sum, reason)


def _judge(status: int) -> None:
    """
    Refuse what the token may not do.

    Raises:
        Refused: it may not write data sources.
    """
    if status == 403:
        raise Refused(_RIGHTS, _ADMIN, 403)


def _place(uid: str) -> str:
    return f"{_PLACE}/uid/{quote(uid, safe='')}"
