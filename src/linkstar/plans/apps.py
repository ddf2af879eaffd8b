from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "linkstar.plans"
    label = "plans"
