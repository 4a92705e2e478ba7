from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "virage.projects"
    label = "projects"
