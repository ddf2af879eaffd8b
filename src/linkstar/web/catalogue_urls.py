"""Addresses of the catalogue."""

from django.urls import path

from linkstar.web import catalogue_import, catalogue_pages

urlpatterns = [
    path("", catalogue_pages.catalogue, name="catalogue"),
    path("new/", catalogue_pages.new_product, name="new_product"),
    path("bulk/", catalogue_pages.bulk, name="catalogue_bulk"),
    path("import/", catalogue_import.upload, name="catalogue_import"),
    path("import/template/", catalogue_import.template, name="product_template"),
    path("imports/<str:pim_id>/", catalogue_import.report, name="product_import"),
    path("imports/<str:pim_id>/errors/", catalogue_import.errors, name="product_errors"),
    path("<int:product_id>/", catalogue_pages.product, name="catalogue_product"),
    path("<int:product_id>/skus/", catalogue_pages.put_sku, name="put_sku"),
    path("<int:product_id>/skus/drop/", catalogue_pages.drop_sku, name="drop_sku"),
]
