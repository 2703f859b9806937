"""The app evaluation."""

from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "cityloop.evaluation"
