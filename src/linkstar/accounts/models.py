"""Who may sign in, which workspace they work in, and what they did there."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from linkstar.accounts.ids import new_id


def workspace_id() -> str:
    return new_id("wsp")


def invitation_id() -> str:
    return new_id("inv")


def api_key_id() -> str:
    return new_id("apk")


class UserManager(BaseUserManager["User"]):
    """People are known by their e-mail address alone."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractUser):
    username = None  # type: ignore[assignment]  # the e-mail address is the name to sign in with
    email = models.EmailField(_("e-mail address"), unique=True)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    display_zone = models.CharField(_("time zone shown"), max_length=64, blank=True)
    is_operator = models.BooleanField(_("runs this installation"), default=False)
    is_reviewer = models.BooleanField(_("reviews qualifications"), default=False)
    is_creator = models.BooleanField(_("promotes as a creator"), default=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()  # type: ignore[assignment,misc]  # keyed by e-mail, see above

    def __str__(self) -> str:
        return self.email


class Workspace(models.Model):
    """One tenant: a seller company, an agency, a brand group. Nothing is shared across."""

    id = models.CharField(primary_key=True, max_length=40, default=workspace_id, editable=False)
    number = models.PositiveIntegerField(unique=True, editable=False)
    name = models.CharField(_("name"), max_length=120)
    created_at = models.DateTimeField(_("created"))
    is_sample = models.BooleanField(_("sample data"), default=False)

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    OWNER = "owner", _("owner")
    MANAGER = "manager", _("manager")
    FINANCE = "finance", _("finance")
    VIEWER = "viewer", _("viewer")


class Membership(models.Model):
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "user"], name="one_membership_each")
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.workspace} · {self.role}"


class Invitation(models.Model):
    """A role offered to an address; the link's token is kept as a digest only."""

    id = models.CharField(primary_key=True, max_length=40, default=invitation_id, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail address"))
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)
    token_sha256 = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "email"],
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="one_open_invitation",
            )
        ]

    def __str__(self) -> str:
        return f"{self.email} · {self.workspace}"


class Reach(models.TextChoices):
    """How far an API key goes; what its maker may not do, it may not either."""

    READ = "read", _("read: looks at everything its maker may see, changes nothing")
    WRITE = "write", _("write: daily business as well, but no money")
    MONEY = "money", _("money: everything its maker may do")


class ApiKey(models.Model):
    """Lets a program act for the person who made it; only the digest is kept.

    With a workspace it acts for that company, without one for its maker as a creator, or, where it
    is `for_installation`, as one of those who run it.
    """

    id = models.CharField(primary_key=True, max_length=40, default=api_key_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_keys")
    workspace = models.ForeignKey(
        Workspace, on_delete=models.CASCADE, null=True, related_name="api_keys"
    )
    for_installation = models.BooleanField(default=False)
    name = models.CharField(_("name"), max_length=60)
    reach = models.CharField(max_length=10, choices=Reach.choices, default=Reach.READ)
    shown_start = models.CharField(max_length=16)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.shown_start}…)"


class RememberedAnswer(models.Model):
    """What a call by API was answered, under the name its sender gave it: sent again, told again.

    It belongs to the company whose key was used, or to the person when it was a creator's.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, null=True, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+")
    name = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    answer = models.JSONField(null=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "name"], name="one_answer_per_workspace"),
            models.UniqueConstraint(fields=["user", "name"], name="one_answer_per_person"),
        ]

    def __str__(self) -> str:
        return self.name


class SavedView(models.Model):
    """A list as somebody set it up, kept under a name: the parts of the page's address.

    It is its keeper's own, or in everybody's list where it is shared. Whoever in the workspace has
    its link can open it.
    """

    class Page(models.TextChoices):
        UPLIFT = "uplift"
        CREATORS = "creators"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="saved_views")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    page = models.CharField(max_length=10, choices=Page.choices)
    name = models.CharField(_("name"), max_length=120)
    parts = models.JSONField(default=dict)
    is_shared = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "user", "page", "name"], name="one_saved_view_per_name"
            )
        ]

    def __str__(self) -> str:
        return self.name


class AuditEvent(models.Model):
    """What somebody did, kept for good."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, null=True)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True)
    verb = models.CharField(max_length=60)
    target = models.CharField(max_length=120)
    detail = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["workspace", "-at"])]

    def __str__(self) -> str:
        return f"{self.verb} {self.target}"


class Notification(models.Model):
    """Something a person should know. Kept as a code with its facts; words come when it is shown.

    `address` is the page it is about. It is mailed once, in the person's language.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notifications")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, null=True)
    code = models.CharField(max_length=60)
    params = models.JSONField(default=dict)
    address = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    mail_due = models.BooleanField(default=True)
    mail_tries = models.PositiveIntegerField(default=0)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["user", "-at"]),
            models.Index(fields=["at"], condition=models.Q(mail_due=True), name="mail_still_due"),
        ]

    def __str__(self) -> str:
        return f"{self.code} · {self.user}"
