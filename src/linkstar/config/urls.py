"""Every address of the installation: sign-in by allauth, pages by `web`, calls by `api`."""

from django.urls import include, path

handler429 = "linkstar.web.guards.too_many"
handler500 = "linkstar.web.went_wrong.went_wrong"
urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("api/v1/", include("linkstar.api.urls")),
    path("", include("linkstar.web.urls")),
]
