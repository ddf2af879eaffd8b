"""Whose a seller's own record of a handle is: the creator's who has that channel verified, if any.

A seller may know a creator before the creator signs up; what was earned then stands on the seller's
record and stays there. Once the channel is verified it is shown to that creator alone and paid to
their account. A record is nobody's where it sold on a channel that is not the verified one, or on
one nobody states: the same handle may be another person's there. A promo code, or a person of the
seller's, names the record itself: what came so without a channel was sold where the record sells.
"""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import F

from linkstar.accounts.models import User
from linkstar.attribution.queries import channels_of_links
from linkstar.attribution.rules import Method
from linkstar.commissions.models import Commission
from linkstar.creators.models import Channel, Creator
from linkstar.settlements.models import BankAccount

_UNNAMED = {"", "other"}
"""What stands for the channel of an order that names none; `other` in what shops report."""
_NAMED_BY_SELLER = {Method.PROMO_CODE, Method.BY_HAND}


def owner_of_each(records: Iterable[Creator]) -> dict[str, Creator]:
    """The creator who signed up behind each record, by the record's id; no entry for nobody."""
    asked = {record.pk: record for record in records}
    owners = {pk: one for pk, one in asked.items() if one.user_id or one.workspace_id is None}
    sellers = [record for pk, record in asked.items() if pk not in owners]
    verified = _verified({record.handle for record in sellers})
    named = [record for record in sellers if record.handle in verified]
    channels = _channels(named)
    for record in named:
        creator, own = verified[record.handle]
        if channels[record.pk] <= own:
            owners[record.pk] = creator
    return owners


def records_of(creator: Creator) -> list[str]:
    """The ids of everything kept about a creator: their own profile, and sellers' records."""
    same = Creator.objects.filter(workspace__isnull=False, handle=creator.handle)
    owners = owner_of_each(same) if creator.handle else {}
    return [creator.pk, *(pk for pk, owner in owners.items() if owner.pk == creator.pk)]


def accounts_of(creators: Iterable[Creator]) -> dict[str, BankAccount]:
    """Where each is paid, by the record's id: the account of whoever it is; no entry for none."""
    asked = list(creators)
    owners = owner_of_each(asked)
    people = {pk: owner.pk for pk, owner in owners.items()}
    ids = {each.pk for each in asked} | set(people.values())
    stated = {each.creator_id: each for each in BankAccount.objects.filter(creator__in=ids)}
    found = {
        each.pk: stated.get(people.get(each.pk, each.pk), stated.get(each.pk)) for each in asked
    }
    return {pk: account for pk, account in found.items() if account}


def person_behind(creator: Creator) -> User | None:
    """Who is told about a record; nobody for one that is no signed-up creator's."""
    owner = owner_of_each([creator]).get(creator.pk)
    return owner.user if owner else None


def _verified(handles: set[str]) -> dict[str, tuple[Creator, set[str]]]:
    """Who has a handle verified, and on which channels; of one handle there is one such creator."""
    rows = Channel.objects.filter(
        handle__in=handles,
        verified_at__isnull=False,
        creator__handle=F("handle"),
        creator__workspace=None,
        creator__state=Creator.State.VERIFIED,
    ).select_related("creator__user")
    found: dict[str, tuple[Creator, set[str]]] = {}
    for row in rows:
        found.setdefault(row.handle, (row.creator, set()))[1].add(row.channel)
    return found


def _channels(records: list[Creator]) -> dict[str, set[str]]:
    """Where each record sold, as far as it earned with orders, and where it is said to publish.

    An order that names no channel was sold where the links stand if a click earned it, and anywhere
    the record is known to sell if the seller named the record.
    """
    found: dict[str, set[str]] = defaultdict(set)
    by_link: set[str] = set()
    by_seller: set[str] = set()
    sold = Commission.objects.filter(creator__in=records, line__isnull=False, number=1).order_by()
    how = sold.values_list("creator", "line__channel", "attribution__method").distinct()
    for pk, channel, method in how:
        if channel in _UNNAMED and method == Method.LAST_CLICK:
            by_link.add(pk)
        elif channel in _UNNAMED and method in _NAMED_BY_SELLER:
            by_seller.add(pk)
        else:
            found[pk].add(channel)
    linked = [record for record in records if record.pk in by_link | by_seller]
    links = channels_of_links(linked) if linked else {}
    for pk, channels in links.items():
        found[pk] |= channels or ({""} if pk in by_link else set())
    same = Channel.objects.filter(creator__in=records, handle=F("creator__handle"))
    for pk, channel in same.values_list("creator", "channel"):
        found[pk].add(channel)
    for pk in by_seller:
        found[pk] = found[pk] or {""}
    return found
