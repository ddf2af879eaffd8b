from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "linkstar.web"
    label = "web"
