from django.apps import AppConfig


class TeleexpertiseConfig(AppConfig):
    name = "virage.teleexpertise"
    label = "teleexpertise"
