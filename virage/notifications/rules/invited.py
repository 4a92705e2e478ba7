"""What is sent to someone whom a structure invites."""

from virage.notifications.rules.kinds import Frame, Kind, Template

INVITED: dict[str, Template] = {
    "invitation": Template(
        {"fr": "Votre invitation sur Virage", "en": "Your invitation to Virage"},
        {
            "fr": "Une structure vous invite à travailler avec elle. Ce lien sert une fois et vaut sept jours.",
            "en": "An organisation invites you to work with it. This link serves once and lasts seven days.",
        },
        Kind.ACCESS,
        Frame.LINK,
    ),
}
