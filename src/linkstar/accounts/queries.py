"""Which workspaces a person may see, and in which role."""

from allauth.account.models import EmailAddress
from django.db.models import QuerySet

from linkstar.accounts.models import Membership, Role, User, Workspace

WRITERS = frozenset({Role.OWNER, Role.MANAGER})
"""Who runs the daily business: imports, links, plans, creators."""
SETTLERS = frozenset({Role.OWNER, Role.FINANCE})
"""Who settles and pays; a manager promises money but does not send it."""
APPROVERS = SETTLERS | {Role.MANAGER}
"""Who may say that a settlement is right. Sending the money stays with those who settle."""


def workspaces_of(user: User) -> QuerySet[Workspace]:
    return Workspace.objects.filter(memberships__user=user).order_by("number")


def role_in(user: User, workspace: Workspace) -> Role | None:
    """The person's role there; None for a stranger."""
    membership = Membership.objects.filter(user=user, workspace=workspace).first()
    return Role(membership.role) if membership else None


def may_write(user: User, workspace: Workspace) -> bool:
    """Owners and managers import files, publish benchmarks and change settings."""
    return role_in(user, workspace) in WRITERS


def confirmed_addresses(workspace: Workspace) -> list[str]:
    """Addresses that owners and managers have shown to be theirs."""
    members = Membership.objects.filter(workspace=workspace, role__in=WRITERS)
    confirmed = EmailAddress.objects.filter(user__in=members.values("user"), verified=True)
    return list(confirmed.order_by("email").values_list("email", flat=True))


def may_review(user: User, workspace: Workspace) -> bool:
    """A reviewer decides about other people's companies; about the own one only when alone."""
    belongs = Membership.objects.filter(user=user, workspace=workspace).exists()
    return not belongs or not reviewers_beside(user).exists()


def reviewers_beside(user: User) -> QuerySet[User]:
    return User.objects.filter(is_reviewer=True, is_active=True).exclude(pk=user.pk)


OPERATORS, REVIEWERS, OWNERS = "operators", "reviewers", "owners"


def powerful_groups(user: User) -> frozenset[str]:
    """The groups of people with far-reaching rights that a person belongs to."""
    groups = {OPERATORS: user.is_operator, REVIEWERS: user.is_reviewer, OWNERS: _owns(user)}
    return frozenset(name for name, belongs in groups.items() if belongs)


def _owns(user: User) -> bool:
    return Membership.objects.filter(user=user, role=Role.OWNER).exists()


def is_fresh_installation() -> bool:
    """True until the first person exists: the first-run page is open only then."""
    return not User.objects.exists()
