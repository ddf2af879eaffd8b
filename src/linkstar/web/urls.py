"""Addresses of the pages."""

from django.urls import include, path, re_path

from linkstar.web import (
    change_part,
    detail_pages,
    help_pages,
    operations,
    overview_page,
    parts_pages,
    session_pages,
    settings_pages,
    setup_pages,
    uplift_page,
)

urlpatterns = [
    path("", overview_page.overview, name="overview"),
    path("uplift/", uplift_page.uplift_page, name="uplift"),
    path("uplift/columns/", uplift_page.choose_columns, name="uplift_columns"),
    re_path(r"^uplift/export\.(?P<kind>csv|xlsx)$", uplift_page.export, name="uplift_export"),
    path("creators/<path:key>/", detail_pages.creator, name="creator"),
    path("contents/<path:key>/", detail_pages.content, name="content"),
    path("products/<path:key>/", detail_pages.product, name="product"),
    path("parts/trend/", parts_pages.trend_part, name="trend_part"),
    path("parts/segments/", parts_pages.segments_part, name="segments_part"),
    path("parts/change/", change_part.change_part, name="change_part"),
    path("parts/evidence/", parts_pages.evidence_part, name="evidence_part"),
    path("setup/", setup_pages.setup, name="setup"),
    path("settings/", settings_pages.workspace_settings, name="settings"),
    path("settings/shops/new/", settings_pages.new_shop, name="new_shop"),
    path("settings/shops/<str:shop_id>/", settings_pages.shop_settings, name="shop_settings"),
    path("imports/", include("linkstar.web.import_urls")),
    path("benchmarks/", include("linkstar.web.benchmark_urls")),
    path("tracking/", include("linkstar.web.tracking_urls")),
    path("operations/", operations.operations, name="operations"),
    path("profile/", settings_pages.profile, name="profile"),
    path("help/glossary/", help_pages.glossary, name="glossary"),
    path("language/", session_pages.choose_language, name="choose_language"),
    path("theme/", session_pages.choose_theme, name="choose_theme"),
    path("workspace/<str:workspace_id>/", session_pages.choose_workspace, name="choose_workspace"),
]
