"""Secrets: shown by nothing, cut out of every form in which a text may hold them."""

from __future__ import annotations

import base64
import json
import pickle
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchglass.publish.secret import HIDDEN, Redactor, Secret, read

CANARY = "glsa_Qz+/7=€ p'w\"\\x"


@pytest.mark.parametrize("show", [str, repr, "{}".format, "{:>10}".format, lambda secret: f"{[secret]}"])
def test_nothing_shows_a_secret(show: object) -> None:
    assert callable(show)
    assert CANARY not in show(Secret(CANARY))


def test_a_secret_is_not_stored() -> None:
    with pytest.raises(TypeError, match="not stored"):
        pickle.dumps(Secret(CANARY))
    with pytest.raises(TypeError):
        json.dumps({"token": Secret(CANARY)})


@pytest.mark.parametrize(
    "form",
    [
        lambda value: value,
        lambda value: quote(value, safe=""),
        quote_plus,
        lambda value: json.dumps({"password": value}),
        lambda value: json.dumps({"password": value}, ensure_ascii=False),
        lambda value: repr([value]),
        lambda value: base64.b64encode(value.encode()).decode(),
        lambda value: base64.b64encode(f"admin:{value}".encode()).decode(),
        lambda value: base64.b64encode(f"x:{value}!".encode()).decode(),
        lambda value: base64.urlsafe_b64encode(f"ab:{value}".encode()).decode(),
        lambda value: value.encode().hex(),
    ],
    ids=[
        "plain",
        "address",
        "form",
        "JSON",
        "JSON unescaped",
        "repr",
        "base64",
        "basic 0",
        "basic 2",
        "basic 1",
        "hex",
    ],
)
def test_a_secret_is_cut_out_of_each_form(form: object) -> None:
    redactor = Redactor()
    redactor.learn(Secret(CANARY))
    assert callable(form)
    shown = form(CANARY)
    cleaned = redactor.clean(f"before {shown} after")
    assert HIDDEN in cleaned
    assert shown not in cleaned
    assert cleaned.startswith("before ")
    assert cleaned.endswith(" after")


@given(st.text(min_size=8, max_size=40), st.text(max_size=3), st.text(max_size=3))
def test_no_secret_is_left_in_base64_of_a_text_around_it(value: str, before: str, after: str) -> None:
    redactor = Redactor()
    redactor.learn(value)
    coded = base64.b64encode(f"{before}{value}{after}".encode("utf-8", "replace")).decode()
    cleaned = redactor.clean(coded)
    assert base64.b64encode(value.encode("utf-8", "replace")).decode()[4:-4] not in cleaned or "?" in value


def test_a_word_of_three_letters_is_not_cut_out_of_everything() -> None:
    redactor = Redactor()
    redactor.learn("abc")
    assert redactor.clean("the abc of it") == "the abc of it"


def test_what_a_reference_leads_to_is_a_secret(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from-a-file\n", "utf-8")
    assert read("${env:KIND} ${file:token}", {"KIND": "Bearer"}, tmp_path) == Secret("Bearer from-a-file")
