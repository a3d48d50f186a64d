"""Names of the definition as numbers of one server, and back: databases, columns of tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from watchglass.artifact import Json
from watchglass.publish.client import Client, only
from watchglass.publish.errors import Refused

ENGINE = "postgres"


class Databases:
    """The databases that a key may query, each read when it is first asked for."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._listed: list[Mapping[str, Json]] | None = None
        self._columns: dict[int, dict[int, tuple[str, str]]] = {}

    def forget(self) -> None:
        """Read anew from now on."""
        self._listed, self._columns = None, {}

    @property
    def listed(self) -> list[Mapping[str, Json]]:
        """All databases, as they are answered."""
        if self._listed is None:
            body = self._client.get("/api/database").body
            rows = body.get("data") if isinstance(body, dict) else body
            self._listed = only(rows, list, "the list of databases")
        return self._listed

    def named(self, name: str) -> list[Mapping[str, Json]]:
        """List the PostgreSQL databases of a name."""
        return [each for each in self.listed if each["name"] == name and each["engine"] == ENGINE]

    def number(self, name: str) -> int:
        """
        Give the number of a database.

        Raises:
            Refused: there is none of that name, or more than one.
        """
        found = self.named(name)
        if len(found) != 1:
            raise Refused(f"Metabase has {len(found) or 'no'} databases named '{name}'", DATABASE_HINT)
        return int(found[0]["id"])

    def name(self, number: int) -> Json:
        """Give a database as the definition says it; a number that nobody knows stays."""
        found = next((each["name"] for each in self.listed if each["id"] == number), None)
        return number if found is None else {"database": found}

    def column(self, database: int, number: int) -> Json:
        """Give a column as the definition says it; a number that nobody knows stays."""
        found = self._of(database).get(number)
        return number if found is None else {"table": found[0], "column": found[1]}

    def column_number(self, database: int, table: str, column: str) -> int | None:
        """Give the number of a column, or None where Metabase has not seen it."""
        wanted = (table, column)
        return next((number for number, found in self._of(database).items() if found == wanted), None)

    def _of(self, database: int) -> dict[int, tuple[str, str]]:
        if database not in self._columns:
            answer = self._client.get(
                f"/api/database/{database}/metadata", {"include_hidden": "true"}, also=(403, 404)
            )
            body = answer.body if answer.status == 200 else {"tables": []}
            self._columns[database] = dict(_columns(only(body, dict, "the tables of a database")))
        return self._columns[database]


DATABASE_HINT = "name one that is there under environments: … sources: … metabase: {database: …}"


def _columns(body: Mapping[str, Json]) -> Iterator[tuple[int, tuple[str, str]]]:
    for table in body["tables"]:
        for field in table.get("fields") or []:
            yield field["id"], (f"{table.get('schema') or 'public'}.{table['name']}", field["name"])
