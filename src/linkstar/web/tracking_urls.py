"""Addresses of tracked links, hosts and write keys."""

from django.urls import path

from linkstar.web import tracking

urlpatterns = [
    path("", tracking.links, name="tracking"),
    path("links/new/", tracking.new_link, name="new_link"),
    path("links/<str:link_id>/", tracking.link, name="tracked_link"),
    path("links/<str:link_id>/stop/", tracking.stop_link, name="stop_link"),
    path("hosts/new/", tracking.new_host, name="new_host"),
    path("hosts/<int:host_id>/remove/", tracking.remove_host, name="remove_host"),
    path("keys/new/", tracking.new_key, name="new_key"),
    path("keys/<str:key_id>/", tracking.write_key, name="write_key"),
    path("keys/<str:key_id>/revoke/", tracking.revoke_key, name="revoke_key"),
]
