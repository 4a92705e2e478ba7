from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "virage.billing"
    label = "billing"
