"""The patient: identity traits (INS), where he or she lives, who follows, who pays."""

from datetime import date

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from virage.accounts.models import Membership, Organisation
from virage.kernel.names import normalise, patient_name
from virage.kernel.periods import whole_years
from virage.records.rules import identity
from virage.records.rules.identity import Traits, words_of
from virage.ui.models import Referenced


class Sex(models.TextChoices):
    FEMALE = "F", _("Féminin")
    MALE = "M", _("Masculin")
    UNKNOWN = "I", _("Indéterminé")


class IdentityStatus(models.TextChoices):
    """INS: the matricule is passed on only when the identity is qualified."""

    PROVISIONAL = "provisional", _("Provisoire")
    RECOVERED = "recovered", _("Récupérée")
    VALIDATED = "validated", _("Validée")
    QUALIFIED = "qualified", _("Qualifiée")


class BirthKnown(models.TextChoices):
    """What is known of a birth date; the rest was filled in by rule (`rules.identity.read_birth`)."""

    EXACT = identity.EXACT, _("exacte")
    NO_DAY = identity.NO_DAY, _("jour inconnu")
    NO_MONTH = identity.NO_MONTH, _("mois inconnu")
    YEAR_ONLY = identity.YEAR_ONLY, _("jour et mois inconnus")


class InsSource(models.TextChoices):
    """How the matricule was obtained. Virage does not call the national service itself: it is typed in."""

    CARD = "insi_card", _("Téléservice INSi, par la carte Vitale")
    TRAITS = "insi_traits", _("Téléservice INSi, par les traits d’identité")
    RECEIVED = "received", _("Reçu qualifié d’une autre structure (document portant l’INS)")


class IdDocument(models.TextChoices):
    """Documents by which an identity may be checked: those that the State issues with a high level of trust."""

    CARD = "id_card", _("Carte nationale d’identité, ou équivalent européen")
    PASSPORT = "passport", _("Passeport")
    PERMIT = "residence_permit", _("Titre permanent de séjour")
    BIRTH = "birth_certificate", _("Livret de famille ou acte de naissance, avec la pièce d’un parent (mineur)")
    DIGITAL = "digital", _("Identité numérique de niveau élevé")


class Patient(Referenced):
    """One person cared for. `region` is the INSEE code of 2014 of the residence; `place` a slug of `law.lists`."""

    birth_name = models.CharField(_("nom de naissance"), max_length=100)
    first_names = models.CharField(_("prénoms de naissance"), max_length=200)
    used_name = models.CharField(_("nom utilisé"), max_length=100, blank=True)
    used_first_name = models.CharField(_("prénom utilisé"), max_length=100, blank=True)
    first_name = models.CharField(_("premier prénom de naissance"), max_length=100, blank=True)
    sex = models.CharField(_("sexe"), max_length=1, choices=Sex)
    birth_date = models.DateField(_("date de naissance"))
    birth_date_known = models.CharField(max_length=10, choices=BirthKnown, default=BirthKnown.EXACT, blank=True)
    birth_place = models.CharField(_("lieu de naissance (code INSEE)"), max_length=5, blank=True)
    ins = models.CharField(_("matricule INS"), max_length=15, blank=True)
    ins_oid = models.CharField(max_length=40, blank=True)
    identity_status = models.CharField(
        _("statut de l’identité"), max_length=12, choices=IdentityStatus, default=IdentityStatus.PROVISIONAL
    )
    ins_source = models.CharField(_("origine du matricule"), max_length=12, choices=InsSource, blank=True)
    ins_recovered_on = models.DateField(_("obtenu le"), null=True, blank=True)
    id_document = models.CharField(_("pièce vue"), max_length=20, choices=IdDocument, blank=True)
    id_seen_on = models.DateField(_("vue le"), null=True, blank=True)
    sort_name = models.CharField(max_length=310, editable=False)
    search_names = models.CharField(
        max_length=520, editable=False, default="", help_text="words of all names, a space before each"
    )
    phone = models.CharField(_("téléphone"), max_length=20, blank=True, help_text="E.164")
    email = models.EmailField(_("adresse électronique"), blank=True)
    address = models.CharField(_("adresse"), max_length=200, blank=True)
    postcode = models.CharField(_("code postal"), max_length=5, blank=True)
    city = models.CharField(_("commune"), max_length=100, blank=True)
    place = models.CharField(_("lieu de vie"), max_length=40)
    residence = models.ForeignKey(
        Organisation,
        verbose_name=_("structure de résidence"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="residents",
    )
    region = models.CharField(_("région de résidence (2014)"), max_length=2)
    attending_doctor = models.ForeignKey(
        Membership,
        verbose_name=_("médecin traitant"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="followed_patients",
    )
    nir = models.CharField(_("numéro de sécurité sociale de l’assuré"), max_length=15, blank=True)
    birth_rank = models.PositiveSmallIntegerField(_("rang de naissance"), default=1)
    fund = models.CharField(_("caisse"), max_length=9, blank=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged")
    deceased_on = models.DateField(_("décédé le"), null=True, blank=True)
    deceased_noted_by = models.CharField(max_length=200, blank=True)
    deceased_noted_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0, db_default=0, help_text="counts the changes of identity")
    rate = models.PositiveSmallIntegerField(_("taux de prise en charge (%)"), default=100)

    class Meta:
        ordering = ["sort_name", "id"]
        indexes = [
            models.Index(fields=["sort_name", "id"]),
            models.Index(fields=["birth_date"]),
            models.Index(fields=["ins"], condition=~Q(ins=""), name="patient_ins"),
            GinIndex(fields=["search_names"], opclasses=["gin_trgm_ops"], name="patient_names_alike"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(identity_status__in=["provisional", "validated"])
                | Q(ins_recovered_on__isnull=False) & ~Q(ins="") & ~Q(ins_oid="") & ~Q(ins_source=""),
                name="patient_ins_has_a_source",
            ),
            models.CheckConstraint(
                condition=Q(identity_status__in=["provisional", "recovered"])
                | Q(id_seen_on__isnull=False) & ~Q(id_document=""),
                name="patient_identity_was_seen",
            ),
            models.CheckConstraint(
                condition=Q(deceased_on__isnull=True, deceased_noted_at__isnull=True)
                | Q(deceased_on__isnull=False, deceased_noted_at__isnull=False),
                name="patient_death_signed",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")), name="patient_not_merged_into_itself"
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    def save(self, *args: object, **kwargs: object) -> None:
        if not identity.is_first_of(self.first_name, self.first_names):
            self.first_name = (self.first_names.split() or [""])[0]
        self.sort_name = normalise(f"{self.used_name or self.birth_name} {self.used_first_name or self.first_names}")
        self.search_names = words_of([self.used_name, self.birth_name, self.used_first_name, self.first_names])
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def display_name(self) -> str:
        given = self.first_name or self.first_names.split(" ")[0]
        return patient_name(self.used_name or self.birth_name, self.used_first_name or given)

    @property
    def matricule(self) -> str:
        """The INS matricule where it may be passed on: only a qualified identity's."""
        return self.ins if self.identity_status == IdentityStatus.QUALIFIED else ""

    @property
    def traits(self) -> Traits:
        return Traits(self.birth_name, self.first_names, self.sex, self.birth_date, self.ins, self.birth_place)

    def age(self, on: date) -> int:
        """In whole years."""
        return whole_years(self.birth_date, on)
