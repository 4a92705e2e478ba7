from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "virage.records"
    label = "records"
