"""What is sent to a patient about his or her own page: the link, and the code of each visit."""

from virage.notifications.rules.kinds import Frame, Kind, Template

OWN_PAGE: dict[str, Template] = {
    "patient_link": Template(
        {"fr": "Votre page personnelle", "en": "Your personal page"},
        {
            "fr": "Une page personnelle est ouverte pour vous. Ce lien est à vous : ne le donnez à personne.",
            "en": "A personal page is open for you. This link is yours: give it to nobody.",
        },
        Kind.ACCESS,
        Frame.LINK,
    ),
    "patient_code": Template(
        {"fr": "Votre code", "en": "Your code"},
        {
            "fr": "Voici le code pour ouvrir votre page. Il vaut dix minutes ; personne ne vous le demandera.",
            "en": "Here is the code that opens your page. It lasts ten minutes; nobody will ask you for it.",
        },
        Kind.ACCESS,
        Frame.CODE,
    ),
}
