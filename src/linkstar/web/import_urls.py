"""Addresses of the import wizard."""

from django.urls import path

from linkstar.web import imports, imports_answers, imports_history, imports_running

urlpatterns = [
    path("", imports_history.history, name="imports"),
    path("new/", imports.upload, name="import_upload"),
    path("<str:import_id>/", imports.one_import, name="import"),
    path("<str:import_id>/answers/", imports_answers.answers, name="import_answers"),
    path("<str:import_id>/run/", imports_running.run, name="import_run"),
    path("<str:import_id>/cancel/", imports_running.cancel, name="import_cancel"),
    path("<str:import_id>/undo/", imports_running.undo, name="import_undo"),
    path("<str:import_id>/errors/", imports_running.error_file, name="import_errors"),
    path("<str:import_id>/problems/", imports_running.problems, name="import_problems"),
]
