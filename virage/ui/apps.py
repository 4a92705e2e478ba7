from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "virage.ui"
    label = "ui"
