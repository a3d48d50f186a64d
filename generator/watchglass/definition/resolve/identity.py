"""Ids that people and targets tell apart: collisions after the uid is made, renames and removals."""

from __future__ import annotations

from collections.abc import Mapping

from watchglass import naming
from watchglass.artifact import Path
from watchglass.definition.hearing import escalations, parts_of
from watchglass.definition.resolve.context import Context
from watchglass.definition.service import Alert, Dashboard, Environment

_KINDS = ("queries", "metrics", "filters", "constants", "snippets", "hours", "sources", "subscriptions")


def check_identity(
    context: Context,
    environment: Environment,
    alerts: Mapping[str, Alert],
    dashboards: Mapping[str, Dashboard],
) -> None:
    """Report ids of one kind that differ only by case or separators, and uids that come out the same."""
    model = context.definition.model
    for kind in _KINDS:
        _check(context, [(naming.slug(name), name, (kind, name)) for name in getattr(model, kind)])
    uid = model.service.id, environment.suffix
    boards = [(naming.uid(*uid, name), name, board.at.path) for name, board in dashboards.items()]
    rules = [
        (naming.uid(*uid, *parts), " ".join(parts), alert.at.path)
        for alert in alerts.values()
        for rule in alert.rules
        for parts in ((rule.id,), *(parts_of(rule, step) for step in escalations(alert, rule)))
    ]
    _check(context, boards)
    _check(context, rules)
    _check(context, _questions(context, dashboards))
    _check_renames(context, alerts)


def _questions(context: Context, dashboards: Mapping[str, Dashboard]) -> list[tuple[str, str, Path]]:
    """Name what becomes questions at Metabase: panels, and subscriptions to metrics, which may have one of their own."""
    # Two panels of one id are told where panels are resolved.
    panels = {
        (board.id, naming.slug(panel.id)): (
            naming.slug(board.id, panel.id),
            f"{board.id}/{panel.id}",
            panel.at.path,
        )
        for board in dashboards.values()
        if "metabase" in board.publish
        for panel in board.panels
    }
    mails = [
        (naming.slug(name), name, ("subscriptions", name))
        for name, part in context.definition.model.subscriptions.items()
        if part.metric is not None
    ]
    return [*panels.values(), *mails]


def _check(context: Context, named: list[tuple[str, str, Path]]) -> None:
    seen: dict[str, tuple[str, Path]] = {}
    for uid, name, path in named:
        if uid in seen and (name, path) != seen[uid]:
            other, place = seen[uid]
            context.report(
                "id-collision", f"'{name}' and '{other}' become the same id '{uid}' at the targets", path, key=True,
                hint="rename one of them", related=[(place, f"'{other}' is here")],
            )  # fmt: skip
        seen.setdefault(uid, (name, path))


def _check_renames(context: Context, alerts: Mapping[str, Alert]) -> None:
    model = context.definition.model
    living = {*model.queries, *model.metrics, *model.alerts, *alerts, *model.dashboards}
    for index, name in enumerate(model.retired):
        if name in living:
            context.report("retired-lives", f"'{name}' is retired, but still there", ("retired", index))
    for old, new in model.moved.items():
        if old in living:
            context.report(
                "retired-lives", f"'{old}' has moved to '{new}', but is still there", ("moved", old), key=True
            )
        if new not in living:
            context.unknown("object", new, living, ("moved", old))
