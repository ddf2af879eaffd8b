from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "linkstar.accounts"
    label = "accounts"

    def ready(self) -> None:
        from linkstar.accounts.row_security import raise_walls  # noqa: PLC0415  # needs models

        # The signal comes when the tables of all apps are there.
        post_migrate.connect(raise_walls, sender=self)
