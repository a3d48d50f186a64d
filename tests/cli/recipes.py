"""The CI files that `init` writes, run as their services would: conditions, variables, and each line in a shell."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
_NAME = re.compile(r"(?<!')\b(?:github|vars|secrets|needs|steps|env)(?:\.[\w-]+)+")
_VARIABLE = re.compile(r"\$([A-Z_]+)")
_STANDINS = {
    "pip": 'echo "pip $*" >> "$STAND_INS/said"',
    "apt-get": 'echo "apt-get $*" >> "$STAND_INS/said"',
    "gh": f'exec "{sys.executable}" -m tests.cli.gh "$@"',
}
"""Commands that need the outside world: they write down what they were asked for."""


@dataclass(slots=True)
class Shell:
    """
    A machine that runs lines: our program and PostgreSQL's as they are, the outside world's as stand-ins.

    Args:
        replaced: text → what stands in its place on this machine, such as the address of a service.
    """

    folder: Path
    replaced: Mapping[str, str]
    output: str = field(default="", init=False)

    def __post_init__(self) -> None:
        self.standins.mkdir(exist_ok=True)
        for name, line in _STANDINS.items():
            file = self.standins / name
            file.write_text(f"#!/bin/sh\n{line}\n", "utf-8")
            file.chmod(0o755)

    @property
    def standins(self) -> Path:
        """Where the stand-ins are, and what they write down."""
        return self.folder.parent / "bin"

    def run(self, script: str, environment: Mapping[str, str]) -> int:
        """Run a script as both services do, and give its exit code."""
        programs = [str(self.standins), str(Path(sys.executable).parent), os.environ["PATH"]]
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=self.folder,
            env={
                "PATH": os.pathsep.join(programs),
                "HOME": str(self.folder.parent),
                "PYTHONPATH": str(Path(__file__).parents[2]),
                "WATCHGLASS_CACHE": str(self.folder.parent / "cache"),
                "STAND_INS": str(self.standins),
                **{name: self._replace(value) for name, value in environment.items()},
            },
            capture_output=True,
            text=True,
            check=False,
        )
        self.output += done.stdout + done.stderr
        return done.returncode

    def _replace(self, value: str) -> str:
        for old, new in self.replaced.items():
            value = value.replace(old, new)
        return value


@dataclass(slots=True)
class GitHub:
    """A run of a workflow; contexts are given whole, such as ``vars.GRAFANA_URL``."""

    workflow: Mapping[str, Any]
    shell: Shell
    contexts: dict[str, str]
    codes: dict[str, int] = field(default_factory=dict)

    def run(self) -> dict[str, int]:
        """Run the jobs in their order; gives the exit code of each that ran."""
        for name, job in self.workflow["jobs"].items():
            needed = job.get("needs")
            if self._holds(job.get("if", "true")) and (needed is None or self.codes.get(needed) == 0):
                self.codes[name] = self._job(name, job)
        return self.codes

    def _job(self, name: str, job: Mapping[str, Any]) -> int:
        code = 0
        for step in job["steps"]:
            condition = step.get("if", "true")
            if (code and "always()" not in condition) or not self._holds(condition) or "run" not in step:
                continue
            code = self._step(step, job.get("env", {})) or code
        for output, value in job.get("outputs", {}).items():
            self.contexts[f"needs.{name}.outputs.{output}"] = self._filled(value)
        return code

    def _step(self, step: Mapping[str, Any], env: Mapping[str, str]) -> int:
        files = {name: self.shell.standins / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        files["GITHUB_OUTPUT"].write_text("", "utf-8")
        environment = {name: self._filled(value) for name, value in {**env, **step.get("env", {})}.items()}
        paths = {name: str(path) for name, path in files.items()}
        code = self.shell.run(
            step["run"], environment | paths | {"GITHUB_REPOSITORY": self.contexts["github.repository"]}
        )
        for line in files["GITHUB_OUTPUT"].read_text("utf-8").splitlines():
            name, _, value = line.partition("=")
            self.contexts[f"steps.{step['id']}.outputs.{name}"] = value
        return code

    def _filled(self, value: str) -> str:
        return _EXPRESSION.sub(lambda match: self._value(match[1]), str(value))

    def _value(self, name: str) -> str:
        return self.contexts.get(name, "")

    def _holds(self, condition: str) -> bool:
        python = _NAME.sub(lambda match: repr(self._value(match[0])), condition)
        for old, new in (("&&", " and "), ("||", " or "), ("always()", "True"), ("true", "True")):
            python = re.sub(rf"(?<!'){re.escape(old)}(?!')", new, python)
        return bool(eval(python, {"__builtins__": {}}))  # our own file, and nothing of anybody else's


@dataclass(slots=True)
class GitLab:
    """A pipeline; variables are those of the project and of the run."""

    file: Mapping[str, Any]
    shell: Shell
    variables: Mapping[str, str]
    codes: dict[str, int] = field(default_factory=dict)

    def run(self, **only: Mapping[str, str]) -> dict[str, int]:
        """
        Run the jobs in the order of their stages; a manual one as if somebody had said yes.

        Args:
            only: job → variables that its environment has besides.
        """
        for name, job in self._jobs():
            if any(self.codes.values()):
                break
            if self._runs(job):
                given = {**self.variables, **job.get("variables", {}), **only.get(name, {})}
                self.codes[name] = self.shell.run("\n".join(job["script"]), given)
        return self.codes

    def _jobs(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for stage in self.file["stages"]:
            yield from ((name, job) for name, job in self.file.items() if _stage(job) == stage)

    def _runs(self, job: Mapping[str, Any]) -> bool:
        rules = job.get("rules", self.file["workflow"]["rules"])
        return any(self._holds(rule["if"]) for rule in rules)

    def _holds(self, condition: str) -> bool:
        python = _VARIABLE.sub(lambda match: repr(self.variables.get(match[1], "")), condition)
        return bool(eval(python.replace("&&", " and "), {"__builtins__": {}}))


def _stage(job: Any) -> str | None:
    return job.get("stage") if isinstance(job, dict) else None


def load(path: Path) -> dict[Any, Any]:
    """Read a recipe."""
    found: dict[Any, Any] = yaml.safe_load(path.read_text("utf-8"))
    return found
