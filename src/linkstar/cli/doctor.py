"""`linkstar doctor`: is everything here that LinkStar needs?"""

import shutil
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from linkstar.cli.exits import ExitCode
from linkstar.cli.output import Output
from linkstar.cli.words import gettext as _

if TYPE_CHECKING:
    from collections.abc import Callable

OLDEST_PYTHON = (3, 11)
FREE_BYTES_MIN = 2 * 1024**3
PORT = 8000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: whether it is well, what was seen, what to do."""

    name: str
    ok: bool
    seen: str
    advice: str = ""


def check_python() -> Finding:
    found = ".".join(str(part) for part in sys.version_info[:3])
    return Finding(
        "python", sys.version_info[:2] >= OLDEST_PYTHON, found, _("Install Python 3.11 or newer.")
    )


def check_data() -> Finding:
    from linkstar.config.places import places

    folder = places().data
    probe = folder / ".doctor"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.write_text("")
        probe.unlink()
    except OSError as refused:
        advice = _("Make the folder writable, or name another one in LINKSTAR_DATA.")
        return Finding("data", False, f"{folder}: {refused.strerror}", advice)
    return Finding("data", True, str(folder))


def check_disk() -> Finding:
    from linkstar.config.places import places

    folder = next(path for path in (places().data, *places().data.parents) if path.exists())
    free = shutil.disk_usage(folder).free
    seen = _("{gigabytes} GB free").format(gigabytes=round(free / 1024**3, 1))
    return Finding("disk", free >= FREE_BYTES_MIN, seen, _("Free at least 2 GB."))


def check_records() -> Finding:
    from django.db import DatabaseError

    from linkstar.cli.installation import migrations_missing, prepare, records_there

    try:
        if not records_there():
            return Finding("records", False, _("not there yet"), _("Run `linkstar init`."))
        prepare()
        from linkstar.accounts.row_security import walls_stand

        if not walls_stand():
            advice = _("Name a role in LINKSTAR_POSTGRES that is no superuser.")
            return Finding("records", False, _("the role sees past row security"), advice)
        behind = migrations_missing()
    except DatabaseError as broken:
        return Finding("records", False, str(broken), _("Restore the database from a backup."))
    seen = _("up to date") if not behind else _("{steps} steps behind").format(steps=behind)
    return Finding("records", not behind, seen, _("Run `linkstar init`."))


def check_lake() -> Finding:
    from linkstar.config.places import places
    from linkstar.lake.store import Lake
    from linkstar.lake.tables import FACT_TABLES

    lake = Lake(places().lake)
    try:
        opened = [(table.name, lake.snapshot(table)) for table in FACT_TABLES]
        missing = [
            name
            for name, snapshot in opened
            if snapshot is not None
            for path in snapshot.paths()
            if not Path(path).exists()
        ]
    except OSError as broken:
        return Finding("facts", False, str(broken), _("Run `linkstar verify`."))
    there = [name for name, snapshot in opened if snapshot is not None]
    if missing:
        seen = _("files are missing in: {names}").format(names=", ".join(sorted(set(missing))))
        return Finding("facts", False, seen, _("Restore the folder `lake` from a backup."))
    return Finding("facts", True, ", ".join(there) or _("none yet"))


def check_bundle() -> Finding:
    from importlib.resources import files

    bundle = files("linkstar.web").joinpath("static", "bundle")
    built = bundle.is_dir() and any(entry.name.endswith(".js") for entry in bundle.iterdir())
    seen = _("built") if built else _("not built")
    return Finding("pages", built, seen, _("Run `make run`, which builds them."))


def check_port(port: int) -> Finding:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            seen = _("port {port} is in use").format(port=port)
            return Finding("port", False, seen, _("Fine if LinkStar is running; else use --port."))
    return Finding("port", True, _("port {port} is free").format(port=port))


def doctor(
    output: Output,
    port: Annotated[int, typer.Option(help=_("The port `linkstar serve` would use."))] = PORT,
) -> ExitCode:
    """Look at everything and say what to do about what is not well."""
    checks: tuple[Callable[[], Finding], ...] = (
        check_python,
        check_data,
        check_disk,
        check_records,
        check_lake,
        check_bundle,
        lambda: check_port(port),
    )
    findings = [check() for check in checks]
    if output.form == "json":
        output.document(
            {
                "version": 1,
                "ok": all(one.ok for one in findings),
                "checks": [
                    {
                        "name": one.name,
                        "ok": one.ok,
                        "seen": one.seen,
                        "advice": "" if one.ok else one.advice,
                    }
                    for one in findings
                ],
            }
        )
    else:
        rows = [
            (_("ok") if one.ok else _("no"), one.name, one.seen, "" if one.ok else one.advice)
            for one in findings
        ]
        output.table(("", _("Check"), _("Seen"), _("What to do")), rows)
    return ExitCode.OK if all(one.ok for one in findings) else ExitCode.CHECK_FAILED
