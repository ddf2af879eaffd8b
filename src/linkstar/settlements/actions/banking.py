"""Stating where a creator is paid, or where a shop pays from: recorded, and told to the owner."""

from datetime import datetime

from django.db import transaction

from linkstar.accounts.actions import record
from linkstar.accounts.models import User, Workspace
from linkstar.accounts.notifying import notify
from linkstar.accounts.queries import SETTLERS
from linkstar.catalog.models import Shop
from linkstar.creators.models import Creator
from linkstar.settlements.account_rules import Account
from linkstar.settlements.models import BankAccount

CREATOR_PAGE = "/creator/income/account/"
SHOP_PAGE = "/settings/shops/{}/account/"


@transaction.atomic
def state_creator_account(
    *, creator: Creator, account: Account, user: User, now: datetime
) -> BankAccount:
    """Pay the creator there from now on; what the bank has been told already stays as it is.

    The creator is told, so that nobody redirects payments unnoticed.
    """
    kept, before = _kept(BankAccount(creator=creator), account, now)
    _record(None, user, creator.pk, before, kept, now)
    people = [creator.user] if creator.user else []
    _tell(people, None, CREATOR_PAGE, str(creator), before, kept, now)
    return kept


@transaction.atomic
def state_shop_account(*, shop: Shop, account: Account, user: User, now: datetime) -> BankAccount:
    """Let the shop pay from there from now on; everybody who may pay is told."""
    kept, before = _kept(BankAccount(shop=shop), account, now)
    _record(shop.workspace, user, shop.pk, before, kept, now)
    payers = User.objects.filter(
        memberships__workspace=shop.workspace, memberships__role__in=SETTLERS, is_active=True
    )
    _tell(list(payers), shop.workspace, SHOP_PAGE.format(shop.pk), shop.name, before, kept, now)
    return kept


def _kept(blank: BankAccount, account: Account, now: datetime) -> tuple[BankAccount, str]:
    """The account as it stands now, and the end of the number that stood there before."""
    same = BankAccount.objects.select_for_update()
    found = same.filter(creator=blank.creator_id, shop=blank.shop_id).first()
    before = found.ending if found else ""
    kept = found or blank
    kept.holder, kept.number, kept.country = account.holder, account.number, account.country
    kept.routing_number, kept.bic, kept.changed_at = account.routing_number, account.bic, now
    kept.currency = account.currency
    kept.save()
    return kept, before


def _record(  # noqa: PLR0917  # who changed what, as the log has it
    workspace: Workspace | None,
    user: User,
    target: str,
    before: str,
    kept: BankAccount,
    now: datetime,
) -> None:
    record(
        workspace=workspace,
        user=user,
        verb="bank_account.changed",
        target=target,
        now=now,
        ending=kept.ending,
        ending_before=before,
        country=kept.country,
    )


def _tell(  # noqa: PLR0917  # as above
    people: list[User],
    workspace: Workspace | None,
    address: str,
    owner: str,
    before: str,
    kept: BankAccount,
    now: datetime,
) -> None:
    notify(
        users=people,
        code="bank_account.changed" if before else "bank_account.stated",
        now=now,
        address=address,
        workspace=workspace,
        owner=owner,
        ending=kept.ending,
        before=before,
    )
