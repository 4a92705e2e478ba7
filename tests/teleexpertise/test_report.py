"""The signed report: every item of R. 6316-4, in both languages, as PDF/A and as plain text; kept once."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from tests.teleexpertise.signed import corrected, signed
from tests.teleexpertise.world import NOW, World
from virage.acts.actions import record_incident
from virage.acts.models import Report
from virage.law.record import required_items
from virage.records import storage
from virage.records.models.documents import Document, Rendition
from virage.teleexpertise import reports
from virage.teleexpertise.actions import papers, signing
from virage.teleexpertise.jobs import keep_pdf_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World()


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def test_the_pdf_is_tagged_archivable_and_accessible(world: World) -> None:
    reader = PdfReader(BytesIO(reports.render(signed(world, photo=True))))
    xmp = reader.xmp_metadata.stream.get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in xmp
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in xmp
    assert "<pdfuaid:part>1</pdfuaid:part>" in xmp
    root = reader.trailer["/Root"]
    assert str(root["/Lang"]).startswith("fr")
    assert root["/MarkInfo"]["/Marked"]
    assert reader.metadata.title.startswith("Compte rendu de téléexpertise")


def test_the_pdf_holds_every_item_that_the_law_asks_for(world: World) -> None:
    report = signed(world)
    patient, expert = world.patient, world.dermatologist
    text = text_of(reports.render(report))
    assert patient.birth_name in text
    assert "14 mars 1940 (86 ans)" in text
    assert "20 novembre 2026 à 10:45 (heure de Paris, UTC+1)" in text
    for member in (world.nurse, expert, world.attending, world.coordinator):
        assert member.user.get_full_name() in text
    assert f"RPPS {expert.user.rpps}" in text
    assert "Hydrocolloïde 1" in text
    assert "Un avis n’est pas une prescription" in text
    assert "Aucun incident signalé." in text
    assert "Consentement donné par" in text
    assert "confirmée le" in text
    assert "Quel pansement proposer ?" in text
    assert "Exsudat" in text
    assert report.content_hash in text.replace(" ", "")
    cited = {
        item.citation.section for item in required_items(NOW.date()) if item.citation.section.startswith("R. 6316-4")
    }
    assert cited
    assert all(section in text for section in cited)


def test_what_people_typed_is_never_read_as_markup(world: World) -> None:
    text = text_of(reports.render(signed(world)))
    assert '#panic("non") $x$ *gras* @cite' in text


@pytest.mark.parametrize(("status", "printed"), [("validated", False), ("recovered", False), ("qualified", True)])
def test_a_matricule_is_printed_for_a_qualified_identity_only(world: World, status: str, printed: bool) -> None:
    patient = world.patient
    patient.ins, patient.ins_oid, patient.identity_status = "279035121518989", "1.2.250.1.213.1.4.8", status
    patient.ins_source, patient.ins_recovered_on = "insi_card", NOW.date()
    patient.id_document, patient.id_seen_on = "id_card", NOW.date()
    patient.save()
    text = reports.as_text(signed(world), "fr")
    assert ("279035121518989 (OID 1.2.250.1.213.1.4.8)" in text) is printed


def test_the_photograph_is_printed_with_the_drawing_and_its_words(world: World) -> None:
    report = signed(world, photo=True)
    pdf = reports.render(report)
    images = [image for page in PdfReader(BytesIO(pdf)).pages for image in page.images]
    assert len(images) == 1
    assert "berges <décollées> #x" in text_of(pdf)
    picture = reports.sheet_of(report, "fr").pictures[0]
    assert "flèche" in picture.alt
    assert "&lt;décollées&gt;" in picture.marks


def test_a_photograph_that_is_lost_is_said_in_its_place(world: World) -> None:
    report = signed(world, photo=True)
    document = Document.objects.get(ref=report.content["pictures"][0]["document"])
    storage.vault().delete(document.file(Rendition.VIEW))
    assert "ne peut plus être lue" in text_of(reports.render(report))


def test_in_english_every_label_is_english(world: World) -> None:
    report = signed(world)
    text = text_of(reports.render(report, "en"))
    for words in (
        "Tele-expertise report",
        "Acts and prescriptions proposed",
        "Advice is not a prescription",
        "Paris time",
    ):
        assert words in text
    for words in ("Actes et prescriptions", "Date et heure", "Nom de naissance", "proposé"):
        assert words not in text


def test_the_hour_is_that_of_the_patient_s_place(world: World) -> None:
    world.ehpad.time_zone = "Indian/Reunion"
    world.ehpad.save()
    report = signed(world, at=datetime(2026, 11, 20, 21, 30, tzinfo=UTC))
    text = reports.as_text(report, "fr")
    assert "21 novembre 2026 à 01:30 (heure de Reunion, UTC+4)" in text


def test_a_correction_says_its_reason_and_its_version(world: World) -> None:
    first = signed(world)
    second = corrected(world, first, NOW + timedelta(hours=2))
    text = text_of(reports.render(second))
    assert "Version 2" in text
    assert "Pansement mal nommé" in text
    assert "Pansement mal nommé" not in text_of(reports.render(first))


def test_an_incident_before_the_signature_is_in_the_report(world: World) -> None:
    expertise, _advice = world.advised()
    record_incident(by=world.nurse, act=expertise.act, occurred_at=NOW, description="Réseau coupé", at=NOW)
    report = signing.sign(by=world.dermatologist, expertise=expertise, at=NOW + timedelta(minutes=5))
    assert "Réseau coupé" in reports.as_text(report, "fr")


def test_the_plain_text_holds_the_same_sections(world: World) -> None:
    text = reports.as_text(signed(world, photo=True), "fr")
    for heading in ("PATIENT", "AVIS", "PHOTOGRAPHIES", "PROFESSIONNELS", "INCIDENTS TECHNIQUES", "FONDEMENT"):
        assert heading in text
    assert "<" not in text.replace("<décollées>", "")


def test_the_job_keeps_the_pdf_once(world: World) -> None:
    report = signed(world)
    keep_pdf_of(report.pk, NOW + timedelta(hours=1))
    keep_pdf_of(report.pk, NOW + timedelta(hours=2))
    report.refresh_from_db()
    assert report.document.kind == "report"
    assert Document.objects.filter(folder=report.act.ref, kind="report").count() == 1
    kept = storage.vault().read_all(report.document.file(Rendition.FULL))
    assert report.content_hash in text_of(kept).replace(" ", "")


def test_a_job_stopped_before_its_end_takes_up_what_it_had_kept(world: World) -> None:
    report = signed(world)
    papers.keep_pdf(report=report, at=NOW + timedelta(hours=1))
    Report.objects.filter(pk=report.pk).update(document=None)
    report.refresh_from_db()
    papers.keep_pdf(report=report, at=NOW + timedelta(hours=1))
    assert Document.objects.filter(folder=report.act.ref, kind="report").count() == 1
    assert report.document_id
