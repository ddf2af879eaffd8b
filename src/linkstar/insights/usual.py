"""What is asked by somebody who chose nothing: all shops, the usual days, every list."""

from linkstar.accounts.models import Workspace
from linkstar.catalog.queries import shops_of
from linkstar.insights.questions import TABS, Question, usual_days
from linkstar.lake.coverage import coverage
from linkstar.lake.selection import Scope
from linkstar.lake.store import Lake


def usual_questions(lake: Lake, workspace: Workspace) -> list[Question]:
    """One per list of the uplift page, the first of them the overview's; none without facts."""
    shops = shops_of(workspace)
    if not shops:
        return []
    numbers, market = tuple(shop.number for shop in shops), shops[0].market
    found = coverage(lake, Scope(workspace.number, numbers), market=market)
    if not found:
        return []
    starts_on, ends_before = usual_days(
        min(one.starts_on for one in found), max(one.ends_before for one in found)
    )
    return [
        Question(
            workspace=workspace.number,
            shops=numbers,
            by=by,
            market=market,
            starts_on=starts_on,
            ends_before=ends_before,
        )
        for by in TABS
    ]
