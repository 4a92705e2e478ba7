"""Roles, rights and professions in words."""

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from virage.accounts.models import Membership, User
from virage.accounts.roles import Permission, Role
from virage.law.lists import label

ROLES = {
    Role.NURSE: _("Infirmier"),
    Role.DOCTOR: _("Médecin"),
    Role.EXPERT: _("Expert"),
    Role.INTERN: _("Interne ou étudiant"),
    Role.TEMPORARY: _("Remplaçant ou intérimaire"),
    Role.SECRETARY: _("Secrétaire"),
    Role.COORDINATOR: _("Médecin coordonnateur"),
    Role.ADMINISTRATOR: _("Administrateur de la structure"),
    Role.PRIVACY: _("Référent protection des données"),
    Role.ARS: _("Agence régionale de santé"),
    Role.NATIONAL: _("Pilotage national"),
    Role.PAYER: _("Assurance maladie"),
    Role.EVALUATOR: _("Évaluateur"),
}
RIGHTS = {
    Permission.SEE_IDENTITY: _("Voir l’identité et les coordonnées des patients suivis"),
    Permission.SEE_PATIENTS: _("Ouvrir leurs dossiers : plaies, photographies, avis, consentements"),
    Permission.EDIT_PATIENTS: _("Créer un dossier, corriger une identité, tenir l’équipe de soins"),
    Permission.MERGE_PATIENTS: _("Fusionner deux dossiers d’une même personne"),
    Permission.BREAK_GLASS: _("Ouvrir en urgence le dossier d’un patient que je ne suis pas, en disant pourquoi"),
    Permission.RECORD_CONSENT: _("Noter un consentement ou son retrait"),
    Permission.PREPARE_REQUEST: _("Préparer une demande d’avis"),
    Permission.ASK_EXPERTISE: _("Envoyer une demande d’avis"),
    Permission.ANSWER_EXPERTISE: _("Répondre aux demandes d’avis"),
    Permission.VALIDATE_ADVICE: _("Valider l’avis d’un infirmier expert"),
    Permission.DECIDE_ITEM: _("Prescrire ou refuser ce qu’un avis propose"),
    Permission.DO_TASK: _("Noter les soins faits"),
    Permission.SEE_OWN_LINES: _("Voir mes lignes de rémunération"),
    Permission.SEE_REGION_LINES: _("Voir les lignes de la région, sans les noms des patients"),
    Permission.PAY_LINES: _("Voir ce qu’il faut pour payer les lignes"),
    Permission.SEE_REGION_STATE: _("Voir l’état mensuel de ma région"),
    Permission.SEE_ALL_STATES: _("Voir les états de toutes les régions"),
    Permission.MANAGE_ORGANISATION: _("Tenir ma structure : ses personnes, leurs rôles, ses équipes"),
    Permission.READ_JOURNAL: _("Voir qui a consulté les dossiers de la structure"),
    Permission.SEE_PROJECTS: _("Voir les projets de télémédecine"),
}


def role_words(roles: list[str]) -> list[str]:
    """The roles of a membership in the language of the page; a slug that is no role is left out."""
    known = {role.value: role for role in Role}
    return [str(ROLES[known[role]]) for role in roles if role in known]


def right_words(membership: Membership) -> list[str]:
    """What a membership allows, in the order of the table."""
    return [str(RIGHTS[permission]) for permission in Permission if membership.may(permission)]


def profession_words(user: User) -> str:
    """Profession and specialty in the language of the page."""
    language = get_language() or "fr"
    parts = [("professions", user.profession), ("specialties", user.specialty)]
    return ", ".join(label(kind, name).of(language) for kind, name in parts if name)
