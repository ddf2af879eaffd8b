from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "linkstar.ledger"
    label = "ledger"
