from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "virage.web"
    label = "web"
