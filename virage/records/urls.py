from django.urls import URLPattern, path

from virage.records.views import documents, phone

app_name = "records"
urlpatterns: list[URLPattern] = [
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
