"""The report's PDF, kept encrypted among the documents of the act."""

from datetime import datetime
from uuid import UUID, uuid5

from django.core.files.base import ContentFile
from django.db import transaction

from virage.acts.models import Report
from virage.journal.entries import PLATFORM, lock_patient
from virage.records.actions import documents
from virage.records.models.documents import Document, DocumentKind, DocumentState
from virage.teleexpertise.reports import render

FAMILY = UUID("6f2b3d0e-6d0c-4a53-9c35-0b6a3b1c7c11")
"""The name space of our client ids: the same report always gives the same one."""


@transaction.atomic
def keep_pdf(*, report: Report, at: datetime) -> Document | None:
    """Make the French PDF and keep it; None when it was kept already. Safe to run twice and by two workers at once."""
    patient = report.act.patient
    lock_patient(patient.ref)
    report.refresh_from_db(fields=["document"])
    if report.document_id:
        return None
    client_id = uuid5(FAMILY, report.ref)
    document = Document.objects.filter(folder=report.act.ref, client_id=client_id).first()
    if document is None:
        document = documents.receive(
            by=PLATFORM,
            place=documents.Place(patient=patient, folder=report.act.ref, opened_at=at),
            file=ContentFile(render(report)),
            client_id=client_id,
            kind=DocumentKind.REPORT,
            title="",
            at=at,
        )
    document = documents.process(document=document, at=at)
    if document.state != DocumentState.READY:
        raise ValueError(f"the PDF of report {report.ref} was not kept: {document.refusal}")
    report.document = document
    report.save(update_fields=["document"])
    return document
