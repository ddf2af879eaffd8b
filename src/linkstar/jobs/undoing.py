"""Taking an import back, with all that follows from it; and what that would be, beforehand."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from linkstar.accounts.models import User
from linkstar.catalog.models import Shop
from linkstar.commissions.queries import earned_by
from linkstar.connectors import actions
from linkstar.connectors.models import ImportFile
from linkstar.connectors.queries import repeating
from linkstar.connectors.reading.layouts import Kind
from linkstar.insights.remembering import forget
from linkstar.jobs.money import work_workspace_through
from linkstar.lake.store import Lake
from linkstar.money.amounts import Money
from linkstar.orders.models import COUNTED_BY_LINE, Refund, UnmatchedRefund
from linkstar.orders.queries import stated_besides


@dataclass(frozen=True, slots=True)
class UndoPreview:
    """What taking back a file of order lines would do.

    Attributes:
        lines: order lines it states.
        withdrawn: of these, lines that nobody else states: they are withdrawn.
        returns: what came back by its word, and counts no longer.
        earned: by currency, the commission on the withdrawn lines that is taken back.
        settled: of that, what is in a settlement or paid already: it lowers the next payments.
        repeated_by: later files with rows that were there already; such rows stay, as theirs.
    """

    lines: int = 0
    withdrawn: int = 0
    returns: int = 0
    earned: tuple[Money, ...] = ()
    settled: tuple[Money, ...] = ()
    repeated_by: tuple[str, ...] = ()

    @property
    def kept(self) -> int:
        """Lines that others state, too: what these say counts again."""
        return self.lines - self.withdrawn


def look_at_undoing(import_file: ImportFile) -> UndoPreview:
    """What undoing it would do to order lines and commission; nothing for other kinds of files."""
    if import_file.kind != Kind.ORDER_LINES:
        return UndoPreview()
    lake = Lake(settings.PLACES.lake)
    shops = {shop.number: shop for shop in Shop.objects.filter(workspace=import_file.workspace)}
    lines = withdrawn = 0
    minor: Counter[str] = Counter()
    settled: Counter[str] = Counter()
    for stated in actions.stated_of(import_file, lake):
        shop = shops[stated.shop]
        others = stated_besides(lake, shop=shop, import_id=import_file.pk, orders=stated.orders)
        alone = stated.lines - others
        earned = earned_by(shop, alone)
        lines, withdrawn = lines + len(stated.lines), withdrawn + len(alone)
        minor.update(earned.minor)
        settled.update(earned.settled_minor)
    return UndoPreview(
        lines,
        withdrawn,
        _returns(import_file),
        _told(minor),
        _told(settled),
        tuple(repeating(import_file).values_list("name", flat=True)),
    )


def undo_import(
    import_file: ImportFile, *, user: User | None, now: datetime, in_queue: bool = True
) -> ImportFile:
    """Take the file back and, where it states orders, work commission through.

    Args:
        import_file: what is taken back.
        user: who does it.
        now: the instant.
        in_queue: let the worker do the latter, else it is done when this returns.

    Raises:
        ImportNotReady: it is not done.
        UndoTooLate: it was done more than seven days ago.
    """
    was_done = import_file.state == ImportFile.State.DONE
    actions.undo(import_file, user=user, now=now)
    forget(Lake(settings.PLACES.lake), import_file.workspace.number)
    if was_done and import_file.kind == Kind.ORDER_LINES:
        work = work_workspace_through if in_queue else work_workspace_through.call_local
        work(import_file.workspace_id)
    return import_file


def _returns(import_file: ImportFile) -> int:
    own = {"import_id": import_file.pk}
    counted = Refund.objects.filter(
        line__shop__workspace=import_file.workspace, withdrawn_at=None, **own
    ).exclude(key__startswith=COUNTED_BY_LINE)
    listed = UnmatchedRefund.objects.filter(shop__workspace=import_file.workspace, **own)
    return counted.count() + listed.count()


def _told(minor: Counter[str]) -> tuple[Money, ...]:
    return tuple(Money(amount, code) for code, amount in sorted(minor.items()) if amount)
