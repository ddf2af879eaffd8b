"""Links we made, the hosts they may lead to, and the keys that may write events."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from linkstar.accounts.ids import new_id
from linkstar.catalog.models import Shop
from linkstar.tracking.rules import new_token


def link_id() -> str:
    return new_id("lnk")


def key_id() -> str:
    return new_id("key")


class Health(models.TextChoices):
    """What a buyer met when the destination was last asked."""

    UNKNOWN = "", _("not checked yet")
    WORKS = "works", _("works")
    GONE = "gone", _("page is gone")
    FAILING = "failing", _("page fails")
    UNSURE = "unsure", _("page does not let checks in")
    UNREACHABLE = "unreachable", _("host cannot be reached")
    TLS = "tls", _("certificate is wrong")
    SLOW = "slow", _("answers too slowly")
    LEAVES = "leaves", _("leads on to a host that is not allowed")
    LOOPS = "loops", _("redirects without end")
    NOT_PUBLIC = "not_public", _("host is not a public one")


class KeyKind(models.TextChoices):
    """Who uses a key, and what it can therefore say."""

    SERVER = "server", _("a server: all events, kept secret")
    PAGE = "page", _("landing pages: public, never money")
    POSTBACK = "postback", _("signed orders and refunds")


class ShopHost(models.Model):
    """A host the shop's links may lead to, itself and everything below it."""

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="hosts")
    host = models.CharField(_("host"), max_length=253)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["shop", "host"], name="one_host_per_shop")
        ]

    def __str__(self) -> str:
        return self.host


class TrackedLink(models.Model):
    """One link for one content of one creator (and one variant): the token is all it carries."""

    id = models.CharField(primary_key=True, max_length=40, default=link_id, editable=False)
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="links")
    token = models.CharField(max_length=16, unique=True, default=new_token, editable=False)
    destination = models.CharField(_("leads to"), max_length=2000)
    creator = models.CharField(_("creator"), max_length=120, blank=True)
    content_id = models.CharField(_("content ID"), max_length=64, blank=True)
    content_type = models.CharField(max_length=20, default="video")
    product_id = models.CharField(_("product ID"), max_length=64, blank=True)
    variant = models.CharField(_("variant"), max_length=60, blank=True)
    collaboration_id = models.CharField(max_length=40, blank=True, db_index=True)
    channel = models.CharField(_("channel"), max_length=20, default="tiktok")
    passes_click = models.BooleanField(default=False)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    stopped_at = models.DateTimeField(_("stopped"), null=True, blank=True)
    health = models.CharField(max_length=20, choices=Health.choices, default="", blank=True)
    checked_at = models.DateTimeField(null=True, blank=True, db_index=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.token


class WriteKey(models.Model):
    """May write events for a shop.

    Of a server's key only the digest is kept, and it is shown once. A page's key is public and
    kept. What signs postbacks is made from the installation's own secret (`tracking.secrets`).
    """

    id = models.CharField(primary_key=True, max_length=40, default=key_id, editable=False)
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="write_keys")
    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(max_length=20, choices=KeyKind.choices, default=KeyKind.SERVER)
    shown_start = models.CharField(max_length=16)
    public_key = models.CharField(max_length=60, blank=True)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.shown_start}…)"
