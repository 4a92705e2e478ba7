"""The stories of the demo world. All fictional."""

from virage.records.models import BodyView
from virage.teleexpertise.models import Urgency
from virage.web.demo.history import Episode, Look, Opinion, Story

HEEL = Opinion(
    "Escarre du talon gauche, stade 3, sans signe d’infection.",
    "Décharge complète du talon. Détersion mécanique douce à chaque réfection. Surveiller la température locale.",
    "Hydrogel puis hydrocellulaire, réfection tous les deux jours",
    "Antalgique de palier 1 avant les soins",
)
HEEL_BETTER = Opinion(
    "Escarre du talon gauche en cours de bourgeonnement.",
    "Bonne évolution : poursuivre la décharge, espacer les réfections.",
    "Hydrocellulaire, réfection tous les trois jours",
)
LEG = Opinion(
    "Ulcère veineux de jambe droite, bien limité.",
    "Compression multicouche si l’index de pression systolique le permet (entre 0,8 et 1,3).",
    "Alginate tant que l’exsudat est abondant",
    "Bandes de compression multicouche",
)

STORIES = (
    Story(
        patient="paule",
        asker="ehpad_nurse",
        pool="dermatology",
        expert="dermatologist",
        wound="Escarre du talon gauche",
        site="talon_gauche",
        spot=(440, 965),
        kind="escarre",
        onset_days=75,
        episodes=(
            Episode(56, Look(5.2, 4.1, 30, 45, 25, "modere", 6), "Quel pansement et faut-il une détersion ?", HEEL),
            Episode(
                35, Look(4.4, 3.5, 10, 45, 45, "modere", 4), "La nécrose recule : changer de pansement ?", HEEL_BETTER
            ),
            Episode(14, Look(3.1, 2.4, 0, 25, 70, "faible", 3), "Peut-on espacer les réfections ?", HEEL_BETTER),
            Episode(
                1.5,
                Look(2.6, 1.9, 0, 15, 75, "faible", 2),
                "Bourgeonnement un peu saillant : que faire ?",
                HEEL_BETTER,
                "answered",
            ),
        ),
    ),
    Story(
        patient="lucien",
        asker="ehpad_nurse",
        pool="dermatology",
        expert="dermatologist",
        wound="Ulcère de jambe droite",
        site="jambe_droite",
        view=BodyView.FRONT,
        spot=(430, 790),
        kind="ulcere-veineux",
        onset_days=120,
        episodes=(
            Episode(
                28, Look(6.0, 4.5, 0, 60, 40, "abondant", 5), "L’ulcère suinte beaucoup : quelle compression ?", LEG
            ),
            Episode(
                2.8, Look(5.6, 4.4, 0, 50, 50, "abondant", 5), "Pas d’évolution depuis trois semaines.", None, "sent"
            ),
        ),
    ),
    Story(
        patient="odette",
        asker="ehpad_nurse",
        pool="dermatology",
        expert="dermatologist",
        wound="Escarre du sacrum",
        site="sacrum",
        spot=(500, 480),
        kind="escarre",
        onset_days=20,
        episodes=(
            Episode(
                0.3,
                Look(3.0, 2.5, 10, 50, 40, "modere", 7, ("rougeur", "chaleur")),
                "Rougeur autour de l’escarre depuis hier : faut-il un prélèvement ?",
                None,
                "sent",
                Urgency.URGENT,
            ),
        ),
    ),
    Story(
        patient="roger",
        asker="home_nurse",
        pool="wounds",
        expert="wound_nurse",
        wound="Plaie de l’avant-pied droit",
        site="pied_droit",
        view=BodyView.FRONT,
        spot=(430, 975),
        kind="pied-diabetique",
        onset_days=45,
        episodes=(
            Episode(30, Look(2.2, 1.8, 0, 40, 60, "faible", 1), "Plaie du pied chez un diabétique : décharge ?", LEG),
            Episode(
                0.6, Look(1.9, 1.6, 0, 30, 70, "faible", 1), "Peau macérée autour de la plaie.", LEG, "to_validate"
            ),
        ),
    ),
    Story(
        patient="simone",
        asker="ehpad_nurse",
        pool="dermatology",
        expert="dermatologist_3",
        wound="Plaie traumatique de l’avant-bras",
        site="avant_bras_gauche",
        view=BodyView.FRONT,
        spot=(770, 410),
        kind="traumatique",
        onset_days=15,
        episodes=(Episode(9, Look(4.0, 1.2, 0, 20, 80, "faible", 2), "Lambeau cutané : suture adhésive ?", LEG),),
    ),
    Story(
        patient="henri",
        asker="ehpad_nurse",
        pool="dermatology",
        expert="dermatologist",
        wound="Escarre de la hanche droite",
        site="hanche_droite",
        spot=(625, 470),
        kind="escarre",
        onset_days=12,
        episodes=(
            Episode(0.8, Look(2.4, 2.0, 0, 30, 70, "modere", 4), "Faut-il changer de matelas ?", None, "waiting"),
        ),
    ),
    Story(
        patient="paule",
        asker="ehpad_nurse",
        pool="cardiology",
        expert="cardiologist",
        project="heart",
        specialty="cardiologie",
        episodes=(
            Episode(1.8, None, "Œdèmes des chevilles depuis dix jours : adapter le traitement ?", LEG, "accepted"),
        ),
    ),
)
