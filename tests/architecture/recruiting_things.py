"""One of everything in recruiting: of Lin's, of Ada the creator's, and of the operator's."""

from datetime import timedelta

from tests.app.recruiting.conftest import terms

from linkstar.accounts.models import SavedView
from linkstar.accounts.saved_views import save_view
from linkstar.catalog.models import Product
from linkstar.connectors.creator_import import folder_of
from linkstar.connectors.models import CreatorImport
from linkstar.creators.actions import make_list
from linkstar.creators.models import Channel, Creator
from linkstar.recruiting.actions import (
    Batch,
    apply,
    draft_campaign,
    open_signup,
    propose,
    save_template,
    send_invitations,
)

VERBS = {
    "campaign_step": "close",
    "decide_application": "decline",
    "negotiation_step": "decline",
    "creator_offer_step": "decline",
    "creator_invitation_step": "decline",
    "decide_creator": "verify",
    "operator_campaign_step": "close",
}


def recruiting_things(cast) -> dict[str, object]:
    """What the addresses of recruiting name."""
    from django.utils import timezone

    now = timezone.now()
    day = now.date()
    said = terms(starts_on=day + timedelta(days=9), ends_before=day + timedelta(days=60))
    product = Product.objects.create(shop=cast.shop, external_id="r-1", name="Cream", seen_at=now)
    verified = Creator.State.VERIFIED
    ada = Creator.objects.create(user=cast.ada, handle="ada", state=verified, created_at=now)
    pending = Creator.objects.create(handle="new", state=Creator.State.PENDING, created_at=now)
    own = Creator.objects.create(
        workspace=cast.workspace, handle="cy", state=verified, created_at=now
    )
    call = {"terms": said, "text": "", "signup_ends_at": now + timedelta(days=5), "now": now}
    campaign, everybodys = (
        open_signup(campaign=draft_campaign(title="A", **call, **more), user=cast.lin, now=now)
        for more in (
            {"shop": cast.shop, "products": [product], "user": cast.lin},
            {"user": cast.olga},
        )
    )
    batch = Batch(cast.shop, [product], said, "Hi {creator}", 9)
    [invited], _ = send_invitations(batch=batch, creators=[ada], user=cast.lin, now=now)
    talk = propose(shop=cast.shop, creator=ada, products=[product], terms=said, now=now)
    template = save_template(workspace=cast.workspace, name="A", language="en", text="Hi")
    view = save_view(
        workspace=cast.workspace, user=cast.lin, page=SavedView.Page.CREATORS, name="A",
        parts={"q": ["a"]}, is_shared=True, now=now,
    )  # fmt: skip
    imported = CreatorImport.objects.create(
        workspace=cast.workspace, name="a.csv", errors="a.errors.csv", at=now
    )
    folder_of(imported).mkdir(parents=True)
    (folder_of(imported) / imported.errors).write_text("handle")
    return {
        "creator_id": own.pk,
        "profile_id": pending.pk,
        "campaign_id": campaign.pk,
        "call_id": everybodys.pk,
        "application_id": apply(campaign=campaign, creator=ada, now=now).pk,
        "invited_id": invited.pk,
        "negotiation_id": talk.pk,
        "template_id": template.pk,
        "search_id": view.pk,
        "view_id": view.pk,
        "list_id": make_list(workspace=cast.workspace, name="A", now=now).pk,
        "channel_id": Channel.objects.create(creator=ada, handle="ada").pk,
        "creator_import_id": imported.pk,
    }
