"""The tabs a creator moves between, the same on a phone and on a desk, and what lies behind."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True, slots=True)
class Page:
    """One page behind a tab.

    Attributes:
        route: its name among the addresses.
        label: what it is called beside its sisters.
        below: beginnings of other addresses that belong to it.
    """

    route: str
    label: str | Promise
    below: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tab:
    """One of the four, with its pages; the first of them opens."""

    label: str | Promise
    icon: str
    pages: tuple[Page, ...]


TABS = (
    Tab(
        pgettext_lazy("tab", "Home"), "house", (Page("creator_home", pgettext_lazy("tab", "Home")),)
    ),
    Tab(
        _("Collaborations"),
        "arrow-left-right",
        (
            Page(
                "own_collaborations",
                _("Collaborations"),
                ("/creator/samples/", "/creator/deliverables/"),
            ),
            Page("open_plans", _("Open plans")),
            Page("creator_offers", _("Offers"), ("/creator/invitations/",)),
            Page("creator_campaigns", _("Campaigns"), ("/creator/applications/",)),
        ),
    ),
    Tab(
        _("Income"),
        "wallet2",
        (
            Page("own_income", _("Income"), ("/creator/statements/",)),
            Page("own_disputes", _("Disputes"), ("/creator/evidence/",)),
            Page("own_bank_account", _("Bank account")),
        ),
    ),
    Tab(
        pgettext_lazy("tab", "Me"),
        "person-circle",
        (
            Page("creator_profile", _("Your profile")),
            Page("notifications", _("Notifications")),
            Page("profile", _("Your settings"), ("/accounts/",)),
            Page("glossary", _("Glossary"), ("/help/",)),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A tab or a page as it is shown; `current` is what `aria-current` says, empty for nothing."""

    label: str | Promise
    address: str
    current: str
    icon: str = ""


def tabs_for(request: HttpRequest) -> list[Entry]:
    """The tabs, the one that is open marked."""
    here = _page_at(request.path)
    return [
        Entry(
            tab.label,
            reverse(tab.pages[0].route),
            _current(request.path, tab.pages[0].route, is_open=here in tab.pages),
            tab.icon,
        )
        for tab in TABS
    ]


def pages_for(request: HttpRequest) -> list[Entry]:
    """The pages beside the one that is open; none where it has no sisters."""
    here = _page_at(request.path)
    sisters = next((tab.pages for tab in TABS if here in tab.pages), ())
    return [
        Entry(
            page.label,
            reverse(page.route),
            _current(request.path, page.route, is_open=page == here),
        )
        for page in sisters
        if len(sisters) > 1
    ]


def _current(path: str, route: str, *, is_open: bool) -> str:
    """Whether this is the page itself, or only the part of LinkStar it lies in."""
    if not is_open:
        return ""
    return "page" if path == reverse(route) else "true"


def _page_at(path: str) -> Page | None:
    """The page an address belongs to: of all that fit, the one that names most of it."""
    named = [
        (beginning, page)
        for tab in TABS
        for page in tab.pages
        for beginning in (reverse(page.route), *page.below)
    ]
    fitting = [(len(start), page) for start, page in named if path.startswith(start)]
    return max(fitting, key=lambda fit: fit[0])[1] if fitting else None
