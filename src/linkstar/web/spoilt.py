"""For whoever runs the installation: bytes that no longer hold, to look at and to take away."""

from django.conf import settings
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from linkstar.jobs.tracking import journals
from linkstar.lake.spoilt import Piece, hex_rows, piece_named, pieces
from linkstar.web.access import operators_only
from linkstar.web.requests import WorkspaceRequest, zone_of

HEAD_BYTES = 512
PIECES_SHOWN = 200


@operators_only
@require_GET
def every_piece(request: WorkspaceRequest) -> HttpResponse:
    """Every piece that is kept, the newest first: torn ends and what a disk has spoilt."""
    found = pieces(journals(settings.PLACES.collector))
    shown = {
        "pieces": with_heads(found[:PIECES_SHOWN]),
        "count": len(found),
        "most": PIECES_SHOWN,
        "zone": zone_of(request),
    }
    return render(request, "web/set_aside/pieces.html", shown)


@operators_only
@require_GET
def piece_file(_request: WorkspaceRequest, journal: str, piece: str) -> FileResponse:
    """The bytes of one, as they are."""
    found = piece_named(journals(settings.PLACES.collector), journal, piece)
    if found is None:
        raise Http404
    return FileResponse(
        found.path.open("rb"),
        as_attachment=True,
        filename=f"{journal}-{piece}.bin",
        content_type="application/octet-stream",
    )


def with_heads(found: list[Piece]) -> list[tuple[Piece, str]]:
    """Each with its first bytes as people read them."""
    return [(piece, hex_rows(piece.head(HEAD_BYTES))) for piece in found]
