"""Products from a file: what became of every row, and the file of errors."""

from datetime import datetime
from typing import Annotated

from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import File, Form, Router, Schema, UploadedFile
from pydantic import Field

from linkstar.api.calling import READS, WRITES, now, seller_of
from linkstar.api.files import CSV, WORKBOOK, file_answers, handed_out, path_of
from linkstar.api.imports import RowProblemTold, problems_told
from linkstar.api.paging import AskedPiece, page_of
from linkstar.api.repeating import once
from linkstar.api.shapes import Code, Named, Page
from linkstar.api.shops import own_shop
from linkstar.connectors.models import ProductImport
from linkstar.connectors.product_import import folder_of, import_products
from linkstar.web.problems import header_language, in_error_files

router = Router()


class ProductImportTold(Schema):
    """One product file: `rows = loaded + duplicates + rejected`.

    `problems` are the first of them; the error file has every rejected row.
    """

    id: str
    shop: Named
    name: str
    rows: int
    loaded: int
    duplicates: int
    rejected: int
    has_error_file: bool
    problems: list[RowProblemTold]
    at: datetime


def _told(one: ProductImport) -> ProductImportTold:
    names = ("id", "name", "rows", "loaded", "duplicates", "rejected", "at")
    return ProductImportTold(
        shop=Named(id=one.shop_id, name=one.shop.name),
        has_error_file=bool(one.errors),
        problems=problems_told(one.problems),
        **{name: getattr(one, name) for name in names},
    )


def own_product_import(request: HttpRequest, product_import_id: str) -> ProductImport:
    """A product file of the company.

    Raises:
        Http404: it has none of this id.
    """
    return get_object_or_404(_own(request), pk=product_import_id)


def _own(request: HttpRequest) -> QuerySet[ProductImport]:
    own = ProductImport.objects.filter(shop__workspace=seller_of(request).workspace)
    return own.select_related("shop")


@router.get("product-imports", response=Page[ProductImportTold], auth=READS)
def product_imports(request: HttpRequest, piece: AskedPiece) -> Page[ProductImportTold]:
    """Every product file the company handed in, the latest first."""
    return page_of(_own(request), piece, _told, by=("-at", "-pk"))


@router.get("product-imports/{product_import_id}", response=ProductImportTold, auth=READS)
def product_import(request: HttpRequest, product_import_id: str) -> ProductImportTold:
    """What became of one file."""
    return _told(own_product_import(request, product_import_id))


@router.post("product-imports", response={201: ProductImportTold}, auth=WRITES)
@once
def import_product_file(
    request: HttpRequest,
    file: File[UploadedFile],
    shop_id: Form[Annotated[Code, Field(min_length=1)]],
) -> ProductImportTold:
    """Put a file's good rows into a shop's catalogue, as `multipart/form-data`.

    The others come back in the error file with their reasons; corrected, it is handed in as it is.
    """
    seller = seller_of(request)
    made = import_products(
        shop=own_shop(seller, shop_id),
        user=seller.user,
        path=path_of(file),
        name=file.name or "",
        now=now(),
        words=in_error_files(header_language()),
    )
    return _told(made)


@router.get(
    "product-imports/{product_import_id}/error-file",
    auth=READS,
    openapi_extra=file_answers(CSV, WORKBOOK),
)
def product_import_error_file(request: HttpRequest, product_import_id: str) -> FileResponse:
    """The rejected rows in the file's own layout, with a last column of reasons."""
    own = own_product_import(request, product_import_id)
    return handed_out(folder_of(own) / own.errors if own.errors else None)
