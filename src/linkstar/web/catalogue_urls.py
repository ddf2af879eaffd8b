"""Addresses of the catalogue."""

from django.urls import path

from linkstar.web import catalogue_pages

urlpatterns = [
    path("", catalogue_pages.catalogue, name="catalogue"),
    path("new/", catalogue_pages.new_product, name="new_product"),
    path("bulk/", catalogue_pages.bulk, name="catalogue_bulk"),
    path("<int:product_id>/", catalogue_pages.product, name="catalogue_product"),
    path("<int:product_id>/skus/", catalogue_pages.put_sku, name="put_sku"),
    path("<int:product_id>/skus/drop/", catalogue_pages.drop_sku, name="drop_sku"),
]
