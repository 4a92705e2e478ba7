from django.urls import path

from virage.billing import views

app_name = "billing"
urlpatterns = [
    path("", views.own, name="own"),
    path("lignes.csv", views.own_csv, name="own_csv"),
    path("region/", views.region, name="region"),
    path("region/lignes.csv", views.region_csv, name="region_csv"),
    path("payeur/", views.payer, name="payer"),
    path("acte/<str:ref>/", views.act_line, name="act_line"),
    path("<str:ref>/", views.line, name="line"),
    path("<str:ref>/juger/", views.rejudge, name="rejudge"),
]
