"""Addresses of bank accounts."""

from django.urls import path

from linkstar.web.bank_accounts import pages

urlpatterns = [
    path("creator/income/account/", pages.own_bank_account, name="own_bank_account"),
    path(
        "settings/shops/<str:shop_id>/account/", pages.shop_bank_account, name="shop_bank_account"
    ),
]
