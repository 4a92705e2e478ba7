from django.apps import AppConfig


class ActsConfig(AppConfig):
    name = "virage.acts"
    label = "acts"
