"""Who asks, what the role may do, and the folders that a token's cached rights reach."""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection

from tests.servers.grafana.call import Call, Identity
from tests.servers.grafana.refusals import coded, unauthorized
from tests.servers.grafana.state import Account, Rights, Role, State, Token
from tests.servers.messages import Request

ADMIN_PASSWORD = "admin"
RIGHTS_LIVE = 60.0
"""Seconds that a token's rights are kept for."""

ADMIN = Identity("admin", Role.ADMIN, "ag57sai978pvkc")


def identify(request: Request, state: State) -> Identity:
    """Tell who sent a request; refuse a stranger."""
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    if not scheme:
        raise unauthorized("auth.unauthorized", "Unauthorized")
    if scheme.lower() == "basic":
        return _user(credentials)
    token = state.tokens.get(credentials)
    if scheme.lower() != "bearer" or token is None:
        raise unauthorized("api-key.invalid", "Invalid API key")
    if request.headers.get("x-grafana-org-id", "1") != "1":
        raise unauthorized(
            "api-key.organization-mismatch", "API key does not belong to the requested organization"
        )
    return identity_of(state.accounts[token.account], token)


def _user(credentials: str) -> Identity:
    try:
        given = base64.b64decode(credentials, validate=True).decode()
    except ValueError:
        given = ""
    if given != f"{ADMIN.login}:{ADMIN_PASSWORD}":
        raise unauthorized("password-auth.failed", "Invalid username or password")
    return ADMIN


def identity_of(account: Account, token: Token) -> Identity:
    """Give a service account's identity."""
    if account.disabled:
        raise unauthorized("api-key.invalid", "Service account is disabled")
    return Identity(f"sa-1-{account.name}", account.role, account.uid, token.key)


def look_up(identity: Identity, state: State, clock: Callable[[], float]) -> None:
    """Look up a token's rights where they are not kept, or not any more."""
    if not identity.token:
        return
    kept = state.rights.get(identity.token)
    if kept is None or clock() - kept.since >= RIGHTS_LIVE:
        state.rights[identity.token] = Rights(set(state.folders), clock())


def made_folder(call: Call, uid: str) -> None:
    """Let a token reach the folder that it has made itself."""
    kept = call.state.rights.get(call.identity.token)
    if kept is not None:
        kept.folders.add(uid)


def reaches(call: Call, folder: str) -> bool:
    """Tell whether somebody's rights reach a folder's rules; an administrator's reach every one."""
    if call.identity.role >= Role.ADMIN:
        return True
    kept = call.state.rights[call.identity.token]
    return any(uid in kept.folders for uid in lineage(call.state, folder))


def lineage(state: State, folder: str) -> Collection[str]:
    """Give a folder's uid and those of the folders around it, from the inside out; also of one that is not there."""
    found = [folder]
    while (inner := state.folders.get(found[-1])) is not None and inner.parent:
        found.append(inner.parent)
    return found


def add_account(state: State, name: str, role: Role) -> Account:
    """Make a service account."""
    if any(account.name == name for account in state.accounts.values()):
        raise coded(400, "serviceaccounts.ErrAlreadyExists", "service account already exists")
    account = Account(state.next_id("user") + 1, state.random_text(), name, role)
    state.accounts[account.id] = account
    return account


def add_token(state: State, account: Account, name: str) -> Token:
    """Make a token for a service account; names of tokens are unique in the organization."""
    if any(token.name == name for token in state.tokens.values()):
        raise coded(
            409,
            "serviceaccounts.ErrTokenAlreadyExists",
            "service account token with given name already exists",
        )
    token = Token(
        state.next_id("token"), name, f"glsa_{state.random_text(32)}_{state.random_text(8)}", account.id
    )
    state.tokens[token.key] = token
    return token
