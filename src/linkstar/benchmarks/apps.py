from django.apps import AppConfig


class BenchmarksConfig(AppConfig):
    name = "linkstar.benchmarks"
    label = "benchmarks"
