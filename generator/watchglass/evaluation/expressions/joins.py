"""Two sides of an operator become pairs, by their labels."""

from __future__ import annotations

from collections.abc import Iterator

from watchglass.evaluation.values import NO_LABELS, Labels, NoData, Value, Values, contains, labels_of


def pairs(left: Values, right: Values) -> Iterator[tuple[Labels, Value, Value]]:
    """
    Pair values whose labels are equal, or one side's hold all of the other's; no labels join with all.

    What finds no partner is dropped, as Grafana drops it. One value on each side is joined whatever its labels say,
    and loses them. "No data" on a side makes "no data" of the whole.
    """
    if not left or not right:
        return
    if (len(left) == 1 or len(right) == 1) and (isinstance(left[0], NoData) or isinstance(right[0], NoData)):
        yield NO_LABELS, left[0], right[0]
        return
    found = False
    for one in left:
        for other in right:
            labels = _joined(labels_of(one), labels_of(other))
            if labels is not None:
                found = True
                yield labels, one, other
    if not found and len(left) == len(right) == 1:
        yield NO_LABELS, left[0], right[0]


def _joined(left: Labels, right: Labels) -> Labels | None:
    if not right:
        return left
    if not left or contains(right, left):
        return right
    return left if contains(left, right) else None
