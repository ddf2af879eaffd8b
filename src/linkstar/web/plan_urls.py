"""Addresses of plans, incentives and packages."""

from django.urls import path

from linkstar.web import offer_pages, plan_pages, why_pages

urlpatterns = [
    path("", plan_pages.plans, name="plans"),
    path("new/", plan_pages.new_plan, name="new_plan"),
    path("why/", why_pages.why, name="why_this_rate"),
    path("simulation/", why_pages.simulation, name="plan_simulation"),
    path("incentives/new/", offer_pages.new_incentive, name="new_incentive"),
    path("incentives/<str:incentive_id>/stop/", offer_pages.stop_incentive, name="stop_incentive"),
    path("packages/new/", offer_pages.new_package, name="new_package"),
    path("packages/<str:package_id>/stop/", offer_pages.stop_package, name="stop_package"),
    path("<str:plan_id>/", plan_pages.plan, name="plan"),
    path("<str:plan_id>/rate/", plan_pages.change_rate, name="plan_rate"),
    path("<str:plan_id>/stop/", plan_pages.stop_plan, name="stop_plan"),
    path("<str:plan_id>/creators/", plan_pages.name_creators, name="plan_creators"),
    path("<str:plan_id>/creators/release/", plan_pages.release_creator, name="plan_release"),
]
