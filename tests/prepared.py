"""The records as the migrations leave them, made once and copied to whoever begins with them.

Running all migrations takes longer than most tests do together. What migrations promise is tested
where they run: by `linkstar init` and `demo` in an empty folder, and by upgrades that are killed.
"""

import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from fcntl import LOCK_EX, flock
from functools import cache
from pathlib import Path

import django

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "linkstar"
KEPT = ROOT / ".pytest_cache" / "records"
NAME = "linkstar.sqlite3"


@cache
def records() -> Path:
    """A database with every table and nobody in it, of this state of the source."""
    KEPT.mkdir(parents=True, exist_ok=True)
    made = KEPT / f"{state_of_the_source()}.sqlite3"
    with (KEPT / "lock").open("w") as lock:
        flock(lock, LOCK_EX)
        if not made.exists():
            for older in KEPT.glob("*.sqlite3"):
                older.unlink()
            make(made)
    return made


def state_of_the_source() -> str:
    """Migrations call what they need of the source, so all of it counts."""
    state = hashlib.sha256(f"{django.__version__} {sys.version}".encode())
    for path in sorted(SOURCE.rglob("*.py")):
        state.update(f"{path.relative_to(SOURCE)}\0".encode() + path.read_bytes())
    state.update((ROOT / "requirements" / "dev.txt").read_bytes())
    return state.hexdigest()


def make(place: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="linkstar-records-") as data:
        environment = os.environ | {
            "LINKSTAR_DATA": data,
            "DJANGO_SETTINGS_MODULE": "linkstar.config.settings",
            "PYTHONPATH": str(SOURCE.parent),
        }
        environment.pop("LINKSTAR_POSTGRES", None)
        command = [sys.executable, "-m", "django", "migrate", "--verbosity", "0"]
        subprocess.run(command, env=environment, check=True)
        half_made = place.with_suffix(".new")
        half_made.unlink(missing_ok=True)
        with closing(sqlite3.connect(Path(data) / NAME)) as connection:
            connection.execute("VACUUM INTO ?", [str(half_made)])
        half_made.replace(place)


def begin(data: Path) -> None:
    """Put the records where a new installation has them."""
    data.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(records(), data / NAME)


def migrated() -> None:
    """The records of the settings in force are there; a server's are made by the migrations."""
    from django.conf import settings
    from django.core.management import call_command

    if settings.DATABASES["default"]["ENGINE"] == "linkstar.config.sqlite":
        begin(settings.PLACES.data)
    else:
        call_command("migrate", verbosity=0)


def fill(connection, **_: object) -> None:
    """What is just connected to in memory has what the migrations make."""
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        tables = connection.connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if tables == (0,):
            with closing(sqlite3.connect(records())) as made:
                made.backup(connection.connection)
