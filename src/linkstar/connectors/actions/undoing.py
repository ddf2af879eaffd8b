"""Taking an import back: afterwards figures and order lines are as if it had never been.

The steps are in an order that can be begun again after being cut off anywhere: what the import
stated of orders is written down before its rows leave the facts, and forgotten last.
"""

import shutil
from datetime import datetime

import msgspec
from django.conf import settings
from django.db import transaction

from linkstar.accounts.models import User
from linkstar.catalog.models import Shop
from linkstar.connectors.actions.ending import record_end
from linkstar.connectors.actions.refusals import ImportNotReady, UndoTooLate
from linkstar.connectors.actions.running import load_again
from linkstar.connectors.models import ImportFile
from linkstar.connectors.queries import folder_of, repeating
from linkstar.connectors.reading.layouts import Kind
from linkstar.connectors.rules import may_undo
from linkstar.lake.order_statements import order_statements
from linkstar.lake.store import Lake
from linkstar.lake.upkeep import remove_import
from linkstar.orders.actions import withdraw_statements

State = ImportFile.State


class StatedOf(msgspec.Struct, frozen=True):
    """What an import states of one shop's orders: order and line of each, and all its orders."""

    shop: int
    lines: set[tuple[str, str]]
    orders: set[str]


def undo(import_file: ImportFile, *, user: User | None, now: datetime) -> ImportFile:
    """Take its rows out of the facts and its statements out of the order lines.

    What it had superseded counts again, and rows that later files repeated are theirs. An order
    line that nobody else states is withdrawn; commission follows with the next accrual.

    Raises:
        ImportNotReady: it is not done.
        UndoTooLate: it was done more than seven days ago.
    """
    import_file.refresh_from_db()
    if import_file.state == State.UNDONE:
        return import_file
    if import_file.state != State.DONE:
        raise ImportNotReady(import_file.pk, import_file.state)
    if not may_undo(import_file, now=now):
        raise UndoTooLate(import_file.pk)
    lake = Lake(settings.PLACES.lake)
    stated = _written_down(import_file, lake)
    remove_import(lake, import_file.pk, now=now)
    for later in repeating(import_file):
        hand_on(lake, import_file, later)
    _end(import_file, stated, lake, user, now)
    folder_of(import_file).forget_staged()
    return import_file


def hand_on(lake: Lake, undone: ImportFile, later: ImportFile) -> None:
    """The rows that a later file repeated of an undone one are its own from now on."""
    folder = folder_of(later).path / "again"
    shutil.rmtree(folder, ignore_errors=True)  # of one that was cut off
    load_again(later, lake, scratch=folder, name=handed_on(undone, later))
    shutil.rmtree(folder)


def handed_on(undone: ImportFile, later: ImportFile) -> str:
    """The name under which a later file took over what it had repeated of an undone one."""
    return f"{later.pk} after {undone.pk}"


def stated_of(import_file: ImportFile, lake: Lake) -> list[StatedOf]:
    """What the import states of orders, shop by shop; nothing for files of another kind."""
    if import_file.kind != Kind.ORDER_LINES:
        return []
    found = order_statements(
        lake, workspace=import_file.workspace.number, import_id=import_file.pk
    ).to_pylist()
    by_shop: dict[int, StatedOf] = {}
    for row in found:
        told = by_shop.setdefault(row["shop"], StatedOf(row["shop"], set(), set()))
        told.orders.add(row["order_id"])
        if not row["is_return"]:
            told.lines.add((row["order_id"], row["line"]))
    return list(by_shop.values())


def _written_down(import_file: ImportFile, lake: Lake) -> list[StatedOf]:
    path = folder_of(import_file).stated
    if not path.exists():
        told = msgspec.json.encode(stated_of(import_file, lake))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_suffix(".new").write_bytes(told)
        path.with_suffix(".new").rename(path)
    return msgspec.json.decode(path.read_bytes(), type=list[StatedOf])


@transaction.atomic
def _end(
    import_file: ImportFile,
    stated: list[StatedOf],
    lake: Lake,
    user: User | None,
    now: datetime,
) -> None:
    moved = ImportFile.objects.filter(pk=import_file.pk, state=State.DONE)
    if not moved.update(state=State.UNDONE, undone_at=now):
        return
    import_file.refresh_from_db()
    shops = {shop.number: shop for shop in Shop.objects.filter(workspace=import_file.workspace)}
    for told in stated:
        withdraw_statements(
            lake,
            shop=shops[told.shop],
            import_id=import_file.pk,
            lines=told.lines,
            orders=told.orders,
            now=now,
        )
    record_end(import_file, "import.undone", user, now)
