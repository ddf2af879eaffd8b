"""Who is told what happened in a collaboration: the shop's people, the creator, the other side."""

from datetime import datetime
from zoneinfo import ZoneInfo

from linkstar.accounts.models import User
from linkstar.accounts.notifying import notify, writers_of
from linkstar.catalog.models import Shop
from linkstar.collaborations.models import Collaboration, Sample

SELLER_PAGE = "/collaborations/{}/"
CREATOR_PAGE = "/creator/collaborations/{}/"


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
