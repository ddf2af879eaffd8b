from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "linkstar.orders"
    label = "orders"
