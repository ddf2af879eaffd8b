"""Addresses of the benchmark book."""

from django.urls import path

from linkstar.web import benchmark_building, benchmark_figures, benchmarks

urlpatterns = [
    path("", benchmarks.book, name="benchmarks"),
    path("build/", benchmark_building.build_pool, name="benchmark_build"),
    path("own-history/", benchmark_building.build_own_history, name="benchmark_own_history"),
    path("figures/", benchmark_figures.import_figures, name="benchmark_import"),
    path("<str:benchmark_id>/", benchmarks.edition, name="benchmark"),
    path("<str:benchmark_id>/publish/", benchmarks.publish, name="benchmark_publish"),
    path("<str:benchmark_id>/discard/", benchmarks.discard, name="benchmark_discard"),
]
