from django.urls import URLPattern, path

from virage.records.views import care, consents, contacts, documents, identity, patients, phone, wounds

app_name = "records"
urlpatterns: list[URLPattern] = [
    path("nouveau/", patients.create, name="create"),
    path("dossier/<str:ref>/", patients.page, name="patient"),
    path("dossier/<str:ref>/identite/", patients.edit, name="edit"),
    path("dossier/<str:ref>/ins/", identity.page, name="identity"),
    path("dossier/<str:ref>/equipe/", care.team, name="team"),
    path("dossier/<str:ref>/equipe/ajout/", care.add, name="team_add"),
    path("dossier/<str:ref>/equipe/retrait/", care.remove, name="team_remove"),
    path("dossier/<str:ref>/proches/", contacts.listing, name="contacts"),
    path("dossier/<str:ref>/proches/ajout/", contacts.add, name="contact_add"),
    path("proches/<str:ref>/", contacts.edit, name="contact"),
    path("proches/<str:ref>/fin/", contacts.end, name="contact_end"),
    path("dossier/<str:ref>/consultations/", care.readers, name="readers"),
    path("dossier/<str:ref>/plaies/nouvelle/", wounds.add, name="wound_add"),
    path("plaies/<str:ref>/", wounds.edit, name="wound"),
    path("plaies/<str:ref>/cicatrisee/", wounds.heal, name="wound_heal"),
    path("plaies/<str:ref>/rouverte/", wounds.reopen, name="wound_reopen"),
    path("consentements/<str:ref>/retrait/", consents.withdraw, name="consent_withdraw"),
    path("consultations/", care.readings, name="readings"),
    path("documents/depot/<str:slot>/", documents.listing, name="documents"),
    path("documents/depot/<str:slot>/envoi/", documents.upload, name="document_upload"),
    path("documents/depot/<str:slot>/<str:ref>/retrait/", documents.remove, name="document_remove"),
    path("documents/depot/<str:slot>/<str:ref>/retour/", documents.restore, name="document_restore"),
    path("documents/depot/<str:slot>/telephone/", phone.pair, name="phone_pair"),
    path("documents/depot/<str:slot>/telephone/<str:ref>/fin/", phone.revoke, name="phone_revoke"),
    path("documents/<str:ref>/<str:rendition>/", documents.file, name="document_file"),
    path("telephone/", phone.page, name="phone"),
    path("telephone/lien/<str:token>/", phone.link, name="phone_link"),
    path("telephone/envoi/", phone.upload, name="phone_upload"),
    path("telephone/photos/", phone.sent, name="phone_sent"),
    path("telephone/photos/<str:ref>/", phone.thumbnail, name="phone_thumbnail"),
]
