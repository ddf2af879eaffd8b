"""How steps, costs and history of collaborations are written on pages."""

from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from linkstar.catalog.queries import day_of
from linkstar.collaborations.models import Collaboration, Sample
from linkstar.collaborations.queries import localisation_of
from linkstar.collaborations.rules import localisation_source
from linkstar.web.collaborations.words import LOCALISATION, happened
from linkstar.web.formats import money
from linkstar.web.middleware import now
from linkstar.web.templatetags.linkstar import language
from linkstar.web.tracking import qr_code

register = template.Library()
register.filter("happened", happened)

NEXT_STEPS: dict[str, Promise] = {
    "ask_for_sample": _("Ask for the sample and give your address"),
    "confirm_arrival": _("Say when the sample has arrived"),
    "post_content": _("Post the content and hand in its link"),
    "change_content": _("Change the content as asked and hand it in again"),
}


@register.filter
def next_step(verb: str) -> str:
    return str(NEXT_STEPS[verb])


@register.simple_tag
def total_cost(sample: Sample) -> str:
    """What a sample cost: the product and its way."""
    return money(
        (sample.cost_minor or 0) + (sample.shipping_minor or 0), sample.currency, language()
    )


@register.inclusion_tag("web/collaborations/_localisation.html")
def localisation(collaboration: Collaboration, route: str, *, may_tick: bool) -> dict[str, Any]:
    """What the content has to get right for its market, and who ticked what."""
    items, shop = localisation_of(collaboration, now=now()), collaboration.shop
    return {
        "collaboration": collaboration,
        "route": route,
        "may_tick": may_tick and collaboration.ended_at is None,
        "lines": [(item, LOCALISATION[item], tick) for item, tick in items],
        "ticked": sum(tick is not None for _, tick in items),
        "market": shop.market,
        "source": localisation_source(shop.market, day_of(shop, now())),
    }


@register.simple_tag
def qr(address: str, token: str) -> SafeString:
    """The QR code of a tracked link."""
    return qr_code(f"{address}/r/{token}")
