"""The app workflow."""

from django.apps import AppConfig


class WorkflowConfig(AppConfig):
    name = "cityloop.workflow"
