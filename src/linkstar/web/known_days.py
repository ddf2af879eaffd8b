"""Which days there are facts for."""

from collections.abc import Sequence
from datetime import date

from linkstar.accounts.models import Workspace
from linkstar.catalog.models import Shop
from linkstar.events.vocabulary import Segment
from linkstar.lake.coverage import Coverage, coverage
from linkstar.lake.selection import Scope
from linkstar.web.facts import lake
from linkstar.web.periods import Known


def covered(workspace: Workspace, shops: Sequence[Shop]) -> list[Coverage]:
    """What there is of these shops: sources, levels, definitions, days."""
    if not shops:
        return []
    scope = Scope(workspace.number, tuple(shop.number for shop in shops))
    return coverage(lake(), scope, market=shops[0].market)


def known_days(found: Sequence[Coverage], *, today: date) -> Known:
    """From the first day to the day after the last one; `today` twice when there is nothing."""
    if not found:
        return Known(today, today)
    return Known(min(c.starts_on for c in found), max(c.ends_before for c in found))


def segments_of(found: Sequence[Coverage]) -> list[Segment]:
    """The lines along which anything there is can be cut, in the usual order."""
    present = {segment for each in found for segment in each.segments}
    return [segment for segment in Segment if segment in present]
