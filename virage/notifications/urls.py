from django.urls import URLPattern, path

from virage.notifications import views

app_name = "notifications"
urlpatterns: list[URLPattern] = [
    path("", views.outbox, name="outbox"),
    path("choix/", views.choices, name="choices"),
    path("arret/<str:ref>/<str:key>/", views.stop, name="stop"),
]
