from django.apps import AppConfig


class QuestionnairesConfig(AppConfig):
    name = "virage.questionnaires"
    label = "questionnaires"
