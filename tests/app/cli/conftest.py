"""Runs the command line as a person does: a process of its own, a data directory of its own."""

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests import prepared


@dataclass(frozen=True)
class Finished:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        return json.loads(self.out)


Linkstar = Callable[..., Finished]


def command(data: Path, **environment: str) -> Linkstar:
    """`linkstar` for one data directory."""
    kept = {"PATH": os.environ["PATH"], "HOME": str(data), "LANG": "C.UTF-8"}
    kept["LINKSTAR_ECB_RATES"] = "off"
    kept |= {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}

    def run(*arguments: object, **more: str) -> Finished:
        finished = subprocess.run(
            [sys.executable, "-W", "error", "-m", "linkstar.cli.main", *map(str, arguments)],
            env=kept | {"LINKSTAR_DATA": str(data)} | environment | more,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        return Finished(finished.returncode, finished.stdout, finished.stderr)

    return run


@cache
def lins_data() -> Path:
    """What `linkstar init` makes for one person, workspace and shop."""
    data = Path(tempfile.mkdtemp(prefix="linkstar-installed-"))
    atexit.register(shutil.rmtree, data, ignore_errors=True)
    prepared.begin(data)
    made = command(data)(
        "init", "--email", "lin@example.com", "--workspace", "Lin", "--shop", "Lin Beauty",
        LINKSTAR_PASSWORD="a long enough password",
    )  # fmt: skip
    assert made.code == 0, made.err
    return data


def lins(data: Path) -> Linkstar:
    """Commands on a new installation with one person, workspace and shop."""
    shutil.copytree(lins_data(), data, dirs_exist_ok=True)
    return command(data)


@pytest.fixture
def linkstar(tmp_path: Path) -> Linkstar:
    """Commands on an installation that is not there yet."""
    return command(tmp_path)


@pytest.fixture
def begun(tmp_path: Path) -> Linkstar:
    """Commands on an installation with its records, in which nobody is yet."""
    prepared.begin(tmp_path)
    return command(tmp_path)


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Linkstar:
    """Commands on an empty installation with one person, workspace and shop; tests only read it."""
    return lins(tmp_path_factory.mktemp("installed"))
