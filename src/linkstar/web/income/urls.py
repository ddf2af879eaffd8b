"""Addresses of what a creator earned."""

from django.urls import path

from linkstar.web.income import pages

urlpatterns = [
    path("creator/income/", pages.own_income, name="own_income"),
    path("creator/income/amounts.csv", pages.own_income_export, name="own_income_export"),
    path("creator/income/<int:amount_id>/", pages.own_earning, name="own_earning"),
]
