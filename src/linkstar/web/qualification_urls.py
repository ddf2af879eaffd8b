"""Addresses of qualification: the company's side below a shop, the reviewers' under `review/`."""

from django.urls import path

from linkstar.web import qualification_pages as company
from linkstar.web import review_pages as reviewer

SHOP = "settings/shops/<str:shop_id>/qualification/"
PAPER = "settings/papers/<str:document_id>/"

urlpatterns = [
    path(SHOP, company.qualification, name="qualification"),
    path(f"{SHOP}papers/", company.add, name="qualification_add"),
    path(f"{SHOP}hand-in/", company.hand_in, name="qualification_hand_in"),
    path(f"{SHOP}take-back/", company.take_back, name="qualification_take_back"),
    path(PAPER, company.document, name="qualification_document"),
    path(f"{PAPER}remove/", company.remove, name="qualification_remove"),
    path("review/", reviewer.queue, name="review_queue"),
    path("review/<str:qualification_id>/", reviewer.review, name="review"),
    path("review/papers/<str:document_id>/", reviewer.document, name="review_document"),
]
