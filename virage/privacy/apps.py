from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "virage.privacy"
    label = "privacy"
