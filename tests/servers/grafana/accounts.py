"""`/api/health`, `/api/org` and `/api/serviceaccounts`: the server itself, and who may use it."""

from __future__ import annotations

from typing import Any

from tests.servers.grafana import access
from tests.servers.grafana.call import Call
from tests.servers.grafana.refusals import bad_request, plain
from tests.servers.grafana.state import Account, Role
from tests.servers.messages import JSON_UTF8, Response, answer

_ROLES = {role.title: role for role in Role}
_NO_ADDRESS = dict.fromkeys(("address1", "address2", "city", "zipCode", "state", "country"), "")


def health(call: Call) -> Response:
    """`GET /api/health`."""
    body = {"database": "ok", "version": call.version.number, "commit": "NA"}
    return answer(body, content_type=JSON_UTF8)


def organization(call: Call) -> Response:
    """`GET /api/org`."""
    return answer({"id": 1, "name": "Main Org.", "address": _NO_ADDRESS})


def _shown(call: Call, account: Account) -> dict[str, Any]:
    return {
        "id": account.id,
        "uid": account.uid,
        "name": account.name,
        "login": f"sa-1-{account.name}",
        "orgId": 1,
        "isDisabled": account.disabled,
        "role": account.role.title,
        "tokens": sum(token.account == account.id for token in call.state.tokens.values()),
        "avatarUrl": "",
    }


def _find(call: Call) -> Account:
    text = call.parameters[0]
    account = call.state.accounts.get(int(text)) if text.isdecimal() else None
    if account is None:
        raise plain(404, "service account not found")
    return account


def create(call: Call) -> Response:
    """`POST /api/serviceaccounts`."""
    body = call.body({"name": str, "role": str, "isDisabled": bool})
    role = _ROLES.get(body.get("role", "Viewer"))
    if not body.get("name") or role is None:
        raise bad_request()
    account = access.add_account(call.state, body["name"], role)
    account.disabled = body.get("isDisabled", False)
    return answer(_shown(call, account), 201)


def get(call: Call) -> Response:
    """`GET /api/serviceaccounts/{id}`."""
    return answer(_shown(call, _find(call)))


def search(call: Call) -> Response:
    """`GET /api/serviceaccounts/search?query`."""
    text = call.one("query").lower()
    found = [_shown(call, each) for each in call.state.accounts.values() if text in each.name.lower()]
    return answer({"totalCount": len(found), "serviceAccounts": found, "page": 1, "perPage": 1000})


def delete(call: Call) -> Response:
    """`DELETE /api/serviceaccounts/{id}`: its tokens go with it."""
    account = _find(call)
    del call.state.accounts[account.id]
    for token in [token for token in call.state.tokens.values() if token.account == account.id]:
        del call.state.tokens[token.key]
    return answer({"message": "Service account deleted"})


def create_token(call: Call) -> Response:
    """`POST /api/serviceaccounts/{id}/tokens`: the one answer that shows its key."""
    account = _find(call)
    name = call.body({"name": str, "secondsToLive": int}).get("name", "")
    if not name:
        raise bad_request()
    token = access.add_token(call.state, account, name)
    return answer({"id": token.id, "name": token.name, "key": token.key})
