"""The site map: one include per app."""

from django.urls import include, path

from virage.accounts.urls import own_pages
from virage.accounts.views import rights
from virage.records.views import patients
from virage.web import views as web
from virage.web.guard.middleware import too_many

urlpatterns = [
    path("", include("virage.web.urls")),
    path("compte/", include(own_pages)),
    path("compte/", include("virage.accounts.urls")),
    path("droits/", rights.rights, name="rights"),
    path("patients/", patients.listing, name="patients"),
    path("patients/recherche/", patients.search, name="search"),
    path("patients/", include("virage.records.urls")),
    path("teleexpertise/", include("virage.teleexpertise.urls")),
    path("lignes/", include("virage.billing.urls")),
    path("activite/", include("virage.activity.urls")),
    path("confidentialite/", include("virage.privacy.urls")),
    path("messages/", include("virage.notifications.urls")),
    path("patient/", include("virage.acts.urls")),
]

handler400 = web.bad_request
handler403 = web.forbidden
handler404 = web.not_found
handler429 = too_many  # allauth's limits of sign-in
handler500 = web.server_error
