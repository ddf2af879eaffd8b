"""Addresses of the pages."""

from django.urls import include, path

from linkstar.web import help_pages, overview_page, session_pages, settings_pages, setup_pages

urlpatterns = [
    path("", overview_page.overview, name="overview"),
    path("setup/", setup_pages.setup, name="setup"),
    path("settings/", settings_pages.workspace_settings, name="settings"),
    path("settings/shops/new/", settings_pages.new_shop, name="new_shop"),
    path("settings/shops/<str:shop_id>/", settings_pages.shop_settings, name="shop_settings"),
    path("benchmarks/", include("linkstar.web.benchmark_urls")),
    path("profile/", settings_pages.profile, name="profile"),
    path("help/glossary/", help_pages.glossary, name="glossary"),
    path("language/", session_pages.choose_language, name="choose_language"),
    path("theme/", session_pages.choose_theme, name="choose_theme"),
    path("workspace/<str:workspace_id>/", session_pages.choose_workspace, name="choose_workspace"),
]
