"""Why something is refused, in the reader's words: one sentence per code of `Refused`."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from virage.accounts.roles import Permission

_NOT_YOUR_ROLE = _("Votre rôle dans cette structure ne le permet pas.")
_INCOMPLETE = _("La demande ne tient pas debout ainsi : rechargez la page et recommencez.")
_OUTSIDE = _("Le dossier de ce patient ne vous est pas ouvert.")

WORDS: dict[str, str | Promise] = {
    "role": _NOT_YOUR_ROLE,
    "side": _("C’est à l’autre partie de le faire : celle qui demande, ou celle qui répond."),
    "last_factor": _("C’est votre dernier second facteur, et votre rôle en demande un : ajoutez-en d’abord un autre."),
    "consent_withdrawn": _("Le patient a retiré son consentement : cette demande ne peut plus recevoir de réponse."),
    "no_protocol": _("Aucun protocole de coopération autorisé (article 51) ne vous permet de donner cet avis."),
    "membership_ended": _("Cette personne ne travaille plus dans cette structure."),
    "outside_care_team": _OUTSIDE,
    "requester_outside_care_team": _("Le dossier de ce patient n’est pas ouvert au médecin choisi."),
    "requester_cannot_ask": _("La personne choisie ne peut pas demander d’avis."),
    "requester_not_allowed": _("À cette date, le texte réserve la demande à un professionnel médical."),
    "addressee_cannot_answer": _("La personne ou le groupe choisi ne peut pas répondre."),
    "addressee_is_oneself": _("On ne se demande pas un avis à soi-même."),
    "addressee_is_requester": _("L’avis ne peut pas être rendu par qui le demande."),
    "one_addressee": _("Choisissez un expert ou un groupe, pas les deux."),
    "not_a_pool": _("Ce groupe ne donne pas d’avis."),
    "not_a_prescriber": _("La personne nommée ne peut pas prescrire ici."),
    "not_the_prescriber": _("Une autre personne est nommée pour décider de cette proposition."),
    "not_involved": _("Vous n’avez pas pris part à cet acte."),
    "not_in_care_team": _("Cette personne n’est pas dans l’équipe de soins."),
    "last_in_care_team": _("C’est la dernière personne de l’équipe de soins : plus personne ne verrait le dossier."),
    "opened_by_an_act": _("Cet accès vient d’un acte et finit avec lui."),
    "emergency_only": _("Un accès en urgence permet de lire et de soigner, pas d’ouvrir le dossier à d’autres."),
    "not_your_access": _("Seule la personne qui a ouvert cet accès peut y mettre fin ainsi."),
    "not_your_access_to_review": _("Cet accès n’est pas à examiner par vous : personne n’examine le sien."),
    "other_region": _("Cette ligne est celle d’une autre région."),
    "project_not_open": _("Ce projet n’est pas ouvert à votre structure ce jour-là."),
    "address_needed": _("Écrivez l’adresse ou le numéro qui recevra le lien."),
    "not_a_representative": _("Cette personne ne peut pas, ou plus, représenter le patient."),
    "visit_over": _("Votre visite a pris fin : ouvrez à nouveau votre page."),
    "other_patient": _("Cet accord n’est pas celui de cette page."),
    "text_needed": _("Écrivez quelques mots : ils sont nécessaires."),
    "in_the_future": _("Cette date n’est pas encore passée."),
    "too_late_to_undo": _("Il est trop tard pour l’annuler."),
    "done_by_someone_else": _("Une autre personne l’a fait : elle seule peut l’annuler."),
    "role_not_given_here": _("Votre structure ne peut pas donner ce rôle."),
    "end_date_needed": _("Ce rôle est celui d’une personne de passage : dites jusqu’à quand."),
    "dates_in_order": _("La fin doit venir après le premier jour."),
    "not_in_structure": _("Cette personne ou cette équipe n’est pas de votre structure."),
    "already_member": _("Cette personne travaille déjà dans la structure."),
    "already_invited": _("Une invitation à cette adresse attend déjà."),
    "sent_too_often": _("Cette invitation est partie trop souvent : retirez-la et vérifiez l’adresse."),
    "invitation_over": _("Cette invitation a été acceptée, retirée, ou n’est plus valable."),
    "invitation_for_someone_else": _("Cette invitation est adressée à une autre personne."),
    "account_exists": _("Un compte existe déjà à cette adresse : connectez-vous, puis ouvrez le lien de nouveau."),
    "last_administrator": _("C’est la dernière personne qui administre la structure : nommez-en une autre d’abord."),
    "oneself": _("On ne se suspend pas soi-même."),
    "works_elsewhere": _(
        "Cette personne travaille aussi dans une autre structure : une seule ne change pas sa profession ni son RPPS."
    ),
    "rpps_taken": _("Ce numéro RPPS est déjà celui d’un autre compte."),
    "authorised_already": _("Une autorisation de ce protocole couvre déjà ces dates."),
    "team_name_taken": _("Une équipe de ce nom existe déjà."),
    "identity_taken": _("Cette identité est déjà liée à un autre compte."),
    "last_way_in": _("C’est votre seul moyen d’entrer : choisissez d’abord un mot de passe."),
    "public_body_stays": _("La nature d’un organisme public ne se change pas ici."),
    "document_sealed": _("La demande est partie avec ce document : il reste."),
    "wound_name_taken": _("Ce patient a déjà une plaie de ce nom."),
    "wound_not_open": _("Cette plaie est notée cicatrisée, ou n’est pas de ce patient."),
    "wound_needed": _("Choisissez d’abord la plaie."),
    "consent_already_recorded": _("Un consentement est déjà noté pour cet acte : retirez-le d’abord."),
    "patient_opposes": _("Le patient s’oppose à l’échange de ses données avec cette personne ou cette structure."),
    "reason_needed": _("Écrivez le motif : le texte demande un motif légitime."),
    "not_representing": _("Cette personne ne représente pas, ou plus, le patient."),
    "consent_to_ask_again": _("Le consentement doit être redemandé pour cet acte."),
    "contact_cannot_represent": _(
        "Seuls un parent, un tuteur, une personne habilitée ou un mandataire peuvent représenter le patient."
    ),
    "contact_patient_is_adult": _("Le patient est majeur : un parent ne le représente plus de ce seul fait."),
    "contact_patient_is_minor": _("Un mineur ne désigne pas de personne de confiance : notez ses représentants."),
    "contact_unreachable": _("Écrivez un téléphone ou une adresse électronique : sans cela on ne peut la joindre."),
    "death_out_of_life": _("Le jour du décès va de la naissance à aujourd’hui."),
    "same_record": _("C’est le même dossier : choisissez-en un autre."),
    "merge_needs_another": _("Vous avez proposé cette fusion : une autre personne doit la confirmer."),
    "merged_since": _("Ce dossier a été fusionné depuis avec un troisième : annulez d’abord cette fusion-là."),
    "patient_deceased": _("Le décès de ce patient est noté : aucun nouvel acte ne peut commencer."),
    "ins_wrong": _("Ce matricule INS n’a pas la bonne forme ou la bonne clé : relisez-le."),
    "birthplace_needed": _("Écrivez d’abord le lieu de naissance : il est l’un des traits de l’INS."),
    "not_a_picture_of_this_request": _("Cette photographie n’est pas de cette demande."),
    "follows_another_wound": _INCOMPLETE,
    "no_wound_in_this_form": _INCOMPLETE,
    "shapes": _INCOMPLETE,
    "unknown_form": _INCOMPLETE,
    "unknown_kind": _INCOMPLETE,
    "unknown_place": _INCOMPLETE,
    "unknown_setting": _INCOMPLETE,
    "unknown_urgency": _INCOMPLETE,
} | {permission.value: _NOT_YOUR_ROLE for permission in Permission}


def words(reason: str) -> str:
    """The sentence for a code."""
    return str(WORDS.get(reason, _NOT_YOUR_ROLE))
