"""The page on evaluation shows what the program does."""

from __future__ import annotations

import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

PAGE = (Path(__file__).parents[2] / "docs" / "evaluation.md").read_text("utf-8")


def test_the_example_of_the_page_prints_what_the_page_shows() -> None:
    match = re.search(r"```python\n(.*?)```\n\n```\n(.*?)```", PAGE, re.DOTALL)
    assert match is not None
    shown = StringIO()
    with redirect_stdout(shown):
        exec(match[1], {})
    assert shown.getvalue() == match[2]
