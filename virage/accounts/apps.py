from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "virage.accounts"
    label = "accounts"
