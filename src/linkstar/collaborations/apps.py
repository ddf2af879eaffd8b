from django.apps import AppConfig


class CollaborationsConfig(AppConfig):
    name = "linkstar.collaborations"
    label = "collaborations"
