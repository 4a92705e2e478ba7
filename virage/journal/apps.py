from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "virage.journal"
    label = "journal"
