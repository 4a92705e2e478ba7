from django.apps import AppConfig
from django.core.checks import Tags, register

from virage.web import checks


class WebConfig(AppConfig):
    name = "virage.web"
    label = "web"

    def ready(self) -> None:
        register(checks.judge, Tags.security, deploy=True)
