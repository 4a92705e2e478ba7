"""People, the structures they work in, and in what role."""

from datetime import date, datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from virage.accounts.roles import Permission, permissions
from virage.journal.entries import Actor
from virage.kernel.names import normalise, person_name
from virage.ui.models import Referenced
from virage.ui.prepared import SOME_DAY, prepared, stand_in


class Sector(models.TextChoices):
    HOSPITAL = "etablissement_de_sante", _("Établissement de santé")
    MEDICO_SOCIAL = "esms", _("Médico-social")
    AMBULATORY = "ville", _("Ville")
    PUBLIC = "public", _("Administration et assurance maladie")


class Organisation(Referenced):
    """A structure: establishment, practice, agency, insurance body. `region` is the INSEE code of 2014."""

    name = models.CharField(_("nom"), max_length=200)
    finess = models.CharField("FINESS", max_length=9, blank=True)
    siret = models.CharField("SIRET", max_length=14, blank=True)
    category = models.CharField(_("catégorie"), max_length=40, help_text="place of `law`: ehpad, cabinet, msp…")
    sector = models.CharField(_("secteur"), max_length=30, choices=Sector)
    region = models.CharField(_("région de 2014"), max_length=2, blank=True)
    time_zone = models.CharField(max_length=40, default="Europe/Paris")
    phone = models.CharField(_("téléphone"), max_length=20, blank=True)
    city = models.CharField(_("commune"), max_length=100, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Team(Referenced):
    """A unit of a structure: the night nurses of a floor, the dermatologists who share one inbox."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="teams")
    name = models.CharField(_("nom"), max_length=120)
    specialty = models.CharField(
        _("spécialité"), max_length=60, blank=True, help_text="experts' pool of that specialty"
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name} ({self.organisation.name})"


class Employment(models.TextChoices):
    LIBERAL = "liberal", _("Libéral")
    SALARIED = "salarie", _("Salarié")


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user


class User(Referenced, AbstractBaseUser):
    """A person who signs in. `profession` and `specialty` are slugs of `law.lists`."""

    email = models.EmailField(_("adresse électronique"), unique=True)
    title = models.CharField(_("civilité"), max_length=20, blank=True)
    first_name = models.CharField(_("prénom"), max_length=100)
    last_name = models.CharField(_("nom"), max_length=100)
    sort_name = models.CharField(max_length=200, editable=False)
    profession = models.CharField(_("profession"), max_length=40, blank=True)
    specialty = models.CharField(_("spécialité"), max_length=60, blank=True)
    rpps = models.CharField("RPPS", max_length=11, blank=True)
    agreement_sector = models.CharField(_("secteur conventionnel"), max_length=1, blank=True)
    language = models.CharField(_("langue"), max_length=5, default="fr")
    is_active = models.BooleanField(default=True)
    left_at = models.DateTimeField(null=True, blank=True)

    objects = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["first_name", "last_name"]

    class Meta:
        ordering = ["sort_name", "id"]

    def __str__(self) -> str:
        return self.get_full_name()

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.sort_name = normalise(f"{self.last_name} {self.first_name}")
        super().save(*args, **kwargs)

    def get_full_name(self) -> str:
        return person_name(self.title, self.first_name, self.last_name)

    def memberships_on(self, on: date) -> "list[Membership]":
        """The one that was chosen last comes first. Asked by every request: its SQL is kept."""
        someone = stand_in(1)

        def rows() -> models.QuerySet[Membership]:
            found = Membership.objects.in_force(SOME_DAY).filter(user=someone).select_related("organisation")
            return found.order_by(models.F("chosen_at").desc(nulls_last=True), "id")

        return prepared("memberships", rows, {someone: self.pk, SOME_DAY: on})


class MembershipQuerySet(models.QuerySet["Membership"]):
    def in_force(self, on: date) -> "MembershipQuerySet":
        current = Q(starts_on__lte=on) & (Q(ends_on__isnull=True) | Q(ends_on__gt=on))
        return self.filter(current, suspended_at__isnull=True, user__is_active=True)


class Membership(Referenced):
    """A person in a structure: in which roles, from when to when (`ends_on` excluded). One that is suspended opens
    nothing, and keeps its place in teams and care teams for the day it is resumed."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    roles = ArrayField(models.CharField(max_length=30))
    teams = models.ManyToManyField(Team, related_name="members", blank=True)
    employment = models.CharField(_("exercice"), max_length=10, choices=Employment, default=Employment.SALARIED)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    suspended_at = models.DateTimeField(null=True, blank=True)
    chosen_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="last time one began here")

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=models.F("starts_on")),
                name="membership_dates_in_order",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.organisation}"

    @property
    def permissions(self) -> frozenset[Permission]:
        return permissions(self.roles)

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    @property
    def actor(self) -> Actor:
        """As the journal keeps it."""
        return Actor(id=self.user_id, label=self.user.get_full_name(), organisation=self.organisation.name)


class CooperationAuthorisation(Referenced):
    """An article 51 (HPST) protocol under which a professional may act, authorised by a regional agency."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="authorisations")
    protocol = models.CharField(max_length=60)
    region = models.CharField(max_length=2)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    def in_force(self, at: datetime) -> bool:
        return self.starts_on <= at.date() and (self.ends_on is None or at.date() < self.ends_on)
