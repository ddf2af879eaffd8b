"""`linkstar settle pay` and `status`: hand payments to the bank, take in what became of them."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from linkstar.cli.exits import ExitCode, Refused
from linkstar.cli.figures import amount_text, count
from linkstar.cli.output import Output  # noqa: TC001  # Typer reads the annotations when it runs
from linkstar.cli.refusals import not_readable
from linkstar.cli.settle import find_actor, find_settlement
from linkstar.cli.words import gettext as _

if TYPE_CHECKING:
    from linkstar.accounts.models import User
    from linkstar.cli.output import Cell
    from linkstar.settlements.actions import Paid
    from linkstar.settlements.models import Payout, Settlement

PAYOUTS: dict[str, str] = {
    "payout": _("Payout"),
    "creator": _("Creator"),
    "amount_minor": _("Amount"),
    "currency": _("Currency"),
    "paid": _("Paid as"),
    "state": _("State"),
    "paid_minor": "",
    "paid_currency": "",
    "rate": "",
    "rate_on": "",
    "rate_source": "",
    "batch": "",
    "number": "",
}
PROBLEMS: dict[str, str] = {
    "row": _("Row"),
    "payout": _("Payout"),
    "state": _("State"),
    "problem": _("Problem"),
}
"""As `settle.COLUMNS`: every field of an answer, with its heading where people see it."""
STDIO = Path("-")


def pay(
    output: Output,
    *,
    settlement: Annotated[
        str, typer.Argument(metavar="SETTLEMENT", help=_("The settlement's id."))
    ],
    out: Annotated[Path, typer.Option("--out", help=_("Where the bank's file is written."))],
    kind: Annotated[
        Literal["pain.001", "csv"],
        typer.Option("--format", help=_("pain.001: ISO 20022; csv: one payment a row.")),
    ] = "pain.001",
    execute_on: Annotated[
        str, typer.Option("--on", help=_("The day the bank pays; else the shop's today."))
    ] = "",
    batch: Annotated[
        str, typer.Option(help=_("Write the file of this batch again; nothing more is paid."))
    ] = "",
    as_: Annotated[str, typer.Option("--as", help=_("Who pays, by address; else the owner."))] = "",
    workspace: Annotated[str, typer.Option(help=_("Whose settlement."))] = "",
) -> ExitCode:
    """Hand what is open to the bank, once each, in one file."""
    from linkstar.cli.installation import find_workspace, now, open_installation

    open_installation()
    from linkstar.accounts.queries import SETTLERS
    from linkstar.catalog.queries import day_of
    from linkstar.settlements.payment_files import BankFile, bank_file

    house = find_workspace(workspace, output)
    found = find_settlement(house, settlement)
    user = find_actor(house, as_, SETTLERS)
    day = _day(execute_on) or day_of(found.shop, now())
    wanted = BankFile(kind)
    _check(found, wanted, out)
    paid = _known_batch(found, batch) if batch else _make(found, user)
    if paid.batch is not None:
        out.write_bytes(bank_file(paid.batch, wanted, execute_on=day))
    return _tell_paid(output, paid, out)


def status(
    output: Output,
    *,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help=_("The bank's answer; - reads standard input."))
    ],
    shop: Annotated[str, typer.Option(help=_("The shop; needed where there are several."))] = "",
    workspace: Annotated[str, typer.Option(help=_("Whose shop."))] = "",
) -> ExitCode:
    """Take in which payments were paid, failed or came back: CSV, or ISO 20022 pain.002."""
    from linkstar.cli.installation import find_shops, find_workspace, now, open_installation

    open_installation()
    from linkstar.settlements.actions import import_status_file
    from linkstar.settlements.status_files import StatusUnreadable

    found = find_shops(find_workspace(workspace, output), shop)
    if len(found) > 1:
        raise Refused(
            ExitCode.USAGE,
            "shop_not_named",
            _("This workspace has several shops."),
            _("Name one by --shop: {names}").format(names=", ".join(one.name for one in found)),
        )
    try:
        content = sys.stdin.buffer.read() if file == STDIO else file.read_bytes()
        taken = import_status_file(shop=found[0], content=content, now=now())
    except OSError as fault:
        raise not_readable(file, fault) from fault
    except StatusUnreadable as unreadable:
        raise _unreadable(file, unreadable) from unreadable
    rows: list[dict[str, Cell]] = [
        {"row": each.place, "payout": each.payout, "state": each.state, "problem": each.problem}
        for each in taken.problems
    ]
    if output.form == "json":
        output.document(
            {"version": 1, "changed": taken.changed, "known": taken.known, "problems": rows}
        )
    elif output.form == "csv":
        output.comma_separated(tuple(PROBLEMS), rows)
    elif rows:
        from linkstar.web.settlements.words import problem_of, state_of

        said = [
            row | {"state": state_of(each.state), "problem": problem_of(each)}
            for row, each in zip(rows, taken.problems, strict=True)
        ]
        output.table(tuple(PROBLEMS.values()), [_cells(PROBLEMS, row) for row in said])
    output.say(
        _("{changed} payments changed, {known} were known to be so, {bad} rows were not usable.")
        .format(changed=count(taken.changed), known=count(taken.known), bad=count(len(rows)))
    )  # fmt: skip
    return ExitCode.REJECTED_IN_PART if rows else ExitCode.OK


def _check(settlement: Settlement, kind: Any, out: Path) -> None:
    """Find out before anything is paid whether the file can be written."""
    from linkstar.settlements.payment_files import NoPayingAccount, check_file

    try:
        _try_writing(out)
    except OSError as fault:
        raise Refused(
            ExitCode.NOT_FOUND,
            "file_not_writable",
            _("{path} cannot be written; nothing was paid.").format(path=out),
            _("Check the path."),
        ) from fault
    try:
        check_file(settlement.shop, kind)
    except NoPayingAccount as missing:
        raise Refused(
            ExitCode.CONFLICT,
            "no_paying_account",
            _("{shop} has not said which account it pays from; nothing was paid.").format(
                shop=settlement.shop.name
            ),
            _("State it on the bank account page, or write --format csv."),
        ) from missing


def _try_writing(out: Path) -> None:
    """Open the file and leave everything as it was."""
    is_new = not out.exists()
    out.open("ab").close()
    if is_new:
        out.unlink()


def _make(settlement: Settlement, user: User) -> Paid:
    from linkstar.cli.installation import now
    from linkstar.settlements.actions import Overdrawn, make_payouts
    from linkstar.settlements.rules import MoveRefused
    from linkstar.web.settlements.words import overdrawn as overdrawn_sentence

    try:
        return make_payouts(settlement=settlement, user=user, now=now())
    except Overdrawn as overdrawn:
        raise Refused(
            ExitCode.CHECK_FAILED,
            "overdrawn",
            overdrawn_sentence(),
            _("Find out where they disagree: linkstar ledger check"),
        ) from overdrawn
    except MoveRefused as refused:
        raise Refused(
            ExitCode.CONFLICT,
            "not_approved",
            _("It is not approved yet, so nothing was paid."),
            _("Approve it first: linkstar settle approve {settlement}").format(
                settlement=settlement.pk
            ),
        ) from refused


def _known_batch(settlement: Settlement, named: str) -> Paid:
    from linkstar.settlements.actions import Paid

    batch = settlement.batches.filter(pk=named).first()
    if batch is None:
        known = ", ".join(settlement.batches.order_by("made_at").values_list("pk", flat=True))
        raise Refused(
            ExitCode.NOT_FOUND,
            "batch_unknown",
            _("The settlement has no batch {name}.").format(name=named),
            _("It has: {names}").format(names=known or "-"),
        )
    return Paid(batch, [], [], [])


def _payout(one: Payout) -> dict[str, Cell]:
    from linkstar.settlements.documents import payment_facts

    creator = one.statement.creator.handle
    return payment_facts(one) | {
        "creator": creator,
        "paid": str(one.paid),
        "batch": one.batch_id,
    }


def _tell_paid(output: Output, paid: Paid, out: Path) -> ExitCode:
    batch = paid.batch
    related = ("statement__creator", "exchange__entry")
    payouts = batch.payouts.select_related(*related).order_by("pk") if batch else []
    rows = [_payout(each) for each in payouts]
    missing = [each.creator.handle for each in paid.without_account]
    waiting = [
        {"creator": one.statement.creator.handle, "currency": one.currency, "reason": one.reason}
        for one in paid.without_rate
    ]
    if output.form == "json":
        output.document({
            "version": 1,
            "batch": batch.pk if batch else None,
            "file": str(out) if batch else None,
            "payouts": rows,
            "without_account": missing,
            "without_rate": waiting,
        })  # fmt: skip
    elif output.form == "csv":
        output.comma_separated(tuple(PAYOUTS), rows)
    elif rows:
        shown = {name: heading for name, heading in PAYOUTS.items() if heading}
        from linkstar.web.settlements.words import state_of

        said = [
            row | {"amount_minor": _settled(row), "state": state_of(str(row["state"]))}
            for row in rows
        ]
        cells = [_cells(shown, row) for row in said]
        output.table(tuple(shown.values()), cells, right=frozenset({2}))
    if batch:
        output.say(
            _("{payouts} payments were written to {path}.").format(
                payouts=count(len(rows)), path=out
            )
        )
    elif not missing and not waiting:
        output.say(_("Nothing is open, so nothing was paid."))
    for handle in missing:
        output.say(_("@{handle} has no bank account; the amount stays open.").format(handle=handle))
    for one in waiting:
        told = _("@{creator} is paid in {currency} and waits: {why}.")
        output.say(told.format(**one | {"why": _waits(one["reason"])}))
    return ExitCode.REJECTED_IN_PART if missing or waiting else ExitCode.OK


def _settled(row: dict[str, Cell]) -> str:
    """What a payment takes off its statement, with its decimals."""
    return amount_text(int(row["amount_minor"] or 0), str(row["currency"]))


def _cells(names: dict[str, str], row: dict[str, Cell]) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in names)


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError as unreadable:
        raise Refused(
            ExitCode.USAGE,
            "day_unreadable",
            _("“{written}” is not a day.").format(written=written),
            _("Write it as 2026-10-22."),
        ) from unreadable


def _unreadable(file: Path, refused: Any) -> Refused:
    from linkstar.web.settlements.words import unreadable

    return Refused(
        ExitCode.FAILURE,
        f"status_{refused.reason}",
        unreadable(str(file), refused),
        _("Give the bank's pain.002 file, or a CSV with one payment a row."),
    )


def _waits(reason: str) -> str:
    from linkstar.web.settlements.words import WAITS

    return str(WAITS[reason])
