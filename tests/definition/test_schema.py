"""What an editor is told of the language: it refuses nothing that is read, and says what is no key."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import ClassVar

import jsonschema
import pytest
import yaml

from tests.cases.runner import HERE
from tests.definition.resolving import SHOP, resolved
from watchglass.definition.schema import schema_text

ROOT = Path(__file__).parents[2]
WRITTEN = [
    ROOT / "generator/watchglass/starter/definition.yaml",
    ROOT / "definitions/draft-cleanup.yaml",
    *sorted((HERE / "good").glob("*/definition.yaml")),
]


SCALARS = (
    ("bool", r"true|false", ("t", "f")),
    ("int", r"[-+]?[0-9]+", tuple("-+0123456789")),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", tuple("-+.0123456789")),
    ("null", r"~|null|", ("~", "n", "")),
    ("merge", r"<<", ("<",)),
)


class Editor(yaml.SafeLoader):
    """Reads YAML as editors do: by the core schema of YAML 1.2, and merges."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {
        first: [
            (f"tag:yaml.org,2002:{tag}", re.compile(f"(?:{form})$"))
            for tag, form, firsts in SCALARS
            if first in firsts
        ]
        for first in {first for _, _, firsts in SCALARS for first in firsts}
    }


def refused(text: str) -> list[str]:
    """List what an editor underlines."""
    schema = jsonschema.Draft202012Validator(json.loads(schema_text()))
    found = schema.iter_errors(yaml.load(text, Editor))
    return [f"{'.'.join(map(str, error.path))}: {error.message[:100]}" for error in found]


@pytest.mark.parametrize("file", WRITTEN, ids=lambda file: file.parent.name)
def test_an_editor_takes_every_definition_that_is_read(file: Path) -> None:
    assert refused(file.read_text(encoding="utf-8")) == []


ALERT = "alerts: {much: {metric: n, when: high, severity: 1, escalate: {after: 1h, severity: 2}}}\n"
NOTIFY = "notify: {contacts: {mail: {type: email, addresses: a@example.com}}, routes: {contact: mail}}\n"
FILTER = "filters: {of: {title: Of, options: {1: One, 2: Two}, type: integer, default: 1}}\n"
BOARD = """dashboards:
  d:
    title: 404
    publish: metabase
    links: https://example.com
    rows:
      - title: 1
        panels: [{query: by_region, as: bar, y: n, links: {title: More, url: https://example.com}}]
"""
METRIC = """  m: {query: by_region, column: n, where: {day: 2026-01-05, region: 5}}
alerts: {much: {metric: m, when: above 5, severity: page, show: day}}
"""


@pytest.mark.parametrize("more", [ALERT + NOTIFY, FILTER, BOARD, METRIC, "retired: gone\n"])
def test_what_one_entry_or_another_scalar_says_is_read_and_taken_by_an_editor(
    tmp_path: Path, more: str
) -> None:
    assert resolved(tmp_path, more).problems == ()
    assert refused(SHOP + more) == []


def test_a_key_of_one_column_needs_no_list(tmp_path: Path) -> None:
    shop = SHOP.replace("key: [region]", "key: region")
    service = resolved(tmp_path, "", shop).service
    assert service is not None
    assert service.queries["by_region"].key == ("region",)
    assert refused(shop) == []


def test_an_editor_underlines_what_is_no_key() -> None:
    assert refused(SHOP + "alert: {}\n") == [
        ": Additional properties are not allowed ('alert' was unexpected)"
    ]
