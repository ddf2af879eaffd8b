from django.apps import AppConfig


class ConnectorsConfig(AppConfig):
    name = "linkstar.connectors"
    label = "connectors"
