"""Who is told what happened in a collaboration: the shop's people, the creator, the other side."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from linkstar.accounts.models import Notification, User
from linkstar.accounts.notifying import notify, writers_of
from linkstar.catalog.models import Shop
from linkstar.catalog.queries import day_of
from linkstar.collaborations.models import Collaboration, Deliverable, Sample
from linkstar.collaborations.queries import ending_soon
from linkstar.collaborations.rules import clocks_of

SELLER_PAGE = "/collaborations/{}/"
CREATOR_PAGE = "/creator/collaborations/{}/"
DUE_SOON = "content.due_soon"


def tell_seller(collaboration: Collaboration, code: str, *, now: datetime, **params: str) -> None:
    """Tell the people who run the shop's daily business; sentences name the creator."""
    workspace = collaboration.shop.workspace
    notify(
        users=writers_of(workspace),
        code=code,
        now=now,
        address=SELLER_PAGE.format(collaboration.pk),
        workspace=workspace,
        sender=str(collaboration.creator),
        **params,
    )


def tell_creator(collaboration: Collaboration, code: str, *, now: datetime, **params: str) -> None:
    """Tell the creator, once they have signed up; sentences name the shop."""
    person = collaboration.creator.user
    notify(
        users=[person] if person else [],
        code=code,
        now=now,
        address=CREATOR_PAGE.format(collaboration.pk),
        workspace=None,
        sender=collaboration.shop.name,
        **params,
    )


def tell_other_side(
    collaboration: Collaboration, code: str, *, is_creator: bool, now: datetime, **params: str
) -> None:
    """Tell the side that did not act."""
    tell = tell_seller if is_creator else tell_creator
    tell(collaboration, code, now=now, **params)


def tell_both(collaboration: Collaboration, code: str, *, now: datetime, **params: str) -> None:
    """Tell both sides what nobody did; the sentence names the other one to each."""
    tell_seller(collaboration, code, now=now, **params)
    tell_creator(collaboration, code, now=now, **params)


def acts_as_creator(collaboration: Collaboration, user: User | None) -> bool:
    """Whether it is the creator who did something, and not somebody of the shop."""
    return user is not None and user.pk == collaboration.creator.user_id


def tell_of_sample(sample: Sample, code: str, *, now: datetime, **params: str) -> None:
    """Tell the creator what became of a sample."""
    tell_creator(sample.collaboration, code, now=now, product=str(sample.product), **params)


def until(at: datetime, shop: Shop) -> str:
    """An instant as a day and time in the shop's zone, the same in every language."""
    return f"{at.astimezone(ZoneInfo(shop.zone)):%Y-%m-%d %H:%M} ({shop.zone})"


@transaction.atomic
def remind_of_content(*, now: datetime) -> int:
    """Remind creators of content that is due soon; how many reminders were new.

    Each deadline is told once; one that was moved is told again when the new one comes near.
    """
    shops = Shop.objects.filter(collaborations__ended_at=None, collaborations__isnull=False)
    return sum(
        _remind(deliverable, now)
        for shop in shops.distinct()
        for deliverable in _due_soon(shop, now)
    )


def _due_soon(shop: Shop, now: datetime) -> list[Deliverable]:
    within = timedelta(days=clocks_of(shop.market, day_of(shop, now)).reminder_days)
    found = ending_soon(now=now, within=within).filter(collaboration__shop=shop)
    return list(found.select_related("collaboration__shop", "collaboration__creator__user"))


def _remind(deliverable: Deliverable, now: datetime) -> bool:
    collaboration = deliverable.collaboration
    person = collaboration.creator.user
    params = {
        "deliverable": deliverable.pk,
        "number": str(deliverable.number),
        "until": until(deliverable.due_at, collaboration.shop),
    }
    kept = {"sender": collaboration.shop.name, **params}
    told = Notification.objects.filter(user=person, code=DUE_SOON, params=kept)
    if person is None or told.exists():
        return False
    tell_creator(collaboration, DUE_SOON, now=now, **params)
    return True
