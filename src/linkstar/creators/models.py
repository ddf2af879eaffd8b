"""Creators, their channels, audience, prices and consents; what a seller keeps about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linkstar.accounts.ids import new_id, new_ids
from linkstar.accounts.models import User, Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator


def creator_id() -> str:
    return new_id("crt")


def creator_ids(count: int) -> Iterator[str]:
    """Those of creators who are made together."""
    return new_ids("crt", count)


class Creator(models.Model):
    """A person or team that publishes.

    With a `workspace` it is that seller's own record (imported or typed in) and nobody else's;
    without one it is a creator who signed up, whom every seller can find once verified.
    The handle is case-folded and has no @. From `followers` to `commission_bps_min` it repeats
    the largest channel and the rate card, for searching; `actions.summarise` keeps them alike.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("being filled in")
        PENDING = "pending", _("waiting for verification")
        VERIFIED = "verified", _("verified")
        RETURNED = "returned", _("returned")
        SUSPENDED = "suspended", _("suspended")

    id = models.CharField(primary_key=True, max_length=40, default=creator_id, editable=False)
    workspace = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, null=True, related_name="creators"
    )
    user = models.OneToOneField(User, on_delete=models.SET_NULL, null=True, related_name="creator")
    handle = models.CharField(_("handle"), max_length=120)
    name = models.CharField(_("name"), max_length=200, blank=True)
    about = models.TextField(_("about"), blank=True)
    region = models.CharField(_("country or state"), max_length=10, blank=True)
    languages = models.JSONField(_("languages"), default=list)
    categories = models.JSONField(_("categories"), default=list)
    tier = models.CharField(_("tier"), max_length=10, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    state_reason = models.TextField(blank=True)
    submitted_at = models.DateTimeField(_("submitted"), null=True)
    code = models.CharField(_("code for the channel's bio"), max_length=12, blank=True)
    followers = models.PositiveBigIntegerField(_("followers"), null=True, db_index=True)
    average_views = models.PositiveBigIntegerField(_("average views"), null=True)
    engagement_bps = models.PositiveIntegerField(_("engagement"), null=True)
    video_price_minor = models.PositiveBigIntegerField(_("price of one video"), null=True)
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    commission_bps_min = models.PositiveIntegerField(_("commission of at least"), null=True)
    shares_exact_figures = models.BooleanField(_("shows exact figures"), default=False)
    created_at = models.DateTimeField(_("created"))

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "handle"], name="one_creator_per_workspace_and_handle"
            ),
            models.UniqueConstraint(
                fields=["handle"],
                condition=Q(workspace=None, state__in=["verified", "suspended"]),
                name="one_verified_creator_per_handle",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "state"]),
            models.Index(fields=["handle"]),
        ]

    def __str__(self) -> str:
        return self.name or f"@{self.handle}"


class Channel(models.Model):
    """Where a creator publishes, with the figures last stated and when that was."""

    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="channels")
    channel = models.CharField(_("channel"), max_length=20, default="tiktok")
    handle = models.CharField(_("handle"), max_length=120)
    url = models.URLField(_("address"), max_length=500, blank=True)
    followers = models.PositiveBigIntegerField(_("followers"), null=True)
    average_views = models.PositiveBigIntegerField(_("average views"), null=True)
    engagement_bps = models.PositiveIntegerField(_("engagement"), null=True)
    stated_on = models.DateField(_("as of"), null=True)
    verified_at = models.DateTimeField(null=True)
    verified_how = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["creator", "channel", "handle"], name="one_channel_per_handle"
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel} @{self.handle}"


class AudienceShare(models.Model):
    """What share of a creator's followers is of one gender, age or place."""

    class Dimension(models.TextChoices):
        GENDER = "gender", _("gender")
        AGE = "age", _("age")
        PLACE = "place", _("place")

    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="audience")
    dimension = models.CharField(max_length=10, choices=Dimension.choices)
    value = models.CharField(max_length=40)
    share_bps = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["creator", "dimension", "value"], name="one_share_per_audience_value"
            ),
            models.CheckConstraint(condition=Q(share_bps__lte=10_000), name="share_is_at_most_all"),
        ]

    def __str__(self) -> str:
        return f"{self.dimension} {self.value}"


class RateCardItem(models.Model):
    """What a creator asks for one video, one LIVE or one package."""

    class Kind(models.TextChoices):
        VIDEO = "video", _("one video")
        LIVE = "live", _("one LIVE")
        PACKAGE = "package", _("package")

    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="rate_card")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    videos = models.PositiveIntegerField(_("videos"), default=1)
    days = models.PositiveIntegerField(_("within days"), null=True)
    price_minor = models.PositiveBigIntegerField(_("price"))
    currency = models.CharField(max_length=3, default="USD")
    commission_bps_min = models.PositiveIntegerField(_("commission of at least"), null=True)
    valid_from_on = models.DateField(_("valid from"))

    def __str__(self) -> str:
        return f"{self.kind} {self.price_minor} {self.currency}"


class Consent(models.Model):
    """A creator said yes or no to sharing something; the latest word counts, all are kept."""

    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="consents")
    scope = models.CharField(max_length=40)
    is_given = models.BooleanField()
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.scope} {self.is_given}"


class CreatorList(models.Model):
    """A seller's own list of creators."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="creator_lists")
    name = models.CharField(_("name"), max_length=120)
    creators = models.ManyToManyField(Creator, related_name="lists")
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "name"], name="one_creator_list_per_name")
        ]

    def __str__(self) -> str:
        return self.name


class CreatorNote(models.Model):
    """What a seller wrote down about a creator; no other seller and no creator sees it."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="creator_notes")
    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="notes")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    text = models.TextField(_("note"))
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.text[:60]
