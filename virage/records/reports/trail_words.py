"""The verbs of the journal about a patient, in words."""

from django.utils.translation import gettext_lazy as _

READ = "read"
STAND_OUT = ("break_glass",)
"""Verbs by which a record was opened outside the care team: shown with the reads, and not to be overlooked."""

PURPOSES = {
    "record": _("A ouvert le dossier"),
    "identity": _("A ouvert la partie administrative"),
    "document": _("A ouvert un document"),
    "duplicate": _("A comparé ce dossier avec un autre"),
    "emergency": _("A examiné un accès en urgence"),
    "trail": _("A regardé qui a consulté ce dossier"),
    "teleexpertise": _("A ouvert une demande d’avis"),
    "payment": _("A ouvert les éléments de paiement"),
    "own_page": _("A ouvert sa page personnelle"),
}
VERBS = {
    "note_information": _("A noté une information sur l’usage des données"),
    "oppose": _("A noté une opposition"),
    "end_opposition": _("A noté la fin d’une opposition"),
    "break_glass": _("A ouvert le dossier en urgence"),
    "end_emergency": _("A mis fin à un accès en urgence"),
    "review_emergency": _("A dit si un accès en urgence était justifié"),
    "create_patient": _("A créé le dossier"),
    "forget_number": _("A effacé le numéro de sécurité sociale, dont la durée de conservation est passée"),
    "edit_patient": _("A modifié l’identité ou l’administratif"),
    "note_death": _("A noté le décès"),
    "undo_death": _("A corrigé un décès noté par erreur"),
    "tell_twin": _("A su, en ouvrant un dossier, que cette personne est déjà connue"),
    "point_out": _("A signalé un doublon"),
    "propose_merge": _("A proposé de fusionner ce dossier avec un autre"),
    "withdraw_proposal": _("A retiré une proposition de fusion"),
    "set_aside": _("A noté que deux dossiers parlent de deux personnes"),
    "merge": _("A fusionné ce dossier avec un autre"),
    "undo_merge": _("A annulé une fusion"),
    "recover_ins": _("A noté le matricule INS"),
    "check_identity": _("A noté une pièce d’identité vue"),
    "withdraw_ins": _("A retiré le matricule INS"),
    "withdraw_check": _("A retiré la vérification d’identité"),
    "change_traits": _("A rendu l’identité provisoire en changeant un trait"),
    "join_care_team": _("A ouvert le dossier à quelqu’un"),
    "leave_care_team": _("A fermé le dossier à quelqu’un"),
    "add_contact": _("A noté un proche ou un représentant"),
    "correct_contact": _("A corrigé un proche ou un représentant"),
    "end_contact": _("A noté la fin du rôle d’un proche"),
    "add_wound": _("A ajouté une plaie"),
    "edit_wound": _("A modifié une plaie"),
    "heal_wound": _("A noté une cicatrisation"),
    "reopen_wound": _("A rouvert une plaie"),
    "record_consent": _("A noté un consentement"),
    "withdraw_consent": _("A noté le retrait d’un consentement"),
    "receive": _("A ajouté un document"),
    "process": _("A préparé un document"),
    "refuse": _("A refusé un document"),
    "remove": _("A retiré un document"),
    "restore": _("A remis un document"),
    "pair_phone": _("A préparé un lien pour un téléphone"),
    "start_phone": _("A relié un téléphone"),
    "revoke_phone": _("A coupé le lien d’un téléphone"),
    "give_access": _("A donné un accès à la page personnelle du patient"),
    "revoke_access": _("A retiré un accès à la page personnelle du patient"),
    "enter_own_page": _("Est entré dans la page personnelle du patient"),
    "close_own_page": _("A perdu l’accès à la page personnelle : trop de codes faux"),
    "ask_correction": _("A demandé une correction"),
    "answer_correction": _("A traité une demande de correction"),
}
ACT_VERBS = {
    "open_act": _("A commencé une demande d’avis"),
    "revise": _("A complété une demande d’avis"),
    "choose_addressee": _("A choisi à qui demander l’avis"),
    "confirm_relevance": _("A confirmé la pertinence de la demande"),
    "confirm_red_flags": _("A vu les signes d’alerte"),
    "ask_complements": _("A demandé un complément"),
    "give_complements": _("A donné un complément"),
    "propose": _("A proposé un avis à valider"),
    "write_report": _("A écrit le compte rendu"),
    "bill": _("A établi la ligne de paiement"),
    "record_incident": _("A noté un incident"),
    "send": _("A envoyé une demande d’avis"),
    "accept": _("A accepté une demande d’avis"),
    "decline": _("A décliné une demande d’avis"),
    "pass_on": _("A transmis une demande d’avis"),
    "sign": _("A signé un avis"),
    "validate": _("A validé un avis"),
    "correct": _("A commencé à corriger un avis"),
    "acknowledge": _("A pris connaissance d’un avis"),
    "withdraw": _("A retiré une demande d’avis"),
    "prescribe": _("A décidé d’un élément proposé"),
    "do": _("A noté un soin fait"),
}
OWN_KINDS = frozenset(
    {"patient", "wound", "consent", "contact", "document", "duplicate", "phonelink", "patientaccess"}
)
OTHER_CHANGE = _("A agi sur une demande d’avis")
"""Verbs of the acts bear the same names as some of a record's: the kind of the subject tells them apart."""
