from django.apps import AppConfig


class ActivityConfig(AppConfig):
    name = "virage.activity"
    label = "activity"
