from django.apps import AppConfig


class TrackingConfig(AppConfig):
    name = "linkstar.tracking"
    label = "tracking"
