"""A bank account, of a creator or of a shop: shown by the end of its number, changed with care.

Whoever changes one has signed in again a few minutes ago. What was typed is never kept in the
session: a form that comes too late is typed again.
"""

from collections.abc import Callable
from functools import wraps

from allauth.account.decorators import reauthentication_required
from allauth.core.exceptions import ReauthenticationRequired
from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from linkstar.catalog.models import Shop
from linkstar.money.currencies import CURRENCIES
from linkstar.settlements.account_rules import Account, AccountRefused, checked, is_new
from linkstar.settlements.actions import state_creator_account, state_shop_account
from linkstar.settlements.models import BankAccount
from linkstar.web.access import P, Page, creators_only, settlers_only
from linkstar.web.bank_accounts.words import countries, refusal
from linkstar.web.forms import CalmForm
from linkstar.web.income.pages import own_creator
from linkstar.web.middleware import now
from linkstar.web.requests import WorkspaceRequest, zone_of


class AccountForm(CalmForm):
    """An account, written out. It is never filled in: numbers are not shown again."""

    holder = forms.CharField(
        label=_("Account holder"), max_length=70, help_text=_("As the bank writes it.")
    )
    country = forms.ChoiceField(label=_("Country of the bank"))
    number = forms.CharField(
        label=_("IBAN or account number"),
        max_length=60,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    routing_number = forms.CharField(
        label=_("Routing number (ABA)"),
        max_length=20,
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "inputmode": "numeric"}),
        help_text=_("Nine digits, for banks in the US only."),
    )
    bic = forms.CharField(
        label=_("BIC (SWIFT code)"),
        max_length=20,
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Needed outside the US where the account has no IBAN."),
    )

    currency = forms.ChoiceField(
        label=_("Paid in"),
        required=False,
        help_text=_(
            "In another currency than was earned you are paid at the rate of the day, which your "
            "statement names."
        ),
    )

    def prepare(self) -> None:
        self.fields["country"].choices = countries()  # type: ignore[attr-defined]
        self.fields["currency"].choices = [  # type: ignore[attr-defined]
            ("", _("the currency that was earned")),
            *((code, code) for code in CURRENCIES),
        ]

    def account(self) -> Account | None:
        """What was written, if it can be right; else the form says what is not."""
        if not self.is_valid():
            return None
        try:
            return checked(**self.cleaned_data)
        except AccountRefused as refused:
            self.add_error(refused.field, refusal(refused))
            return None


def signed_in_again(page: Page[P]) -> Page[P]:
    """Ask for the password or passkey once more; what was sent too late is not kept."""

    @wraps(page)
    def guarded(
        request: WorkspaceRequest, /, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        checked_page = reauthentication_required(page)
        if request.method != "POST":
            return checked_page(request, *args, **kwargs)  # type: ignore[no-any-return]
        try:
            return checked_page(request, *args, **kwargs)  # type: ignore[no-any-return]
        except ReauthenticationRequired:
            messages.warning(request, translated("Sign in once more; then fill in the form again."))
            return redirect(request.path)

    return guarded


@creators_only
@signed_in_again
@require_http_methods(["GET", "POST"])
def own_bank_account(request: WorkspaceRequest) -> HttpResponse:
    """Where the creator is paid."""
    creator = own_creator(request)
    if creator is None:
        raise Http404
    found = BankAccount.objects.filter(creator=creator).first()

    def keep(account: Account) -> BankAccount:
        return state_creator_account(creator=creator, account=account, user=request.user, now=now())

    return _page(request, found, keep, "own_income", {})


@settlers_only
@require_http_methods(["GET", "POST"])
def shop_bank_account(request: WorkspaceRequest, shop_id: str) -> HttpResponseBase:
    """Where a shop pays from; for owners and finance. Another's is not there, signed in or not."""
    shop = get_object_or_404(Shop, workspace=request.workspace, id=shop_id)
    return _shop_account(request, shop)


@signed_in_again
def _shop_account(request: WorkspaceRequest, shop: Shop) -> HttpResponse:
    found = BankAccount.objects.filter(shop=shop).first()

    def keep(account: Account) -> BankAccount:
        return state_shop_account(shop=shop, account=account, user=request.user, now=now())

    return _page(request, found, keep, "settings", {"shop": shop})


def _page(
    request: WorkspaceRequest,
    found: BankAccount | None,
    keep: Callable[[Account], BankAccount],
    back: str,
    more: dict[str, object],
) -> HttpResponse:
    initial = {"country": found.country if found else "US", "holder": found.holder if found else ""}
    initial |= {"currency": found.currency if found else ""}
    form = AccountForm(request.POST if request.method == "POST" else None, initial=initial)
    if "shop" in more:
        del form.fields["currency"]
    account = form.account() if request.method == "POST" else None
    if account:
        kept = keep(account)
        messages.success(
            request,
            translated("Saved: the account ending in %(ending)s.") % {"ending": kept.ending},
        )
        return redirect(back)
    shown = {
        "account": found,
        "is_new": bool(found and is_new(found.changed_at, now())),
        "form": form,
        "back": back,
        "zone": zone_of(request),
        **more,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "web/bank_accounts/account.html", shown, status=status)
