from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "linkstar.exchange"
    label = "exchange"
