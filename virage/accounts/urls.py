"""Sign-in and one's own pages. `own_pages` have no namespace: the frame of every page, and allauth, name them so.

Only the pages of allauth that are ours are here: nobody opens an account alone, nor changes the address by which the
structure knows him or her.
"""

from allauth.account import views as allauth
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.webauthn import views as webauthn
from django.urls import URLPattern, path, re_path

from virage.accounts.views import (
    factors,
    identity,
    invitations,
    lock,
    members,
    own,
    passwords,
    security,
    structures,
    undelivered,
)

app_name = "accounts"
urlpatterns: list[URLPattern] = [
    path("langue/", own.language, name="language"),
    path("securite/sessions/fin/", security.end, name="session_end"),
    path("personnes/", members.listing, name="members"),
    path("personnes.csv", members.listing_csv, name="members_csv"),
    path("personnes/inviter/", invitations.invite, name="invite"),
    path("personnes/<str:ref>/", members.member, name="member"),
    path("personnes/<str:ref>/place/", members.change, name="member_change"),
    path("personnes/<str:ref>/profession/", members.profession, name="member_profession"),
    path("personnes/<str:ref>/suspendre/", members.suspend, name="member_suspend"),
    path("personnes/<str:ref>/reprendre/", members.resume, name="member_resume"),
    path("personnes/<str:ref>/fin/", members.remove, name="member_remove"),
    path("personnes/<str:ref>/autorisation/", members.authorise, name="authorise"),
    path(
        "personnes/<str:ref>/autorisation/<str:authorisation>/fin/",
        members.end_authorisation,
        name="authorisation_end",
    ),
    path("invitations/<str:ref>/renvoyer/", invitations.resend, name="invitation_resend"),
    path("invitations/<str:ref>/retirer/", invitations.revoke, name="invitation_revoke"),
    path("invitation/<str:token>/", invitations.open_link, name="invitation"),
    path("messages/", undelivered.listing, name="undelivered"),
    path("messages/<str:ref>/essai/", undelivered.again, name="undelivered_again"),
    path("ma-structure/", structures.structure, name="structure"),
    path("ma-structure/modifier/", structures.edit, name="structure_edit"),
    path("ma-structure/equipes/ajouter/", structures.team_add, name="team_add"),
    path("ma-structure/equipes/<str:ref>/", structures.team, name="team"),
]

own_pages: list[URLPattern] = [
    path("moi/", own.me, name="me"),
    path("structure/", own.switch, name="membership_switch"),
    path("identite/<slug:provider_id>/", identity.start, name="openid_connect_login"),
    path("identite/<slug:provider_id>/retour/", identity.back, name="openid_connect_callback"),
    path("identite/<slug:provider_id>/lier/", identity.link, name="identity_link"),
    path("identite/<slug:provider_id>/retirer/", identity.unlink, name="identity_unlink"),
    path("parti/", identity.left, name="identity_left"),
    path("structure/choix/", own.choose, name="membership_choose"),
    path("connexion/", allauth.login, name="account_login"),
    path("deconnexion/", allauth.logout, name="account_logout"),
    path("ferme/", allauth.account_inactive, name="account_inactive"),
    path("confirmation/", allauth.reauthenticate, name="account_reauthenticate"),
    path("mot-de-passe/", passwords.change, name="account_change_password"),
    path("mot-de-passe/oublie/", allauth.password_reset, name="account_reset_password"),
    path("mot-de-passe/oublie/envoye/", allauth.password_reset_done, name="account_reset_password_done"),
    path("mot-de-passe/change/", allauth.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^mot-de-passe/lien/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        passwords.reset,
        name="account_reset_password_from_key",
    ),
    path("verrouiller/", lock.lock, name="lock"),
    path("verrou/", lock.unlock, name="unlock"),
    path("presence/", lock.presence, name="presence"),
    path("securite/", security.security, name="mfa_index"),
    path("securite/code/", mfa.authenticate, name="mfa_authenticate"),
    path("securite/confirmation/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("securite/application/", factors.add_app, name="mfa_activate_totp"),
    path("securite/application/retirer/", factors.remove_app, name="mfa_deactivate_totp"),
    path("securite/codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("securite/codes/nouveaux/", factors.new_codes, name="mfa_generate_recovery_codes"),
    path("securite/cle/", factors.add_key, name="mfa_add_webauthn"),
    path("securite/cle/confirmation/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("securite/cle/entrer/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("securite/cle/<int:pk>/", factors.rename_key, name="mfa_edit_webauthn"),
    path("securite/cle/<int:pk>/retirer/", factors.remove_key, name="mfa_remove_webauthn"),
]
