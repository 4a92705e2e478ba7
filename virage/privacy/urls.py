from django.urls import URLPattern, path

from virage.privacy import views

app_name = "privacy"
urlpatterns: list[URLPattern] = [
    path("conservation/", views.retention, name="retention"),
    path("scelles/", views.seals, name="seals"),
    path("scelles/fichier/", views.seals_file, name="seals_file"),
]
