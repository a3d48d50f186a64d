"""Colours that a definition may name, as the hexadecimal form that every target understands."""

from __future__ import annotations

from collections.abc import Mapping

COLORS: Mapping[str, str] = {
    "green": "#73BF69",
    "dark-green": "#37872D",
    "light-green": "#96D98D",
    "yellow": "#FADE2A",
    "dark-yellow": "#E0B400",
    "light-yellow": "#FFEE52",
    "orange": "#FF9830",
    "dark-orange": "#FA6400",
    "light-orange": "#FFB357",
    "red": "#F2495C",
    "dark-red": "#C4162A",
    "light-red": "#FF7383",
    "blue": "#5794F2",
    "dark-blue": "#1F60C4",
    "light-blue": "#8AB8FF",
    "purple": "#B877D9",
    "dark-purple": "#8F3BB8",
    "light-purple": "#CA95E5",
    "gray": "#8E8E8E",
    "black": "#000000",
    "white": "#FFFFFF",
}
"""Grafana's names of its own palette, with what they look like."""


def hex_color(color: str) -> str:
    """Give a colour in hexadecimal form, whether it is named or written so."""
    return COLORS.get(color, color)
