from django.apps import AppConfig


class RecruitingConfig(AppConfig):
    name = "linkstar.recruiting"
    label = "recruiting"
