from django.urls import URLPattern

app_name = "teleexpertise"
urlpatterns: list[URLPattern] = []
