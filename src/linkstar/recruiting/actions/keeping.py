"""What a seller keeps for recruiting: templates, the number of invitations."""

from datetime import datetime

from django.db import transaction

from linkstar.accounts.actions import record
from linkstar.accounts.models import User, Workspace
from linkstar.catalog.models import Shop
from linkstar.recruiting.models import InvitationTemplate, OutreachLimit
from linkstar.recruiting.outreach import TierUnknown
from linkstar.recruiting.queries import rules_for
from linkstar.recruiting.rules import check_text


class NameTaken(ValueError):
    """The workspace has one of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@transaction.atomic
def save_template(
    *,
    workspace: Workspace,
    name: str,
    language: str,
    text: str,
    template: InvitationTemplate | None = None,
) -> InvitationTemplate:
    """A new template, or one changed; invitations already sent keep their text.

    Raises:
        NameTaken: there is one of this name in this language.
        PlaceholderUnknown, BraceAlone: the text cannot be filled in.
    """
    check_text(text)
    same = InvitationTemplate.objects.filter(
        workspace=workspace, name=name.strip(), language=language
    )
    if (same.exclude(pk=template.pk) if template else same).exists():
        raise NameTaken(name)
    kept = template or InvitationTemplate(workspace=workspace)
    kept.name, kept.language, kept.text = name.strip(), language, text.strip()
    kept.save()
    return kept


@transaction.atomic
def delete_template(*, template: InvitationTemplate) -> None:
    template.delete()


@transaction.atomic
def state_outreach(
    *, shop: Shop, tier: str, weekly_limit: int | None, user: User, now: datetime
) -> OutreachLimit:
    """What Seller Center tells this shop: its tier, and how many creators it may contact.

    Raises:
        TierUnknown: the shop's market has no such tier today.
    """
    if tier and rules_for(shop, now=now).tier(tier) is None:
        raise TierUnknown(tier)
    kept, _ = OutreachLimit.objects.update_or_create(
        shop=shop, defaults={"tier": tier, "weekly_limit": weekly_limit, "stated_at": now}
    )
    record(
        workspace=shop.workspace,
        user=user,
        verb="outreach.stated",
        target=shop.pk,
        now=now,
        tier=tier,
        weekly_limit=weekly_limit,
    )
    return kept
