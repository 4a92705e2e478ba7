"""The patient's own page. Its namespace is `patient`: the acts of all kinds have no other page of their own."""

from django.urls import URLPattern, path

from virage.acts.views import door, own_page

app_name = "patient"
urlpatterns: list[URLPattern] = [
    path("", own_page.home, name="home"),
    path("entrer/", door.entry, name="entry"),
    path("lien/<str:token>/", door.link, name="link"),
    path("code/", door.code, name="code"),
    path("code/autre/", door.again, name="again"),
    path("sortir/", door.leave, name="leave"),
    path("actes/", own_page.acts, name="acts"),
    path("actes/<str:ref>/", own_page.act, name="act"),
    path("comptes-rendus/<str:ref>/", own_page.report, name="report"),
    path("consentements/", own_page.consents, name="consents"),
    path("consentements/<str:ref>/retrait/", own_page.withdraw, name="withdraw"),
    path("consultations/", own_page.readers, name="readers"),
    path("mes-informations/", own_page.details, name="details"),
]
