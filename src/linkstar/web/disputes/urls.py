"""Addresses of disputes: the creator's, the company's, the operator's."""

from django.urls import path

from linkstar.web.disputes import deciding, sides

urlpatterns = [
    path("creator/disputes/", sides.own_disputes, name="own_disputes"),
    path("creator/disputes/<str:dispute_id>/", sides.own_dispute, name="own_dispute"),
    path("creator/evidence/<str:evidence_id>/", sides.own_evidence, name="own_evidence"),
    path(
        "creator/income/<int:amount_id>/dispute/",
        sides.dispute_own_earning,
        name="dispute_own_earning",
    ),
    path(
        "creator/deliverables/<str:deliverable_id>/dispute/",
        sides.dispute_own_deliverable,
        name="dispute_own_deliverable",
    ),
    path("disputes/", sides.disputes, name="disputes"),
    path("disputes/<str:dispute_id>/", sides.dispute, name="dispute"),
    path("disputes/evidence/<str:evidence_id>/", sides.dispute_evidence, name="dispute_evidence"),
    path("commissions/<int:amount_id>/dispute/", sides.dispute_amount, name="dispute_amount"),
    path("operator/disputes/", deciding.operator_disputes, name="operator_disputes"),
    path("operator/disputes/<str:dispute_id>/", deciding.operator_dispute, name="operator_dispute"),
    path(
        "operator/evidence/<str:evidence_id>/", deciding.operator_evidence, name="operator_evidence"
    ),
]
