"""After each evaluation: which instances go to the Alertmanager, and what it is told of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from watchglass.evaluation.identity import Texts
from watchglass.evaluation.instance import RESEND, Instance
from watchglass.evaluation.values import Labels

RETENTION = timedelta(minutes=15)
_ALERT_NAMES = {"NoData": "DatasourceNoData", "Error": "DatasourceError"}


@dataclass(frozen=True, slots=True)
class Sent:
    """
    One alert as the Alertmanager gets it.

    Args:
        labels: for "no data" and errors ``alertname`` is Grafana's own, and the rule's title stands in ``rulename``.
        firing: the end lies ahead; an alert that is not firing is resolved.
        texts: the annotations, not yet written.
    """

    labels: Labels
    starts: datetime
    ends: datetime
    firing: bool
    texts: Texts

    @property
    def annotations(self) -> Mapping[str, str]:
        """The annotations, as people read them; those that are empty get lost on the way."""
        return {name: text for name, text in self.texts.written().items() if text}


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
    """Give an instance as it is sent; labels that are empty get lost on the way."""
    labels = {**instance.labels}
    if instance.state in _ALERT_NAMES:
        labels["rulename"] = labels.get("alertname", "")
        labels["alertname"] = _ALERT_NAMES[instance.state]
    labels.pop("__alert_rule_namespace_uid__", None)
    return Sent(
        labels={name: value for name, value in labels.items() if value},
        starts=instance.starts,
        ends=instance.ends,
        firing=instance.ends > at,
        texts=instance.texts,
    )
