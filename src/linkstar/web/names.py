"""What people call the values of the vocabulary."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from linkstar.events import words
from linkstar.events.vocabulary import Channel, ContentType
from linkstar.stats.ctr import Definition

CONTENT_TYPES = {one: _(words.CONTENT_TYPES[one]) for one in ContentType}
CHANNELS = {one: _(words.CHANNELS[one]) for one in Channel}
DENOMINATORS = {
    Definition.PRODUCT_IMPRESSIONS: _("product impression"),
    Definition.VIDEO_VIEWS: _("video view"),
    Definition.LIVE_VIEWS: _("LIVE view"),
    Definition.UNIQUE_PRODUCT_IMPRESSIONS: _("person who saw the product"),
    Definition.SHOP_TAB_IMPRESSIONS: _("impression in the Shop tab"),
}
"""What one click is counted per, by definition of the CTR."""

ROWS = {
    "performance": _("a total of impressions and clicks"),
    "events": _("one event"),
    "order_lines": _("one line of an order"),
}
"""What one row of a file of any other origin is."""

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
LAYOUTS: dict[str, str | Promise] = {
    "tiktok.video_performance": _("Video performance"),
    "tiktok.video_performance_older": _("Video performance, older layout"),
    "tiktok.compass_videos": _("Data Compass videos"),
    "tiktok.compass_lives": _("Data Compass LIVEs"),
    "tiktok.live_performance": _("LIVE performance"),
    "tiktok.creator_performance": _("Creator performance"),
    "tiktok.creator_performance_older": _("Creator performance, older layout"),
    "tiktok.transaction_analysis": _("Transaction analysis"),
    "tiktok.product_analytics": _("Product analytics"),
    "tiktok.product_list_older": _("Product list, older layout"),
    "tiktok.shop_daily": _("Shop by day"),
    "tiktok.ads_creatives": _("Creatives of Shop Ads"),
    "tiktok.affiliate_orders": _("Affiliate orders"),
    "tiktok.creator_orders": _("Orders of a creator"),
    "tiktok.order_list": _("Order list"),
    "tiktok.partner_orders": _("Orders of a partner"),
    "tiktok.partner_report": _("Custom report of a partner"),
    "tiktok.mcn_report": _("Custom report of an MCN"),
    "tiktok.income_statement": _("Income statement"),
    "generic.performance": _("Table of impressions and clicks"),
    "generic.events": _("Tracked events"),
    "generic.order_lines": _("Order list of your own"),
    "benchmark.cells": _("Benchmark figures"),
    "catalogue.products": _("Products"),
}
"""What a person calls each layout of file."""
