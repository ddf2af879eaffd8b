"""What people call the values of the vocabulary."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linkstar.events.vocabulary import Channel, ContentType
from linkstar.stats.ctr import Definition

CONTENT_TYPES = {
    ContentType.VIDEO: _("video"),
    ContentType.LIVE: _("LIVE"),
    ContentType.PRODUCT_CARD: _("product card"),
    ContentType.SHOWCASE: _("showcase"),
    ContentType.OTHER: _("other content"),
}
CHANNELS = {
    Channel.TIKTOK: "TikTok",
    Channel.INSTAGRAM: "Instagram",
    Channel.YOUTUBE: "YouTube",
    Channel.OTHER: _("other channel"),
}
DENOMINATORS = {
    Definition.PRODUCT_IMPRESSIONS: _("product impression"),
    Definition.VIDEO_VIEWS: _("video view"),
    Definition.LIVE_VIEWS: _("LIVE view"),
    Definition.UNIQUE_PRODUCT_IMPRESSIONS: _("person who saw the product"),
    Definition.SHOP_TAB_IMPRESSIONS: _("impression in the Shop tab"),
}
"""What one click is counted per, by definition of the CTR."""

IMPORT_STATES = {
    "uploaded": _("uploaded"),
    "needs_answers": _("waits for your answers"),
    "ready": _("ready to import"),
    "running": _("running"),
    "done": _("done"),
    "failed": _("failed"),
    "undone": _("undone"),
    "cancelled": _("cancelled"),
}
LAYOUTS: dict[str, str | Promise] = {}
"""What a person calls each layout of file."""
