"""What each message says: a subject and a sentence, in both languages, and nothing about anyone's health."""

from virage.notifications.rules.invited import INVITED
from virage.notifications.rules.kinds import Kind, Template
from virage.notifications.rules.own_page import OWN_PAGE
from virage.notifications.rules.security import SECURITY

TEMPLATES: dict[str, Template] = {
    "expertise_received": Template(
        {"fr": "Une demande d’avis vous attend", "en": "A request for your opinion is waiting"},
        {
            "fr": "Une demande d’avis vous est adressée sur Virage.",
            "en": "A request for an opinion was sent to you on Virage.",
        },
    ),
    "expertise_prepared": Template(
        {"fr": "Une demande d’avis attend votre envoi", "en": "A request for an opinion waits for you to send it"},
        {
            "fr": "Une demande d’avis a été préparée pour vous : relisez-la et envoyez-la.",
            "en": "A request for an opinion was prepared for you: read it and send it.",
        },
    ),
    "expertise_returned_to_draft": Template(
        {
            "fr": "Une demande que vous avez préparée vous revient",
            "en": "A request that you prepared is back with you",
        },
        {
            "fr": "La demande d’avis que vous avez préparée est à reprendre.",
            "en": "The request for an opinion that you prepared is to be taken up again.",
        },
    ),
    "expertise_accepted": Template(
        {"fr": "Votre demande d’avis est acceptée", "en": "Your request for an opinion is accepted"},
        {
            "fr": "Un expert a accepté votre demande et y répondra.",
            "en": "An expert accepted your request and will answer it.",
        },
        Kind.FOLLOW,
    ),
    "expertise_declined": Template(
        {"fr": "Votre demande d’avis est déclinée", "en": "Your request for an opinion is declined"},
        {
            "fr": "L’expert ne peut pas répondre : vous pouvez adresser la demande à un autre.",
            "en": "The expert cannot answer: you may send the request to another one.",
        },
    ),
    "expertise_passed_on": Template(
        {"fr": "Votre demande d’avis est transmise", "en": "Your request for an opinion is passed on"},
        {
            "fr": "L’expert a transmis votre demande à un autre, mieux placé pour répondre.",
            "en": "The expert passed your request on to another one, better placed to answer.",
        },
        Kind.FOLLOW,
    ),
    "expertise_withdrawn": Template(
        {"fr": "Une demande d’avis est retirée", "en": "A request for an opinion is withdrawn"},
        {
            "fr": "Le demandeur a retiré sa demande : il n’y a plus rien à faire.",
            "en": "The requester withdrew the request: there is nothing left to do.",
        },
        Kind.FOLLOW,
    ),
    "expertise_note": Template(
        {"fr": "Un message au sujet d’une demande d’avis", "en": "A message about a request for an opinion"},
        {
            "fr": "Un message vous a été laissé au sujet d’une demande d’avis.",
            "en": "A message was left for you about a request for an opinion.",
        },
        Kind.FOLLOW,
    ),
    "complements_asked": Template(
        {"fr": "Un complément vous est demandé", "en": "Something more is asked of you"},
        {
            "fr": "L’expert a besoin d’un complément pour répondre à votre demande.",
            "en": "The expert needs something more to answer your request.",
        },
    ),
    "complements_awaited": Template(
        {"fr": "Rappel : un complément est attendu", "en": "Reminder: something more is expected"},
        {
            "fr": "L’expert attend toujours un complément pour répondre à votre demande.",
            "en": "The expert is still waiting for something more to answer your request.",
        },
        Kind.REMINDER,
    ),
    "complements_given": Template(
        {"fr": "Le complément demandé est arrivé", "en": "What you asked for has come"},
        {
            "fr": "Le demandeur a répondu à votre demande de complément.",
            "en": "The requester answered your question.",
        },
    ),
    "expertise_due_soon": Template(
        {
            "fr": "Rappel : une demande d’avis attend votre réponse",
            "en": "Reminder: a request for an opinion awaits your answer",
        },
        {
            "fr": "Le délai de réponse arrive bientôt à son terme.",
            "en": "The time to answer is almost over.",
        },
        Kind.REMINDER,
    ),
    "expertise_overdue": Template(
        {"fr": "Le délai d’une demande d’avis est dépassé", "en": "The time to answer a request is over"},
        {
            "fr": "Une demande d’avis attend votre réponse au-delà du délai. Sans réponse, elle sera reprise.",
            "en": "A request for an opinion is overdue. Without an answer it will be taken back.",
        },
        Kind.REMINDER,
    ),
    "answer_late": Template(
        {"fr": "La réponse à votre demande tarde", "en": "The answer to your request is late"},
        {
            "fr": "L’expert n’a pas répondu dans le délai ; il vient d’être relancé.",
            "en": "The expert has not answered in time, and was just reminded.",
        },
        Kind.REMINDER,
    ),
    "expertise_back_in_pool": Template(
        {"fr": "Votre demande est proposée à d’autres experts", "en": "Your request is offered to other experts"},
        {
            "fr": "L’expert n’a pas répondu ou n’est plus en poste : ses confrères peuvent la reprendre.",
            "en": "The expert who had accepted it did not answer or has left: colleagues may take it up.",
        },
    ),
    "expertise_given_back": Template(
        {"fr": "Une demande d’avis est sans réponse", "en": "A request for an opinion has no answer"},
        {
            "fr": "La demande d’avis est revenue au demandeur, qui peut l’adresser à un autre expert.",
            "en": "The request for an opinion is back with the requester, who may send it to another expert.",
        },
    ),
    "validation_wanted": Template(
        {"fr": "Un avis attend votre validation", "en": "An opinion waits for your validation"},
        {
            "fr": "Un avis proposé sous protocole de coopération attend la validation d’un médecin.",
            "en": "An opinion proposed under a cooperation protocol waits for a doctor’s validation.",
        },
    ),
    "validation_overdue": Template(
        {"fr": "Rappel : un avis attend votre validation", "en": "Reminder: an opinion waits for your validation"},
        {
            "fr": "Le délai de validation d’un avis proposé sous protocole est atteint.",
            "en": "The time to validate an opinion proposed under a protocol is over.",
        },
        Kind.REMINDER,
    ),
    "validation_refused": Template(
        {"fr": "Un avis que vous avez proposé vous revient", "en": "An opinion that you proposed is back with you"},
        {
            "fr": "Le médecin n’a pas validé l’avis proposé : ses remarques vous attendent.",
            "en": "The doctor did not validate the proposed opinion: remarks await you.",
        },
    ),
    "expertise_answered": Template(
        {
            "fr": "La réponse à votre demande d’avis est arrivée",
            "en": "The answer to your request for an opinion has come",
        },
        {
            "fr": "Le compte rendu est signé. Lisez-le et dites ce qui a été dit au patient.",
            "en": "The report is signed. Read it and say what the patient was told.",
        },
    ),
    "report_copy": Template(
        {"fr": "Un compte rendu vous est adressé en copie", "en": "A report is sent to you in copy"},
        {
            "fr": "Un compte rendu de téléexpertise concerne l’un de vos patients.",
            "en": "A report of téléexpertise concerns one of your patients.",
        },
        Kind.COPY,
    ),
    "report_corrected": Template(
        {"fr": "Un compte rendu a été corrigé", "en": "A report was corrected"},
        {
            "fr": "Une nouvelle version signée remplace un compte rendu que vous avez reçu.",
            "en": "A new signed version replaces a report that you received.",
        },
    ),
    "report_unread": Template(
        {"fr": "Rappel : un compte rendu attend d’être lu", "en": "Reminder: a report waits to be read"},
        {
            "fr": "Le compte rendu d’une demande d’avis n’a pas encore été lu.",
            "en": "The report of a request for an opinion has not been read yet.",
        },
        Kind.REMINDER,
    ),
    "item_to_decide": Template(
        {"fr": "Une proposition attend votre décision", "en": "A proposal awaits your decision"},
        {
            "fr": "Un avis propose des soins ou des examens que vous pouvez prescrire ou non.",
            "en": "An opinion proposes care or examinations that you may prescribe or not.",
        },
    ),
    "item_prescribed": Template(
        {"fr": "Une proposition a été prescrite", "en": "A proposal was prescribed"},
        {
            "fr": "Le prescripteur a décidé : les soins à faire sont dans votre liste.",
            "en": "The prescriber has decided: the care to give is in your list.",
        },
        Kind.FOLLOW,
    ),
    "item_refused": Template(
        {"fr": "Une proposition n’a pas été retenue", "en": "A proposal was not taken up"},
        {
            "fr": "Le prescripteur n’a pas retenu une proposition et dit pourquoi.",
            "en": "The prescriber did not take up a proposal and says why.",
        },
    ),
    "consent_again": Template(
        {"fr": "Une demande d’avis peut recevoir sa réponse", "en": "A request for an opinion can be answered again"},
        {
            "fr": "Le consentement a de nouveau été recueilli : la demande d’avis attend votre réponse.",
            "en": "Consent was given again: the request for an opinion awaits your answer.",
        },
    ),
    "consent_withdrawn": Template(
        {"fr": "Un patient a retiré son consentement", "en": "A patient withdrew consent"},
        {
            "fr": "Une demande d’avis ne peut plus recevoir de réponse ; le demandeur peut la retirer.",
            "en": "A request for an opinion can no longer be answered; the requester may withdraw it.",
        },
    ),
    "emergency_access": Template(
        {"fr": "Un dossier a été ouvert en urgence", "en": "A record was opened in an emergency"},
        {
            "fr": "Une personne hors de l’équipe de soins a ouvert un dossier en urgence et a dit pourquoi.",
            "en": "Someone outside the care team opened a record in an emergency and said why.",
        },
        Kind.SECURITY,
    ),
    "request_to_review": Template(
        {"fr": "Une demande d’avis est à revoir", "en": "A request for an opinion needs another look"},
        {
            "fr": "Ce qui était demandé n’a peut-être plus lieu d’être : ouvrez la demande avant de poursuivre.",
            "en": "What was asked for may no longer be needed: open the request before you go on.",
        },
    ),
} | OWN_PAGE

TEMPLATES |= INVITED | SECURITY
