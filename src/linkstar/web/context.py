"""What every page's frame shows."""

from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language_info

from linkstar.accounts.queries import SETTLERS, WRITERS
from linkstar.web.creator_tabs import pages_for, tabs_for
from linkstar.web.notification_pages import unread_count
from linkstar.web.onboarding import checklist_of
from linkstar.web.session_pages import THEME_COOKIE, theme_of

if TYPE_CHECKING:
    from linkstar.web.requests import WorkspaceRequest

SIDES = "web/sides/"
"""Where the navigation of each kind of person is written down."""
CREATOR_SIDE = f"{SIDES}creator.html"


def side_of(request: HttpRequest) -> str:
    """The navigation beside the page: a company's, a creator's, or that of the staff alone."""
    if hasattr(request, "workspace"):
        return f"{SIDES}seller.html"
    if getattr(request.user, "is_creator", False):
        return CREATOR_SIDE
    return f"{SIDES}staff.html"


def shell(request: HttpRequest) -> dict[str, object]:
    """The theme, the languages, and for members whether they may change things."""
    role = getattr(request, "role", None)
    side = side_of(request)
    is_creators = side == CREATOR_SIDE
    return {
        "theme": theme_of(request),
        "theme_cookie": THEME_COOKIE,
        "shell_languages": [get_language_info(code) for code, _ in settings.LANGUAGES],
        "side": side,
        "creator_tabs": tabs_for(request) if is_creators else [],
        "creator_pages": pages_for(request) if is_creators else [],
        "checklist": SimpleLazyObject(lambda: checklist_of(cast("WorkspaceRequest", request))),
        "sign_up_is_open": settings.ACCOUNT_SIGNUP_ALLOWED,
        "may_write": role in WRITERS,
        "may_settle_all": role in SETTLERS,
        "unread": SimpleLazyObject(lambda: unread_count(request)),
        "carried": getattr(request, "carried", ""),
        "is_still": settings.STILL_CHARTS,
    }
