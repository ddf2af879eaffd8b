"""How sign-in behaves here."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002  # allauth names it
        """Strangers register only where the installation was opened to them."""
        return bool(settings.ACCOUNT_SIGNUP_ALLOWED)
