"""`linkstar import`: files into facts, every row accounted for."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from linkstar.cli.asking import choice, choice_or_none
from linkstar.cli.exits import ExitCode, Refused
from linkstar.cli.figures import count
from linkstar.cli.mapping import mapping
from linkstar.cli.output import Output  # noqa: TC001  # Typer reads the annotations when it runs
from linkstar.cli.periods import period as understood_period
from linkstar.cli.refusals import not_readable, refused_file
from linkstar.cli.words import gettext as _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from linkstar.accounts.models import User, Workspace
    from linkstar.catalog.models import Shop

FIELDS = (
    "path", "kind", "layout", "language", "state", "rows", "loaded", "duplicates", "rejected",
    "superseded",
)  # fmt: skip
PROBLEMS_SHOWN = 20
STDIN = Path("-")


def import_files(
    output: Output,
    *,
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help=_("Files; - reads standard input."))
    ],
    kind: Annotated[
        str, typer.Option(help=_("What the files are, where it is not recognised."))
    ] = "",
    map_: Annotated[
        str, typer.Option("--map", help=_("Columns: field=Column header, separated by commas."))
    ] = "",
    tz: Annotated[str, typer.Option("--tz", help=_("Time zone of the files (IANA name)."))] = "",
    currency: Annotated[str, typer.Option(help=_("Currency of the files, three letters."))] = "",
    period: Annotated[
        str, typer.Option(help=_("The days they cover, both included: 2026-09-01..2026-09-28."))
    ] = "",
    day_order: Annotated[
        str, typer.Option(metavar="DMY|MDY|YMD", help=_("How dates such as 03/08/2026 are meant."))
    ] = "",
    definition: Annotated[
        str, typer.Option(help=_("What impressions of a file of your own count."))
    ] = "product_impressions",
    state: Annotated[
        str, typer.Option(help=_("How far orders are where the file does not say: delivered, …"))
    ] = "",
    channel: Annotated[
        str, typer.Option(help=_("Where a file of your own is from: tiktok, …, other."))
    ] = "tiktok",
    market: Annotated[str, typer.Option(help=_("Market, where it is not the shop's."))] = "",
    shop: Annotated[str, typer.Option(help=_("The shop: its id or name."))] = "",
    workspace: Annotated[str, typer.Option(help=_("Workspace: its id or name."))] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=_("Say what would happen, change nothing."))
    ] = False,
) -> ExitCode:
    """Import files one after the other; one that is refused does not hold up the others."""
    from linkstar.cli.installation import (
        acting_user,
        find_shops,
        find_workspace,
        now,
        open_installation,
    )
    from linkstar.events.vocabulary import Channel
    from linkstar.orders.rules import State

    options = {
        "kind": kind,
        "mapping": mapping(map_),
        "zone": tz,
        "currency": currency.upper(),
        "period": understood_period(period) if period else None,
        "day_order": day_order.upper(),
        "definition": definition,
        "state": str(choice_or_none(State, state, "--state") or ""),
        "channel": str(choice(Channel, channel, "--channel")),
        "market": market.upper(),
        "dry_run_only": dry_run,
    }
    open_installation()
    from linkstar.jobs.asking import ask_soon
    from linkstar.jobs.money import work_workspace_through

    house = find_workspace(workspace, output)
    about = find_shops(house, shop)[0] if shop else None
    door = _door(house, acting_user(house), about, now, options)
    reports = [_imported(output, path, door) for path in files]
    if any(one["kind"] == "order_lines" and one["state"] == "done" for one in reports):
        work_workspace_through.call_local(house.pk)
    if any(one["kind"] == "performance" and one["state"] == "done" for one in reports):
        ask_soon(house.pk)
    _print(output, reports)
    return _ending(reports)


def _door(
    workspace: Workspace,
    user: User,
    shop: Shop | None,
    now: Callable[[], datetime],
    options: Mapping[str, Any],
) -> Callable[..., dict[str, Any]]:
    from linkstar.connectors.actions import import_path

    def enter(path: Path, progress: Any) -> dict[str, Any]:
        return import_path(
            path, workspace=workspace, user=user, shop=shop, now=now(), progress=progress,
            **options,
        )  # fmt: skip

    return enter


def _imported(output: Output, path: Path, door: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """The report of one file; of a refused one, why."""
    from linkstar.connectors.reading.refusals import Refusal
    from linkstar.web.problems import why

    try:
        with _at_hand(path) as there, output.progress(path.name) as bar:
            report = door(there, bar) | {"path": str(path)}
    except Refusal as refused:
        return _refused(path, refused_file(refused))
    except OSError as fault:
        return _refused(path, not_readable(path, fault))
    failure = report.pop("failure")
    if failure:
        return report | _error(failure["code"], why(failure["code"], failure["params"]), "")
    return report | {"error": None}


class _at_hand:  # noqa: N801  # reads as a word where it is used
    """The file where it can be read again and again: standard input is kept for the while."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._folder: str | None = None

    def __enter__(self) -> Path:
        if self._path != STDIN:
            self._path.stat()
            return self._path
        self._folder = tempfile.mkdtemp(prefix="linkstar-stdin-")
        kept = Path(self._folder) / "stdin"
        with kept.open("wb") as target:
            shutil.copyfileobj(sys.stdin.buffer, target)
        return kept

    def __exit__(self, *_exception: object) -> None:
        if self._folder is not None:
            shutil.rmtree(self._folder)


