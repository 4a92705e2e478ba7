from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "virage.notifications"
    label = "notifications"
