"""Secrets in plain text are found by their form or by chance, and shown nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lint.judged import judge
from watchglass.cli.main import run
from watchglass.lint.secrets import guessed, known

PARTS = {
    "slack": ("xoxb-", "123456789012-abcdefghijkl"),
    "webhook": ("https://hooks.slack.com/services/", "T00000000/B00000000/abcdefghijklmnopqrstuvwx"),
    "grafana": ("glsa_", "0123456789abcdefghijABCDEFGHIJ01_01234567"),
    "metabase": ("mb_", "abcdefghijklmnopqrstuvwxyz0123456789ABCD="),
    "github": ("ghp_", "abcdefghijklmnopqrstuvwxyz0123456789"),
    "aws": ("AKIA", "ABCDEFGHIJKLMNOP"),
    "jwt": ("eyJ", "hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N"),
    "key": ("-----BEGIN RSA ", "PRIVATE KEY-----"),
    "dsn": ("postgresql://watch:", "hunter22@db.example.com/shop"),
    "keyword": ("host=db password", "=hunter22 dbname=shop"),
    "bearer": ("curl -H 'Authorization: Bearer ", "abcdefghijklmnopqrstuvwxyz'"),
}
"""Forms of secrets, in two parts, so that none stands in this repository."""


@pytest.mark.parametrize("name", PARTS)
def test_a_secret_is_known_by_its_form(name: str) -> None:
    assert len(list(known(f"see {''.join(PARTS[name])} here"))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "${env:DATABASE_URL}",
        "postgresql://watch:${env:PASSWORD}@db/shop",
        "postgresql://watch:<password>@db/shop",
        "postgresql://watch@db.example.com:5432/shop",
        "https://example.com:8443/a@b",
        "password = your-password",
        "Authorization: Bearer YOUR-SERVICE-ROLE-KEY",
        "draft:session:*",
        "https://hooks.slack.com/services/…",
        "The token of Grafana begins with glsa_",
        "postgresql://watch:password@localhost/shop",
    ],
)
def test_an_address_or_a_placeholder_is_no_secret(text: str) -> None:
    assert list(known(text)) == []


CHANCE = "q7Zt4Lk9Xw2Rb8Nc3Vy6" + "Hm1Jp5Gd0Sf4Ta"


def test_a_password_that_sql_compares_is_no_secret_and_one_in_an_address_is() -> None:
    assert list(known("SELECT count(*) FROM users WHERE password = 'unset'", sql=True)) == []
    assert len(list(known("SELECT * FROM dblink('postgresql://a:s3cr%40t@db/x')", sql=True))) == 1


def test_a_long_word_by_chance_is_guessed() -> None:
    assert len(list(guessed(f"the key is {CHANCE}"))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "550e8400-e29b-41d4-a716-446655440000",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "https://docs.google.com/document/d/1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms/edit",
        "aVeryLongNameOfAThingThatSomebodyWroteInCamelCase",
        "cleanup-old-drafts-hourly-2025-11-08-in-production",
        "Grafana2025-Metabase58-PostgreSQL18-Watchglass1",
        "data:image/png;base64," + CHANCE,
    ],
)
def test_a_name_an_id_or_an_address_is_not_guessed(text: str) -> None:
    assert list(guessed(text)) == []


def text_with(place: str, value: str) -> str:
    """Put a value into a text of the definition."""
    query = 'queries: {q: {sql: SELECT 1 AS n, columns: {n: integer}, description: "%s"}}'
    rest = "queries: {q: {sql: SELECT 1 AS n, columns: {n: integer, token: text, password: text}}}\n"
    return {
        "description": query % value,
        "token": rest + f'environments: {{e: {{grafana: {{token: "{value}"}}}}}}',
        "contact": rest
        + f'notify: {{contacts: {{c: {{type: pagerduty, integration_key: "{value}"}}}}, routes: []}}',
        "sql": f"queries:\n  q:\n    columns: {{n: integer}}\n    sql: |\n      SELECT 1 AS n WHERE '{value}' = ''\n",
    }[place]


@pytest.mark.parametrize("place", ["description", "token", "sql"])
def test_a_secret_is_found_wherever_it_stands(place: str, tmp_path: Path) -> None:
    secret = "".join(PARTS["grafana"])
    assert judge(tmp_path, text_with(place, secret)).of("lint-secret") == [secret]


def test_a_field_of_a_secret_holds_no_word(tmp_path: Path) -> None:
    assert judge(tmp_path, text_with("token", "0123456789abcdef")).of("lint-secret") == ["0123456789abcdef"]
    assert judge(tmp_path, text_with("token", "${env:GRAFANA_TOKEN}")).of("lint-secret") == []


def test_a_hash_in_sql_is_no_secret(tmp_path: Path) -> None:
    assert judge(tmp_path, text_with("sql", CHANCE)).of("lint-secret") == []
    assert judge(tmp_path, text_with("description", CHANCE)).of("lint-secret") == [CHANCE]


@pytest.mark.parametrize("form", ["text", "json", "github", "sarif"])
def test_a_secret_is_shown_in_no_report(
    form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = "".join(PARTS["grafana"])
    judge(tmp_path, text_with("description", secret))
    assert run(["check", "--strict", "--format", form, str(tmp_path / "definition.yaml")]) == 1
    printed = capsys.readouterr()
    assert "lint-secret" in printed.out + printed.err
    assert secret not in printed.out + printed.err


@pytest.mark.parametrize(
    "environment",
    [
        "grafana: {token: %s, versoin: 1}",
        "grafana: {organization: %s}",
        "grafana: {token: [%s}",
        "grafana: {url: x, tokn: %s}",
        "metabase: {api_key: of-no-known-form-%s, versoin: 1}",
    ],
)
@pytest.mark.parametrize("line_break", ["\n", "\r"])
def test_an_error_beside_a_secret_or_about_it_does_not_show_it(
    environment: str, line_break: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = "".join(PARTS["grafana"])
    text = f"version: 1\nenvironments:\n  here: {{{environment % secret}}}\n"
    (tmp_path / "definition.yaml").write_text(text.replace("\n", line_break))
    assert run(["check", str(tmp_path / "definition.yaml")]) == 1
    printed = capsys.readouterr()
    assert "here" in printed.err
    assert secret[8:] not in printed.err


def test_a_secret_of_a_shared_part_stays_hidden_where_a_later_definition_does_not_name_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = "".join(PARTS["grafana"])
    shared = f"levels: {{good: green, bad: red}}\nsources: {{main: {{}}}}\n{text_with('description', secret)}"
    (tmp_path / "shared.yaml").write_text(shared)
    head = "version: 1\nservice: {id: %s, title: T, timezone: UTC, owner: me}\ninclude: shared.yaml\n"
    (tmp_path / "a.yaml").write_text(head % "a")
    (tmp_path / "b.yaml").write_text(f"{head % 'b'}alerts: {{none: {{}}}}\n")
    assert run(["check", str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml")]) == 1
    printed = capsys.readouterr()
    assert "lint-secret" in printed.err
    assert "shared.yaml" in printed.err
    assert secret not in printed.out + printed.err
