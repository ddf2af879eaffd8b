"""Addresses of recruiting: the seller's, the creator's and the operator's."""

from django.urls import include, path

from linkstar.web.recruiting import (
    campaigns,
    creator_campaigns,
    creator_offers,
    creator_profile,
    finding,
    importing,
    inviting,
    negotiating,
    operating,
    recommending,
    records,
)

SELLER = [
    path("", finding.find, name="find_creators"),
    path("compare/", finding.compare, name="compare_creators"),
    path("learn/", finding.learn, name="learn_creators"),
    path("creators/<str:creator_id>/", records.record, name="creator_record"),
    path("creators/<str:creator_id>/note/", records.note, name="creator_note"),
    path("lists/", records.lists, name="creator_lists"),
    path("lists/new/", records.new_list, name="new_list"),
    path("lists/add/", records.add, name="list_add"),
    path("lists/<int:list_id>/remove/", records.remove, name="list_remove"),
    path("lists/<int:list_id>/delete/", records.drop_list, name="list_delete"),
    path("import/", importing.import_file, name="import_creators"),
    path("import/<str:creator_import_id>/", importing.report, name="creator_import"),
    path("import/<str:creator_import_id>/errors/", importing.errors, name="creator_import_errors"),
    path("recommendations/", recommending.recommendations, name="recommendations"),
    path("recommendations/rank/", recommending.rank, name="rank_creators"),
    path("campaigns/", campaigns.campaigns, name="campaigns"),
    path("campaigns/new/", campaigns.new_campaign, name="new_campaign"),
    path("campaigns/<str:campaign_id>/", campaigns.campaign, name="campaign"),
    path("campaigns/<str:campaign_id>/change/", campaigns.edit_campaign, name="edit_campaign"),
    path("campaigns/<str:campaign_id>/<slug:verb>/", campaigns.step, name="campaign_step"),
    path("applications/<str:application_id>/select/", campaigns.select, name="select_application"),
    path(
        "applications/<str:application_id>/terms/",
        campaigns.select_on_terms,
        name="select_on_terms",
    ),
    path(
        "applications/<str:application_id>/<slug:verb>/",
        campaigns.decide,
        name="decide_application",
    ),
    path("invitations/", inviting.invitations, name="sent_invitations"),
    path("invitations/new/", inviting.new_invitations, name="new_invitations"),
    path("invitations/<str:invited_id>/back/", inviting.withdraw, name="withdraw_invitation"),
    path("outreach/<str:shop_id>/", inviting.outreach, name="state_outreach"),
    path("templates/new/", inviting.new_template, name="new_template"),
    path("templates/<int:template_id>/", inviting.edit_template, name="edit_template"),
    path("templates/<int:template_id>/delete/", inviting.drop_template, name="delete_template"),
    path("negotiations/", negotiating.negotiations, name="negotiations"),
    path("negotiations/<str:negotiation_id>/", negotiating.negotiation, name="negotiation"),
    path(
        "negotiations/<str:negotiation_id>/counter/",
        negotiating.counter,
        name="counter_negotiation",
    ),
    path(
        "negotiations/<str:negotiation_id>/<slug:verb>/",
        negotiating.step,
        name="negotiation_step",
    ),
]
CREATOR = [
    path("profile/", creator_profile.profile, name="creator_profile"),
    path("profile/channels/", creator_profile.channel, name="creator_channel"),
    path(
        "profile/channels/<int:channel_id>/remove/",
        creator_profile.drop_channel,
        name="creator_channel_remove",
    ),
    path("profile/audience/", creator_profile.audience, name="creator_audience"),
    path("profile/rates/", creator_profile.rates, name="creator_rates"),
    path("profile/consent/", creator_profile.consent, name="creator_consent"),
    path("profile/submit/", creator_profile.hand_in, name="creator_submit"),
    path("offers/", creator_offers.offers, name="creator_offers"),
    path("offers/<str:negotiation_id>/", creator_offers.offer, name="creator_offer"),
    path(
        "offers/<str:negotiation_id>/counter/",
        creator_offers.counter,
        name="creator_counter",
    ),
    path(
        "offers/<str:negotiation_id>/<slug:verb>/",
        creator_offers.step,
        name="creator_offer_step",
    ),
    path("invitations/<str:invited_id>/", creator_offers.invitation, name="creator_invitation"),
    path(
        "invitations/<str:invited_id>/counter/",
        creator_offers.counter_to_invitation,
        name="creator_invitation_counter",
    ),
    path(
        "invitations/<str:invited_id>/<slug:verb>/",
        creator_offers.answer,
        name="creator_invitation_step",
    ),
    path("campaigns/", creator_campaigns.campaigns, name="creator_campaigns"),
    path("campaigns/<str:campaign_id>/", creator_campaigns.campaign, name="creator_campaign"),
    path("campaigns/<str:campaign_id>/sign-up/", creator_campaigns.sign_up, name="creator_sign_up"),
    path(
        "applications/<str:application_id>/back/",
        creator_campaigns.take_back,
        name="creator_take_back",
    ),
]
OPERATOR = [
    path("creators/", operating.queue, name="verify_creators"),
    path("creators/<str:profile_id>/", operating.one, name="verify_creator"),
    path("creators/<str:profile_id>/<slug:verb>/", operating.decide, name="decide_creator"),
    path("campaigns/", operating.campaigns, name="operator_campaigns"),
    path("campaigns/new/", operating.new_campaign, name="new_operator_campaign"),
    path("campaigns/<str:call_id>/", operating.campaign, name="operator_campaign"),
    path(
        "campaigns/<str:call_id>/change/",
        operating.edit_campaign,
        name="edit_operator_campaign",
    ),
    path(
        "campaigns/<str:call_id>/<slug:verb>/",
        operating.step,
        name="operator_campaign_step",
    ),
]
urlpatterns = [
    path("recruiting/", include(SELLER)),
    path("creator/", include(CREATOR)),
    path("operator/", include(OPERATOR)),
]
