"""Which days there are facts for."""

from collections.abc import Sequence
from datetime import date

from linkstar.accounts.models import Workspace
from linkstar.catalog.models import Shop
from linkstar.web.periods import Known


def known_days(workspace: Workspace, shops: Sequence[Shop], *, today: date) -> Known:
    """From the first day to the day after the last one with facts of these shops."""
    return Known(today, today)
