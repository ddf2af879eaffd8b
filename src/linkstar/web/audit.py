"""Writing down what somebody did, as pages see it."""

from django.http import HttpRequest

from linkstar.accounts.actions import record
from linkstar.accounts.models import User, Workspace
from linkstar.web.middleware import now


def log(
    request: HttpRequest,
    verb: str,
    target: str,
    *,
    workspace: Workspace | None = None,
    **detail: object,
) -> None:
    """One line of the audit log, of the workspace of the page unless another is named."""
    user = request.user
    record(
        workspace=workspace or getattr(request, "workspace", None),
        user=user if isinstance(user, User) else None,
        verb=verb,
        target=target,
        now=now(),
        **detail,
    )
