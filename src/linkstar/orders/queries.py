"""What is stated of order lines, and by whom."""

from collections.abc import Collection

from linkstar.batches import batched
from linkstar.catalog.models import Shop
from linkstar.lake.order_events import reported_orders
from linkstar.lake.order_statements import statements_about
from linkstar.lake.selection import Scope
from linkstar.lake.store import Lake
from linkstar.orders.actions.reporting import line_of_report
from linkstar.orders.actions.wording import NAMES_AT_ONCE
from linkstar.orders.models import LineStatement


def stated_besides(
    lake: Lake, *, shop: Shop, import_id: str, orders: Collection[str]
) -> set[tuple[str, str]]:
    """Order and line of whatever others than one import state of these orders."""
    by_files = statements_about(
        lake, workspace=shop.workspace.number, shop=shop.number, orders=orders
    ).select(["import_id", "order_id", "line", "is_return"])
    stated = {
        (row["order_id"], row["line"])
        for row in by_files.to_pylist()
        if row["import_id"] != import_id and not row["is_return"]
    }
    reported = reported_orders(lake, Scope(shop.workspace.number, (shop.number,))).to_pylist()
    stated |= {
        (row["order_id"], line_of_report(row))
        for row in reported
        if row["kind"] == "order" and row["order_id"] in orders
    }
    for part in batched(sorted(orders), NAMES_AT_ONCE):
        by_programs = LineStatement.objects.filter(shop=shop, order_id__in=part)
        stated |= set(by_programs.values_list("order_id", "line_id"))
    return stated
