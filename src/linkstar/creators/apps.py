from django.apps import AppConfig


class CreatorsConfig(AppConfig):
    name = "linkstar.creators"
    label = "creators"
