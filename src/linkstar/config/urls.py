"""Every address of the installation: sign-in by allauth, pages by `web`."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("", include("linkstar.web.urls")),
]
