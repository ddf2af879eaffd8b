from django.apps import AppConfig


class SettlementsConfig(AppConfig):
    name = "linkstar.settlements"
    label = "settlements"
