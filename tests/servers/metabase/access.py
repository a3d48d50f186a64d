"""Who asks, and what they may do: groups, collections, native queries."""

from __future__ import annotations

from tests.servers.messages import Request
from tests.servers.metabase.refusals import forbidden, unauthenticated
from tests.servers.metabase.state import (
    ADMINISTRATORS,
    ALL_USERS,
    TRASH,
    ApiKey,
    Card,
    Collection,
    Dashboard,
    Database,
    Group,
    Right,
    State,
    User,
)

_ORDER: dict[Right, int] = {"none": 0, "read": 1, "write": 2}


def identify(request: Request, state: State) -> User:
    """Find out who asks, by an API key or a session."""
    key = state.keys.get(request.headers.get("x-api-key", ""))
    if key is not None:
        return state.users[key.user]
    session = request.headers.get("x-metabase-session", "")
    if session in state.sessions:
        return state.users[state.sessions[session]]
    raise unauthenticated()


def add_group(state: State, name: str) -> Group:
    """Make a group that may nothing."""
    number = state.next_id("group")
    state.groups[number] = Group(number, name)
    return state.groups[number]


def add_user(state: State, email: str, name: str, groups: set[int], password: str = "") -> User:
    """Make a person, with a collection of their own."""
    number = state.next_id("user")
    user = state.users[number] = User(number, email, name, groups | {ALL_USERS}, "personal", password)
    add_collection(state, f"{name}'s Personal Collection", None, (), "", personal_owner=number)
    return user


def add_key(state: State, name: str, group: int) -> ApiKey:
    """Make an API key with its user."""
    number = state.next_id("user")
    email = f"api-key-user-{number}@api-key.invalid"
    state.users[number] = User(number, email, name, {group, ALL_USERS}, "api-key")
    text = f"mb_{state.entity_id()}{state.entity_id()}="
    key = state.keys[text] = ApiKey(state.next_id("key"), name, text, group, number)
    return key


def add_collection(
    state: State,
    name: str,
    description: str | None,
    parents: tuple[int, ...],
    created: str,
    *,
    personal_owner: int | None = None,
) -> Collection:
    """Make a collection with the rights of its parent."""
    number = state.next_id("collection")
    made = Collection(
        number, state.entity_id(), name, description, parents, created, personal_owner=personal_owner
    )
    state.collections[number] = made
    above: int | str = parents[-1] if parents else "root"
    for group in state.groups.values():
        if personal_owner is None and above in group.collections:
            group.collections[number] = group.collections[above]
    return made


def right(state: State, user: User, collection: int | None) -> Right:
    """Give what somebody may do in a collection; None is the root."""
    if user.is_superuser:
        return "write"
    found = state.collections.get(collection) if collection is not None else None
    if found is not None and found.personal_owner is not None:
        return "write" if found.personal_owner == user.id else "none"
    place: int | str = "root" if collection is None else collection
    rights = [state.groups[each].collections.get(place, "none") for each in user.groups]
    return max(rights, key=lambda each: _ORDER[each], default="none")


def may_read(state: State, user: User, what: Card | Dashboard) -> bool:
    """Tell whether somebody may see something, also in the Trash."""
    return right(state, user, what.collection) != "none"


def may_write(state: State, user: User, what: Card | Dashboard) -> bool:
    """Tell whether somebody may change something."""
    return right(state, user, what.collection) == "write"


def need_read(state: State, user: User, what: Card | Dashboard) -> None:
    """Refuse those who may not see it."""
    if not may_read(state, user, what):
        raise forbidden()


def need_write(state: State, user: User, collection: int | None) -> None:
    """Refuse those who may not write into a collection."""
    if right(state, user, collection) != "write":
        raise forbidden()


def need_admin(user: User) -> None:
    """Refuse all but administrators."""
    if not user.is_superuser:
        raise forbidden()


def sees_database(state: State, user: User, database: Database) -> bool:
    """Tell whether somebody may query a database at all."""
    if user.is_superuser:
        return True
    return any(state.groups[each].databases.get(database.id, "no") != "no" for each in user.groups)


def may_native(state: State, user: User, database: int) -> bool:
    """Tell whether somebody may write SQL for a database."""
    if user.is_superuser:
        return True
    rights = {state.groups[each].databases.get(database, "no") for each in user.groups}
    return "query-builder-and-native" in rights


def in_trash(what: Card | Dashboard | Collection) -> bool:
    """Tell whether something lies in the Trash itself, and not within something that does."""
    return what.archived and what.archived_directly


def shown_collection(what: Card | Dashboard) -> int | None:
    """Give the collection that an answer names: the Trash for what was put there directly."""
    return TRASH if in_trash(what) else what.collection


def first_groups(state: State) -> None:
    """Make the two groups that every Metabase has."""
    everybody, administrators = add_group(state, "All Users"), add_group(state, "Administrators")
    if (everybody.id, administrators.id) != (ALL_USERS, ADMINISTRATORS):
        raise AssertionError("the first groups have the numbers 1 and 2")
