"""Units of numbers: a closed list mapped to each target's own names, and free text for all others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Unit:
    """
    A unit.

    Args:
        id: the name in a definition, such as ``percent`` or ``EUR``.
        grafana: Grafana's unit id.
        metabase: entries of a Metabase ``column_settings`` value (number style, suffix, currency).
        word: what follows a number in a sentence, with its blank, such as `` %``; empty for none.
        free: True for a free text that no list knows.
    """

    id: str
    grafana: str
    metabase: Mapping[str, str | int | float] = field(default_factory=dict)
    word: str = ""
    free: bool = False
    prefix: str = ""


def _suffix(word: str) -> dict[str, str | int | float]:
    return {"suffix": word}


def _currency(code: str) -> Unit:
    return Unit(code, f"currency{code}", {"number_style": "currency", "currency": code}, f" {code}")


_ALL: tuple[Unit, ...] = (
    Unit("none", "none"),
    Unit("count", "short"),
    # A percentage is written 0-100 everywhere; Metabase's own percent style would multiply by 100 once more.
    Unit("percent", "percent", _suffix(" %"), " %"),
    Unit("ratio", "percentunit", {"number_style": "percent"}, ""),
    Unit("milliseconds", "ms", _suffix(" ms"), " ms"),
    Unit("seconds", "s", _suffix(" s"), " s"),
    Unit("minutes", "m", _suffix(" min"), " min"),
    Unit("hours", "h", _suffix(" h"), " h"),
    Unit("days", "d", _suffix(" d"), " d"),
    Unit("duration", "dtdurations", _suffix(" s"), " s"),
    Unit("bytes", "bytes", _suffix(" B"), " B"),
    Unit("kilobytes", "kbytes", _suffix(" KiB"), " KiB"),
    Unit("megabytes", "mbytes", _suffix(" MiB"), " MiB"),
    Unit("bits_per_second", "bps", _suffix(" bit/s"), " bit/s"),
    Unit("bytes_per_second", "Bps", _suffix(" B/s"), " B/s"),
    Unit("per_second", "cps", _suffix(" /s"), " /s"),
    Unit("per_minute", "cpm", _suffix(" /min"), " /min"),
    Unit("per_hour", "suffix: /h", _suffix(" /h"), " /h"),
    Unit("per_day", "suffix: /d", _suffix(" /d"), " /d"),
    Unit("celsius", "celsius", _suffix(" °C"), " °C"),
    Unit("timestamp", "dateTimeAsIso"),
    *(
        _currency(code)
        for code in (
            "EUR",
            "USD",
            "GBP",
            "CHF",
            "JPY",
            "SEK",
            "NOK",
            "DKK",
            "PLN",
            "CZK",
            "INR",
            "BRL",
            "RUB",
            "UAH",
        )
    ),
)
UNITS: Mapping[str, Unit] = {unit.id: unit for unit in _ALL}


def free_unit(text: str) -> Unit:
    """Make a unit that no list knows, such as ``kWh/100 km``: shown behind the number."""
    return Unit(text, f"suffix: {text}", _suffix(f" {text}"), f" {text}", free=True)