def _error(name: str, message: str, advice: str) -> dict[str, Any]:
    return {"error": {"name": name, "message": message, "advice": advice}}


def _refused(path: Path, refused: Refused) -> dict[str, Any]:
    """The report of a file of which nothing was read."""
    nothing = dict.fromkeys(("rows", "loaded", "duplicates", "rejected", "superseded"), 0)
    unknown = dict.fromkeys(("kind", "layout", "language", "id"))
    return {
        "path": str(path), **unknown, **nothing, "problems": [], "warnings": [],
        "state": "refused", **_error(refused.name, refused.what, refused.advice),
    }  # fmt: skip


def _print(output: Output, reports: list[dict[str, Any]]) -> None:
    if output.form == "json":
        output.document({"version": 1, "files": reports})
        return
    if output.form == "csv":
        output.comma_separated(FIELDS, reports)
    else:
        headers = (
            _("File"), _("Layout"), _("Rows"), _("Loaded"), _("Duplicates"), _("Rejected"),
            _("Superseded"),
        )  # fmt: skip
        numbers = ("rows", "loaded", "duplicates", "rejected", "superseded")
        rows = [
            (one["path"], one["layout"] or "–", *(count(one[name]) for name in numbers))
            for one in reports
        ]
        output.table(headers, rows, right=frozenset(range(2, 7)))
    for sentence in _said(reports):
        output.say(sentence)


def _said(reports: list[dict[str, Any]]) -> Iterator[str]:
    from linkstar.cli.problem_lines import problem_line
    from linkstar.web.problems import notice

    for one in reports:
        if one["error"]:
            yield f"{one['path']}: {one['error']['message']} [{one['error']['name']}]"
            if one["error"]["advice"]:
                yield f"  {one['error']['advice']}"
        for known in one["warnings"]:
            yield f"{one['path']}: {notice(known['code'], known['params'], known['count'])}"
        for problem in one["problems"][:PROBLEMS_SHOWN]:
            yield problem_line(one["path"], problem)


def _ending(reports: list[dict[str, Any]]) -> ExitCode:
    errors = [one["error"]["name"] for one in reports if one["error"]]
    if "needs_answers" in errors:
        return ExitCode.USAGE
    if "file_not_readable" in errors:
        return ExitCode.NOT_FOUND
    if errors:
        return ExitCode.FAILURE
    rejected = any(one["rejected"] for one in reports)
    return ExitCode.REJECTED_IN_PART if rejected else ExitCode.OK
