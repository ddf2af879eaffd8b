"""Files people hand in, what became of their rows, and the mappings worth remembering."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from linkstar.accounts.ids import new_id
from linkstar.accounts.models import Workspace
from linkstar.catalog.models import Shop


def import_id() -> str:
    return new_id("imp")


class ImportFile(models.Model):
    """One file. `rows = loaded + duplicates + rejected + superseded` once it is done."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("uploaded")
        NEEDS_ANSWERS = "needs_answers", _("needs answers")
        READY = "ready", _("ready")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        UNDONE = "undone", _("undone")
        CANCELLED = "cancelled", _("cancelled")

    id = models.CharField(primary_key=True, max_length=40, default=import_id, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="imports")
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, null=True, related_name="imports")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    name = models.CharField(_("file name"), max_length=255)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    kind = models.CharField(_("kind"), max_length=20, blank=True)
    layout = models.CharField(_("layout"), max_length=60, blank=True)
    language = models.CharField(_("language of the headers"), max_length=10, blank=True)
    state = models.CharField(
        _("state"), max_length=20, choices=State.choices, default=State.UPLOADED
    )
    detected = models.JSONField(default=dict)
    answers = models.JSONField(default=dict)
    parsed = models.JSONField(default=dict)  # what a dry run read, so that it is read once
    preview = models.JSONField(default=dict)
    warnings = models.JSONField(default=list)
    failure = models.JSONField(default=dict)  # {"code", "params"} of a failed import
    rows = models.PositiveBigIntegerField(_("rows"), default=0)  # an estimate until it is read
    rows_done = models.PositiveBigIntegerField(default=0)
    loaded = models.PositiveBigIntegerField(_("loaded"), default=0)
    duplicates = models.PositiveBigIntegerField(_("duplicates"), default=0)
    rejected = models.PositiveBigIntegerField(_("rejected"), default=0)
    superseded = models.PositiveBigIntegerField(_("superseded"), default=0)
    supersedes = models.PositiveBigIntegerField(default=0)  # rows of earlier imports
    remembered_at = models.DateTimeField(null=True)  # when the mapping used was chosen
    created_at = models.DateTimeField(_("uploaded"))
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["workspace", "-created_at"])]

    def __str__(self) -> str:
        return self.name


def creator_import_id() -> str:
    return new_id("cim")


class CreatorImport(models.Model):
    """One creator file: `rows = added + changed + same + rejected` once it is done."""

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    id = models.CharField(
        primary_key=True, max_length=40, default=creator_import_id, editable=False
    )
    workspace = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, related_name="creator_imports"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    name = models.CharField(_("file name"), max_length=255)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    added = models.PositiveIntegerField(_("new"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    same = models.PositiveIntegerField(_("unchanged"), default=0)
    rejected = models.PositiveIntegerField(_("rejected"), default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DONE)
    rows_done = models.PositiveIntegerField(default=0)
    asked = models.JSONField(default=dict)  # what a job needs to know of a large file
    refused = models.JSONField(default=dict)  # why it failed: the code and what it names
    problems = models.JSONField(default=list)  # the first ones; the file of errors has all
    errors = models.CharField(max_length=300, blank=True)  # that file's name
    at = models.DateTimeField(_("uploaded"))

    class Meta:
        indexes: ClassVar = [models.Index(fields=["workspace", "-at"])]

    def __str__(self) -> str:
        return self.name


def product_import_id() -> str:
    return new_id("pim")


class ProductImport(models.Model):
    """One product file. `rows = loaded + duplicates + rejected`."""

    id = models.CharField(
        primary_key=True, max_length=40, default=product_import_id, editable=False
    )
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="product_imports")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    name = models.CharField(_("file name"), max_length=255)
    rows = models.PositiveIntegerField(_("rows"))
    loaded = models.PositiveIntegerField(_("loaded"))
    duplicates = models.PositiveIntegerField(_("duplicates"))
    rejected = models.PositiveIntegerField(_("rejected"))
    problems = models.JSONField(default=list)  # the first of them, to be shown
    errors = models.CharField(max_length=300, blank=True)  # the name of the file of errors
    at = models.DateTimeField(_("uploaded"))

    def __str__(self) -> str:
        return self.name


class ColumnMapping(models.Model):
    """Which of their columns fills which of our fields, for files with these very columns."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE)
    fingerprint = models.CharField(max_length=64)
    mapping = models.JSONField()
    chosen_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "fingerprint"], name="one_mapping_per_header"
            )
        ]

    def __str__(self) -> str:
        return ", ".join(f"{header}={field}" for header, field in self.mapping.items())
