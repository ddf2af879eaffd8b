"""`linkstar settle`: close the period that ended, show what was settled with whom, approve it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from linkstar.cli.exits import ExitCode, Refused
from linkstar.cli.figures import amount_text
from linkstar.cli.output import Output  # noqa: TC001  # Typer reads the annotations when it runs
from linkstar.cli.words import gettext as _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from linkstar.accounts.models import User, Workspace
    from linkstar.cli.output import Cell
    from linkstar.settlements.models import Settlement

COLUMNS: dict[str, str] = {
    "settlement": _("Settlement"),
    "shop": _("Shop"),
    "currency": _("Currency"),
    "starts_on": _("From"),
    "ends_before": "",
    "state": _("State"),
    "lines": "",
    "lines_minor": "",
    "payable_minor": _("Payable"),
    "approvals_needed": "",
    "approvals": "",
    "is_new": "",
}
"""Every field of an answer; those with a heading are the table people see."""


def close(
    output: Output,
    *,
    shop: Annotated[str, typer.Option(help=_("Only this shop."))] = "",
    workspace: Annotated[str, typer.Option(help=_("Whose shops."))] = "",
) -> ExitCode:
    """Close the last period that ended; a second time changes nothing."""
    from linkstar.cli.installation import find_shops, find_workspace, now, open_installation

    open_installation()
    from linkstar.catalog.queries import day_of
    from linkstar.settlements.actions import close_period
    from linkstar.settlements.rules import last_ended

    moment = now()
    rows: list[dict[str, Cell]] = []
    nothing = []
    for each in find_shops(find_workspace(workspace, output), shop):
        period = last_ended(each.market, day_of(each, moment))
        closed = close_period(shop=each, period=period, now=moment)
        rows += _rows(closed.settlements, is_new=closed.is_new)
        if not closed.settlements:
            told = _("{shop}: nothing was payable when {first} to {last} ended.")
            last = period.ends_before - timedelta(days=1)
            nothing.append(told.format(shop=each.name, first=period.starts_on, last=last))
    return _tell(output, rows, nothing)


def show(
    output: Output,
    *,
    shop: Annotated[str, typer.Option(help=_("Only this shop."))] = "",
    workspace: Annotated[str, typer.Option(help=_("Whose shops."))] = "",
) -> ExitCode:
    """Every settlement, the newest first, with how far it is."""
    from linkstar.cli.installation import find_shops, find_workspace, open_installation

    open_installation()
    from linkstar.settlements.models import Settlement

    shops = find_shops(find_workspace(workspace, output), shop)
    found = Settlement.objects.filter(shop__in=shops).select_related("shop")
    rows = _rows(found.order_by("-starts_on", "shop", "currency"), is_new=False)
    return _tell(output, rows, [_("Nothing is settled yet.")] if not rows else [])


def approve(
    output: Output,
    *,
    settlement: Annotated[
        str, typer.Argument(metavar="SETTLEMENT", help=_("The settlement's id."))
    ],
    as_: Annotated[
        str, typer.Option("--as", help=_("Who approves, by address; else the owner."))
    ] = "",
    workspace: Annotated[str, typer.Option(help=_("Whose settlement."))] = "",
) -> ExitCode:
    """One person's approval; above a sum two different people have to approve."""
    from linkstar.cli.installation import find_workspace, now, open_installation

    open_installation()
    from linkstar.accounts.queries import APPROVERS
    from linkstar.settlements.actions import AlreadyApproved, approve_settlement
    from linkstar.settlements.rules import MoveRefused

    house = find_workspace(workspace, output)
    found = find_settlement(house, settlement)
    user = find_actor(house, as_, APPROVERS)
    try:
        approved = approve_settlement(settlement=found, user=user, now=now())
    except AlreadyApproved as before:
        raise Refused(
            ExitCode.CONFLICT,
            "already_approved",
            _("{person} approved it before.").format(person=user.email),
            _("It takes {count} different people; name another by --as.").format(
                count=found.approvals_needed
            ),
        ) from before
    except MoveRefused as refused:
        raise _not_in_state(refused.frm) from refused
    return _tell(output, _rows([approved], is_new=False), [])


def find_settlement(workspace: Workspace, named: str) -> Settlement:
    """The workspace's settlement of that id.

    Raises:
        Refused: there is none such.
    """
    from linkstar.settlements.models import Settlement

    found = Settlement.objects.filter(pk=named, shop__workspace=workspace)
    settlement = found.select_related("shop").first()
    if settlement is None:
        raise Refused(
            ExitCode.NOT_FOUND,
            "settlement_unknown",
            _("There is no settlement {name} in this workspace.").format(name=named),
            _("`linkstar settle show` lists them."),
        )
    return settlement


def find_actor(workspace: Workspace, email: str, roles: frozenset[str]) -> User:
    """The member of that address; unnamed, the owner.

    Raises:
        Refused: there is none such, or the member's role does not do this.
    """
    from linkstar.accounts.models import Membership, Role
    from linkstar.cli.installation import acting_user

    if not email:
        return acting_user(workspace)
    member = Membership.objects.filter(workspace=workspace, user__email__iexact=email).first()
    if member is None or member.role not in roles:
        raise Refused(
            ExitCode.NO_PERMISSION,
            "person_may_not",
            _("{person} may not do this in this workspace.").format(person=email),
            _("It takes one of these roles: {roles}").format(
                roles=", ".join(str(role.label) for role in Role if role in roles)
            ),
        )
    return member.user


def _not_in_state(state: str) -> Refused:
    from linkstar.settlements.models import Settlement

    told = _("It does not wait for an approval; its state is “{state}”.")
    return Refused(
        ExitCode.CONFLICT,
        "not_waiting_for_approval",
        told.format(state=Settlement.State(state).label),
    )


def _rows(settlements: Iterable[Settlement], *, is_new: bool) -> list[dict[str, Cell]]:
    return [
        {
            "settlement": each.pk,
            "shop": each.shop.name,
            "currency": each.currency,
            "starts_on": each.starts_on.isoformat(),
            "ends_before": each.ends_before.isoformat(),
            "state": each.state,
            "lines": each.lines,
            "lines_minor": each.lines_minor,
            "payable_minor": each.payable_minor,
            "approvals_needed": each.approvals_needed,
            "approvals": each.approvals.count(),
            "is_new": is_new,
        }
        for each in settlements
    ]


def _worded(row: dict[str, Cell]) -> dict[str, str]:
    """A row as people read it: the state in words, the sum with its decimals."""
    from linkstar.settlements.models import Settlement

    return {name: str(cell) for name, cell in row.items()} | {
        "state": str(Settlement.State(str(row["state"])).label),
        "payable_minor": amount_text(int(row["payable_minor"] or 0), str(row["currency"])),
    }


def _tell(output: Output, rows: list[dict[str, Cell]], notes: list[str]) -> ExitCode:
    if output.form == "json":
        output.document({"version": 1, "settlements": rows})
    elif output.form == "csv":
        output.comma_separated(tuple(COLUMNS), rows)
    elif rows:
        shown = {name: heading for name, heading in COLUMNS.items() if heading}
        cells = [tuple(_worded(row)[name] for name in shown) for row in rows]
        output.table(tuple(shown.values()), cells, right=frozenset({5}))
    for note in notes:
        output.say(note)
    return ExitCode.OK
