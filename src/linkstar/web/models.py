"""How people like their tables."""

from typing import ClassVar

from django.conf import settings
from django.db import models


class TableView(models.Model):
    """The columns a person chose for one table, in the order of the table."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    view = models.CharField(max_length=40)
    columns = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "view"], name="one_table_view_each")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.view}"
