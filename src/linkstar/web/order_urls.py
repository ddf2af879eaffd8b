"""Addresses of order lines and of the book."""

from django.urls import path, re_path

from linkstar.web import (
    ledger_pages,
    order_pages,
    profit_pages,
    promo_code_pages,
    reconciliation_pages,
    return_pages,
)

urlpatterns = [
    path("orders/", order_pages.order_lines, name="order_lines"),
    path("orders/returns/", return_pages.order_returns, name="order_returns"),
    path("orders/promo-codes/", promo_code_pages.promo_codes, name="promo_codes"),
    path("orders/promo-codes/give/", promo_code_pages.give_code, name="give_promo_code"),
    path("orders/promo-codes/<int:code_id>/end/", promo_code_pages.end_code, name="end_promo_code"),
    path("orders/<int:line_id>/", order_pages.order_line, name="order_line"),
    path(
        "orders/<int:line_id>/reattribute/", order_pages.reattribute_line, name="reattribute_line"
    ),
    path("reconciliation/", reconciliation_pages.reconciliation, name="reconciliation"),
    path(
        "reconciliation/rows.csv",
        reconciliation_pages.reconciliation_export,
        name="reconciliation_export",
    ),
    path("profit/", profit_pages.profit, name="profit"),
    path("profit/accounts.csv", profit_pages.profit_export, name="profit_export"),
    path("ledger/", ledger_pages.ledger, name="ledger"),
    path("ledger/account/", ledger_pages.ledger_account, name="ledger_account"),
    path("ledger/entries/<str:entry_id>/", ledger_pages.ledger_entry, name="ledger_entry"),
    re_path(
        r"^ledger/book\.(?P<kind>csv|beancount)$", ledger_pages.ledger_export, name="ledger_export"
    ),
]
