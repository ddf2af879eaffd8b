"""From handles to creators and the agreements they work under, for many lines at once."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q

from linkstar.batches import batched
from linkstar.catalog.models import Shop
from linkstar.collaborations.models import Collaboration
from linkstar.creators.models import Creator

_NAMES_AT_ONCE = 5_000


class Names:
    """Who is meant by a handle in one shop. A handle nobody had becomes a creator of the seller's.

    Of several creators with the handle: the one who works for the shop by agreement, then the
    seller's own record, then the creator who signed up and was verified.
    """

    def __init__(self, shop: Shop, now: datetime) -> None:
        self._shop = shop
        self._now = now
        self._known: dict[str, str] = {}
        self._agreements = _agreements(shop)

    def learn(self, handles: Iterable[str]) -> None:
        """Look up, or make, the creators of these handles."""
        asked = sorted({handle for handle in handles if handle} - self._known.keys())
        for some in batched(asked, _NAMES_AT_ONCE):
            self._known |= self._found(some)
            missing = [handle for handle in some if handle not in self._known]
            made = Creator.objects.bulk_create(
                Creator(workspace=self._shop.workspace, handle=handle, created_at=self._now)
                for handle in missing
            )
            self._known |= {creator.handle: creator.pk for creator in made}

    def creator(self, handle: str) -> str | None:
        """The creator's id; None where no handle is given."""
        return self._known[handle] if handle else None

    def known(self, handle: str) -> Creator | None:
        """The creator who is meant, if there is one; nobody is made."""
        found = self._found([handle])
        return Creator.objects.get(pk=found[handle]) if handle in found else None

    def agreement(self, creator_id: str | None, product_id: str, on: date) -> str | None:
        """The agreement with the creator on the product in force that day, the latest if several.

        One without named products is about all.
        """
        found = [
            agreement
            for agreement, products, starts_on, ends_before in self._agreements.get(
                creator_id or "", ()
            )
            if starts_on <= on < ends_before and (not products or product_id in products)
        ]
        return found[-1] if found else None

    def _found(self, handles: list[str]) -> dict[str, str]:
        rows = (
            Creator.objects.filter(handle__in=handles)
            .filter(
                Q(workspace=self._shop.workspace) | Q(workspace=None, state=Creator.State.VERIFIED)
            )
            .values_list("handle", "pk", "workspace")
        )
        ranked = sorted(
            rows, key=lambda row: (row[1] not in self._agreements, row[2] is None, row[1])
        )
        return {handle: pk for handle, pk, _ in reversed(ranked)}


def _agreements(shop: Shop) -> dict[str, list[tuple[str, frozenset[str], date, date]]]:
    """The shop's agreements by creator, in the order in which they were made."""
    products: dict[str, set[str]] = defaultdict(set)
    named = Collaboration.products.through.objects.filter(collaboration__shop=shop)
    for agreement, product in named.values_list("collaboration", "product__external_id"):
        products[agreement].add(product)
    by_creator: dict[str, list[tuple[str, frozenset[str], date, date]]] = defaultdict(list)
    rows = Collaboration.objects.filter(shop=shop).exclude(state=Collaboration.State.CANCELLED)
    for pk, creator, starts_on, ends_before in rows.order_by("agreed_at", "pk").values_list(
        "pk", "creator", "starts_on", "ends_before"
    ):
        by_creator[creator].append((pk, frozenset(products[pk]), starts_on, ends_before))
    return by_creator
