from django.urls import path

from virage.activity import views

app_name = "activity"
urlpatterns = [
    path("", views.own_state, name="state"),
    path("regions/", views.states, name="states"),
    path("regions/etats.csv", views.states_csv, name="states_csv"),
    path("regions/<str:code>/", views.region_state, name="region"),
    path("regions/<str:code>/etat.csv", views.state_csv, name="state_csv"),
    path("regions/<str:code>/etat.pdf", views.state_pdf, name="state_pdf"),
]
