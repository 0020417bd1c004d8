"""The Django app with the tables of the baselines; it is installed for benchmarks only."""

from django.apps import AppConfig


class BaselineConfig(AppConfig):
    """Its tables have no migrations: they are made with each temporary database."""

    name = "benchmarks.baseline"
    label = "baseline"
