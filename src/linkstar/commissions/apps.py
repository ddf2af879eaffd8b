from django.apps import AppConfig


class CommissionsConfig(AppConfig):
    name = "linkstar.commissions"
    label = "commissions"
