"""One panel as one question: its SQL with template tags, its look, its description with the mark of ownership."""

from __future__ import annotations

from dataclasses import dataclass

from watchglass import naming
from watchglass.artifact import Artifact, Json, Note, Statement
from watchglass.definition.service import Dashboard, Panel, Query, Service
from watchglass.definition.shown import shown
from watchglass.definition.telling import describe_panel, window
from watchglass.sql import metabase
from watchglass.sql.metabase import MetabaseDialect
from watchglass.sql.render import render
from watchglass.targets.metabase.origins import card_origins
from watchglass.targets.metabase.parameters import Tags, card_parameters
from watchglass.targets.metabase.visualization import Look, Subject, look


@dataclass(frozen=True, slots=True)
class Card:
    """A question with what its dashboard must know of it."""

    artifact: Artifact
    tags: Tags
    notes: tuple[Note, ...]


def card_id(board: Dashboard, panel: Panel) -> str:
    """Give our id of a panel's question."""
    return f"{board.id}/{panel.id}"


def build_card(service: Service, board: Dashboard, panel: Panel, query: Query, name: str) -> Card:
    """Make the question of a panel; ``name`` is unique among the questions of the collection."""
    rows = shown(panel, query, service.timezone)
    seen = look(Subject(panel, rows, service.environment.metabase_version))
    dialect = MetabaseDialect(
        service.timezone,
        service.filters,
        window(panel.range, board.range, query),
        fixed=panel.range is not None,
    )
    identity = f"{service.id}/{service.environment.suffix}/cards/{card_id(board, panel)}"
    tags = metabase.tags(query.template, dialect, identity)
    sql = render(rows.pieces, dialect)
    body = question(
        service,
        card_id(board, panel),
        name,
        describe_panel(panel),
        query.source.metabase_database,
        asked=(sql.text, tags),
        seen=seen,
    )
    statement = Statement(
        "metabase",
        "card",
        card_id(board, panel),
        sql,
        "/dataset_query/native/query",
        panel.at.span,
        variables=query.template.filters,
        query=query.id if rows.whole else "",
        twin=card_id(board, panel),
        tags=tags,
        range=dialect.range,
        key=query.key if rows.whole else (),
        budget_ms=query.budget.seconds * 1000 if query.budget else None,
        source=query.source.id,
    )
    path = naming.path(
        service.id, service.environment.suffix, "metabase", "cards", naming.slug(board.id, panel.id), "json"
    )
    artifact = Artifact(
        "metabase",
        "cards",
        card_id(board, panel),
        path,
        body,
        card_origins(panel, query, rows, seen.settings),
        (statement,),
    )
    notes = tuple(Note("metabase", card_id(board, panel), text, panel.at.span) for text in seen.notes)
    return Card(artifact, tags, notes)


def question(
    service: Service, key: str, name: str, told: str, database: str, *, asked: tuple[str, Tags], seen: Look
) -> dict[str, Json]:
    """
    Make the body of a question.

    Args:
        key: our id of it; ``told``: what its description says above the mark.
        asked: its SQL, and the template tags there.
    """
    sql, tags = asked
    mark = naming.marker(service.id, service.environment.suffix, "card", key)
    return {
        "name": name,
        "description": f"{told}\n\n{mark}",
        "type": "question",
        "display": seen.display,
        "collection_id": {"collection": service.environment.metabase_collection},
        "dataset_query": {
            "type": "native",
            "database": {"database": database},
            "native": {"query": sql, "template-tags": {tag: dict(part) for tag, part in tags.items()}},
        },
        "parameters": card_parameters(service, tags),
        "visualization_settings": seen.settings,
    }
