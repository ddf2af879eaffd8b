"""Addresses of collaborations and samples, the seller's and the creator's."""

from django.urls import path, re_path

from linkstar.web.collaborations import (
    agreements,
    deliverables,
    links,
    localisation,
    open_plans,
    samples,
    supports,
)

urlpatterns = [
    path("collaborations/", agreements.collaborations, name="collaborations"),
    path("collaborations/new/", agreements.new_collaboration, name="new_collaboration"),
    path("collaborations/<str:collaboration_id>/", agreements.collaboration, name="collaboration"),
    path(
        "collaborations/<str:collaboration_id>/cancel/",
        agreements.cancel_collaboration,
        name="cancel_collaboration",
    ),
    path(
        "collaborations/<str:collaboration_id>/message/",
        agreements.message_creator,
        name="message_creator",
    ),
    path(
        "collaborations/<str:collaboration_id>/link/",
        links.link_collaboration,
        name="link_collaboration",
    ),
    re_path(
        r"^deliverables/(?P<deliverable_id>\w+)/(?P<verb>confirm|return|extend|cancel)/$",
        deliverables.act_on_deliverable,
        name="act_on_deliverable",
    ),
    path(
        "collaborations/<str:collaboration_id>/localisation/",
        localisation.tick_localisation,
        name="tick_localisation",
    ),
    path("samples/", samples.samples, name="samples"),
    path("samples/<str:sample_id>/ship/", samples.ship_sample, name="ship_sample"),
    re_path(
        r"^samples/(?P<sample_id>\w+)/(?P<verb>approve|reject|extend)/$",
        samples.act_on_sample,
        name="act_on_sample",
    ),
    re_path(
        r"^supports/(?P<support_id>\w+)/(?P<verb>approve|reject|provide)/$",
        supports.act_on_support,
        name="act_on_support",
    ),
    path(
        "creator/collaborations/<str:collaboration_id>/support/",
        supports.ask_for_support,
        name="ask_for_support",
    ),
    path(
        "creator/supports/<str:support_id>/withdraw/",
        supports.withdraw_own_support,
        name="withdraw_own_support",
    ),
    path(
        "creator/collaborations/<str:collaboration_id>/localisation/",
        localisation.tick_own_localisation,
        name="tick_own_localisation",
    ),
    path("creator/open/", open_plans.open_plans, name="open_plans"),
    path("creator/open/<int:open_product_id>/", open_plans.open_plan, name="open_plan"),
    path(
        "creator/open/<int:open_product_id>/link/",
        open_plans.make_open_link,
        name="make_open_link",
    ),
    path(
        "creator/open/<int:open_product_id>/stop/",
        open_plans.stop_open_promotion,
        name="stop_open_promotion",
    ),
    path("creator/collaborations/", agreements.own_collaborations, name="own_collaborations"),
    path(
        "creator/collaborations/<str:collaboration_id>/",
        agreements.own_collaboration,
        name="own_collaboration",
    ),
    path(
        "creator/collaborations/<str:collaboration_id>/link/",
        links.make_own_link,
        name="make_own_link",
    ),
    path(
        "creator/collaborations/<str:collaboration_id>/sample/",
        samples.request_sample,
        name="request_sample",
    ),
    path(
        "creator/collaborations/<str:collaboration_id>/cancel/",
        agreements.cancel_own_collaboration,
        name="cancel_own_collaboration",
    ),
    path(
        "creator/collaborations/<str:collaboration_id>/message/",
        agreements.message_seller,
        name="message_seller",
    ),
    re_path(
        r"^creator/samples/(?P<sample_id>\w+)/(?P<verb>receive|extend|withdraw)/$",
        samples.act_on_own_sample,
        name="act_on_own_sample",
    ),
    path(
        "creator/deliverables/<str:deliverable_id>/down/",
        deliverables.take_down_own_content,
        name="take_down_own_content",
    ),
    path(
        "creator/deliverables/<str:deliverable_id>/submit/",
        deliverables.submit_own_deliverable,
        name="submit_own_deliverable",
    ),
]
