"""After each evaluation: which instances go to the Alertmanager, and what it is told of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from watchglass.evaluation.instance import Instance
from watchglass.evaluation.values import Labels

RESEND = timedelta(seconds=30)
RETENTION = timedelta(minutes=15)
_ALERT_NAMES = {"NoData": "DatasourceNoData", "Error": "DatasourceError"}


@dataclass(frozen=True, slots=True)
class Sent:
    """
    One alert as the Alertmanager gets it.

    Args:
        labels: for "no data" and errors ``alertname`` is Grafana's own, and the rule's title stands in ``rulename``.
        firing: the end lies ahead; an alert that is not firing is resolved.
    """

    labels: Labels
    annotations: Mapping[str, str]
    starts: datetime
    ends: datetime
    firing: bool


def needs_sending(instance: Instance, at: datetime) -> bool:
    """Tell whether an instance is sent after the evaluation at this time."""
    if instance.state == "Pending":
        return False
    resolved, sent = instance.resolved, instance.sent
    if resolved is not None and (sent is None or resolved > sent):
        return True
    if instance.state == "Normal" and (resolved is None or at - resolved > RETENTION):
        return False
    return sent is None or sent + RESEND <= at


def posted(instance: Instance, at: datetime) -> Sent:
    """Write an instance as it is sent; labels and annotations that are empty get lost on the way."""
    labels = {**instance.labels}
    if instance.state in _ALERT_NAMES:
        labels["rulename"] = labels.get("alertname", "")
        labels["alertname"] = _ALERT_NAMES[instance.state]
    labels.pop("__alert_rule_namespace_uid__", None)
    return Sent(
        labels={name: value for name, value in labels.items() if value},
        annotations={name: text for name, text in instance.texts.written().items() if text},
        starts=instance.starts,
        ends=instance.ends,
        firing=instance.ends > at,
    )
