"""Stand-in of GitHub's `gh api`: comments of one pull request, kept in a file; of its calls just those that a recipe makes."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

BOT = "github-actions[bot]"


def main(arguments: list[str]) -> int:
    """Answer a call: a list filtered by ``--jq``, a new comment, or another text of an old one."""
    assert os.environ["GH_TOKEN"], "gh wants a token"
    home = Path(os.environ["STAND_INS"]) / "comments.json"
    comments = json.loads(home.read_text("utf-8")) if home.exists() else []
    words = [word for word in arguments if word not in ("api", "--silent", "--paginate")]
    options = {words[at]: words[at + 1] for at in range(len(words) - 1) if words[at].startswith("--")}
    (endpoint,) = [word for word in words if word.startswith("repos/")]
    if "--jq" in options:
        assert f'.user.login == "{BOT}"' in options["--jq"]
        assert 'startswith("## Watchglass plan")' in options["--jq"]
        ours = [
            each for each in comments if each["user"] == BOT and each["body"].startswith("## Watchglass plan")
        ]
        sys.stdout.writelines(f"{each['id']}\n" for each in ours)
        return 0
    body = Path(options["--field"].removeprefix("body=@")).read_text("utf-8")
    if options["--method"] == "PATCH":
        (one,) = [each for each in comments if each["id"] == int(endpoint.rpartition("/")[2])]
        one["body"] = body
    else:
        comments.append({"id": len(comments) + 1, "user": BOT, "body": body})
    home.write_text(json.dumps(comments), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
