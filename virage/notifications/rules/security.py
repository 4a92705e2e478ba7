"""What is said to a person about his or her own account: nobody can refuse these."""

from virage.notifications.rules.kinds import Frame, Kind, Template

_FR = " Si ce n’est pas vous, changez votre mot de passe et prévenez l’administrateur de votre structure."
_EN = " If it was not you, change your password and tell the administrator of your structure."


def _said(fr: tuple[str, str], en: tuple[str, str]) -> Template:
    return Template({"fr": fr[0], "en": en[0]}, {"fr": fr[1] + _FR, "en": en[1] + _EN}, Kind.SECURITY)


SECURITY: dict[str, Template] = {
    "factor_added": _said(
        ("Un second facteur a été ajouté", "Un second facteur vient d’être ajouté à votre compte."),
        ("A second factor was added", "A second factor was added to your account."),
    ),
    "factor_removed": _said(
        ("Un second facteur a été retiré", "Un second facteur vient d’être retiré de votre compte."),
        ("A second factor was removed", "A second factor was removed from your account."),
    ),
    "codes_renewed": _said(
        ("Vos codes de secours ont été refaits", "De nouveaux codes de secours remplacent les anciens."),
        ("Your recovery codes were renewed", "New recovery codes replace the former ones."),
    ),
    "password_changed": _said(
        ("Votre mot de passe a été changé", "Le mot de passe de votre compte vient d’être changé."),
        ("Your password was changed", "The password of your account was changed."),
    ),
    "number_changed": Template(
        {"fr": "Votre numéro professionnel a été changé", "en": "Your professional number was changed"},
        {
            "fr": "L’administrateur de votre structure a changé le numéro par lequel Pro Santé Connect ouvre votre "
            "compte. Si ce n’est pas le vôtre, prévenez le délégué à la protection des données de la structure.",
            "en": "The administrator of your structure changed the number by which Pro Santé Connect opens your "
            "account. If it is not yours, tell the data protection officer of the structure.",
        },
        Kind.SECURITY,
    ),
    "new_device": _said(
        (
            "Connexion depuis un nouvel appareil",
            "Votre compte vient de s’ouvrir sur un appareil qu’il ne connaît pas.",
        ),
        ("Sign-in from a new device", "Your account was opened on a device that it does not know."),
    ),
    "locked_out": _said(
        ("Trop d’essais sur votre compte", "Plusieurs essais de connexion à votre compte ont échoué : il attend."),
        ("Too many attempts on your account", "Several attempts to sign in to your account failed: it has to wait."),
    ),
    "password_reset": Template(
        {"fr": "Choisir un autre mot de passe", "en": "Choose another password"},
        {
            "fr": "Quelqu’un, vous sans doute, a demandé à changer le mot de passe de votre compte. Le lien sert une "
            "heure, une seule fois. Si ce n’est pas vous, ne faites rien : votre mot de passe ne change pas.",
            "en": "Someone, you most likely, asked to change the password of your account. The link serves for one "
            "hour, once. If it was not you, do nothing: your password does not change.",
        },
        Kind.SECURITY,
        Frame.LINK,
    ),
}
