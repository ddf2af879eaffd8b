"""Accounts, entries and postings. Database triggers refuse to change or delete any of them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Account(models.Model):
    """A path such as `liability:creator:crt_1:payable` in one currency, in one book."""

    book = models.CharField(max_length=40)
    path = models.CharField(max_length=200)
    currency = models.CharField(max_length=3)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["book", "path", "currency"], name="one_account_per_path_and_currency"
            )
        ]

    def __str__(self) -> str:
        return f"{self.path} ({self.currency})"


class Entry(models.Model):
    """One event in the book. `sequence` counts from 1 without gaps within a book."""

    id = models.CharField(primary_key=True, max_length=40)
    book = models.CharField(max_length=40)
    sequence = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    facts = models.JSONField(default=dict)
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="reversed_by"
    )
    fingerprint = models.CharField(max_length=64)
    link = models.CharField(max_length=64)

    class Meta:
        verbose_name_plural = "entries"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["book", "sequence"], name="one_entry_per_place"),
            models.UniqueConstraint(fields=["book", "key"], name="one_entry_per_key"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.kind} {self.key}"


class Posting(models.Model):
    """One line of an entry: a positive amount, from the credit account to the debit account."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="postings")
    line = models.PositiveIntegerField()
    debit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="debits")
    credit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="credits")
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(amount_minor__gt=0), name="posting_amount_is_positive"
            ),
            models.CheckConstraint(
                condition=~models.Q(debit=models.F("credit")), name="posting_has_two_accounts"
            ),
            models.UniqueConstraint(fields=["entry", "line"], name="one_posting_per_line"),
        ]

    def __str__(self) -> str:
        return f"{self.debit} / {self.credit} {self.amount_minor}"


class BookCheck(models.Model):
    """That a whole book was added up again, and what did not agree: nothing, in a sound one."""

    book = models.CharField(max_length=40)
    at = models.DateTimeField()
    entries = models.PositiveBigIntegerField()
    found = models.PositiveIntegerField()
    findings = models.JSONField(default=list)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["book", "at"])]

    def __str__(self) -> str:
        return f"{self.book} {self.at:%Y-%m-%d}: {self.found}"
