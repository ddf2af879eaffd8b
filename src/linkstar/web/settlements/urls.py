"""Addresses of settlements, statements and payments."""

from django.urls import path, re_path

from linkstar.web.settlements import banking, files, seller

urlpatterns = [
    path("settlements/", seller.settlements, name="settlements"),
    path("settlements/status/", banking.payout_status, name="payout_status"),
    path(
        "settlements/payouts/<str:payout_id>/amount/", banking.payout_amount, name="payout_amount"
    ),
    path("settlements/<str:settlement_id>/", seller.settlement, name="settlement"),
    path(
        "settlements/<str:settlement_id>/approve/",
        seller.approve_settlement,
        name="approve_settlement",
    ),
    path("settlements/<str:settlement_id>/pay/", banking.pay_settlement, name="pay_settlement"),
    re_path(
        r"^settlements/(?P<settlement_id>\w+)/settlement\.(?P<kind>pdf|csv|json)$",
        files.settlement_file,
        name="settlement_file",
    ),
    re_path(
        r"^settlements/batches/(?P<batch_id>\w+)/(?P<kind>csv|xml)/$",
        banking.bank_file,
        name="bank_file",
    ),
    path("statements/<str:statement_id>/", seller.statement, name="statement"),
    re_path(
        r"^statements/(?P<statement_id>\w+)/statement\.(?P<kind>pdf|csv|json)$",
        files.statement_file,
        name="statement_file",
    ),
    re_path(
        r"^creator/statements/(?P<statement_id>\w+)/statement\.(?P<kind>pdf|csv|json)$",
        files.own_statement_file,
        name="own_statement_file",
    ),
]
