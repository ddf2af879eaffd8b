"""The platform's category tree in the records."""

from django.db import transaction

from linkstar.catalog.models import Category
from linkstar.catalog.tree import category_names


@transaction.atomic
def load_categories() -> int:
    """Add the categories that are not known yet; returns how many. Known ones stay as they are."""
    known = set(Category.objects.values_list("path", flat=True))
    fresh = [
        Category(
            path=name.path,
            external_id=name.external_id,
            name_en=name.name_en,
            name_zh=name.name_zh,
        )
        for name in category_names()
        if name.path not in known
    ]
    Category.objects.bulk_create(fresh)
    return len(fresh)
