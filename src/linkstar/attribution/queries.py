"""What tracked links say about those who sell by them."""

from collections import defaultdict
from collections.abc import Sequence

from linkstar.creators.models import Creator
from linkstar.tracking.models import TrackedLink


def channels_of_links(records: Sequence[Creator]) -> dict[str, set[str]]:
    """On which channels links for a seller's records of creators stand, by the record's id."""
    links = TrackedLink.objects.filter(shop__workspace__in={each.workspace_id for each in records})
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    named = links.order_by().values_list("shop__workspace", "creator", "channel")
    for workspace, creator, channel in named.distinct():
        found[workspace, creator.lstrip("@").casefold()].add(channel)
    return {each.pk: found.get((each.workspace_id or "", each.handle), set()) for each in records}
