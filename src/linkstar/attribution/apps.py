from django.apps import AppConfig


class AttributionConfig(AppConfig):
    name = "linkstar.attribution"
    label = "attribution"
