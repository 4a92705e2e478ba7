"""One line per performed act: what is due to whom by which text, or why nothing is. Never deleted."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from virage.accounts.models import Membership, Organisation
from virage.acts.models import Act
from virage.ui.models import Referenced


class LineState(models.TextChoices):
    DUE = "due", _("Due")
    NOT_DUE = "not_due", _("Rien n’est dû")
    TO_VERIFY = "to_verify", _("À vérifier")


class Line(Referenced):
    """`verdict` is what the law and the record said, in both languages. `payer_data` is for the payer alone, and only
    where something is due: NIR, birth date and rank, requester's RPPS, fund, rate (%), bearer, and the names of those
    that are `missing`. Nothing says "paid" until payments exist."""

    act = models.OneToOneField(Act, on_delete=models.PROTECT, related_name="line")
    state = models.CharField(max_length=10, choices=LineState)
    performed_on = models.DateField(help_text="legal date, at the patient's place")
    regime = models.CharField(max_length=40)
    region = models.CharField(max_length=2, help_text="INSEE 2014: the region whose state counts the act")
    amount = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    payee_member = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="lines")
    payee_organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="lines"
    )
    performer = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="performed_lines")
    citation = models.CharField(max_length=300, blank=True)
    reasons = ArrayField(models.CharField(max_length=60), default=list)
    verdict = models.JSONField()
    payer_data = models.JSONField(default=dict)
    pseudonym = models.CharField(max_length=22, help_text="of the patient, for the agency")
    recheck_at = models.DateTimeField(null=True, blank=True, help_text="when to judge it again; empty: no need")

    class Meta:
        indexes = [
            models.Index(fields=["region", "-performed_on", "-id"]),
            models.Index(fields=["performer", "-performed_on", "-id"]),
            models.Index(fields=["-performed_on", "-id"]),
            models.Index(fields=["pseudonym"]),
            models.Index(fields=["recheck_at"], condition=Q(recheck_at__isnull=False), name="line_recheck"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="due", amount__gt=0, payee_member__isnull=False, payee_organisation__isnull=True)
                | Q(state="due", amount__gt=0, payee_member__isnull=True, payee_organisation__isnull=False)
                | (~Q(state="due") & Q(amount__isnull=True)),
                name="line_due_has_amount_and_payee",
            )
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def payee(self) -> str:
        """Who is paid, by name; empty when nothing is due."""
        if self.payee_member_id:
            return self.payee_member.user.get_full_name()  # type: ignore[union-attr]
        return self.payee_organisation.name if self.payee_organisation else ""
