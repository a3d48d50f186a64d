"""What the exit code of every command says."""

from __future__ import annotations

from typing import Final

FINE: Final = 0
PROBLEMS: Final = 1
USAGE: Final = 2
DIFFERENCES: Final = 3
BUG: Final = 70
INTERRUPTED: Final = 130
