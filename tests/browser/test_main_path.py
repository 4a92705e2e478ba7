"""The whole way of one téléexpertise, from the nurse's phone to the region's monthly state, as people press it."""

import io
import re
from pathlib import Path

import piexif
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests import ground
from tests.browser import house
from tests.browser.house import answer, picture, signed_in
from tests.records.pictures import PLACE, phone_photo
from virage.acts.models import Act

pytestmark = pytest.mark.browser

WOUND = "Escarre de la malléole gauche"
QUESTION = "Faut-il une détersion, et quel pansement ?"
JPEG = b"\xff\xd8\xff"
CLOSE, RULER = 11, 12


@pytest.fixture
def documents(site: ground.Site) -> Path:
    """Where the platform under test keeps documents; what was there before is not looked at."""
    return ground.session_folder() / "data"


def big_photo(seed: int) -> bytes:
    """12 megapixels as a phone takes them, some 10 MB, bearing its place."""
    photo = phone_photo(4000, 3000, seed=seed, quality=97)
    assert 9_000_000 < len(photo) < 25_000_000
    return photo


def act() -> Act:
    return Act.objects.latest("pk")


def due_number(page: Page) -> int:
    """The number of téléexpertises performed this month, as the state of the region shows it."""
    page.goto("/activite/")
    row = page.locator("tr", has_text="Téléexpertise").first
    return int(re.search(r"\d+", row.inner_text().partition("xpertise")[2])[0])  # type: ignore[index]


def test_from_the_nurses_phone_to_the_monthly_state(chromium: Browser, site: ground.Site, documents: Path) -> None:
    with signed_in(chromium, site.url, "ars") as officer:
        before = due_number(officer)
    with signed_in(chromium, site.url, "ehpad_nurse") as nurse:
        ask(nurse, chromium, site)
    with signed_in(chromium, site.url, "dermatologist") as expert:
        give_advice(expert)
        look_at_what_is_served(expert)
    nothing_of_the_place_is_on_disk(documents)
    with signed_in(chromium, site.url, "ehpad_nurse") as nurse:
        acknowledge(nurse)
    with signed_in(chromium, site.url, "gp") as doctor:
        decide(doctor)
    with signed_in(chromium, site.url, "ehpad_nurse") as nurse:
        do_the_task(nurse)
    with signed_in(chromium, site.url, "dermatologist") as expert:
        read_the_line(expert)
    with signed_in(chromium, site.url, "ars") as officer:
        assert due_number(officer) == before + 1
        picture(officer, "ars-etat-mensuel")
        read_the_lines_of_the_region(officer)
    with signed_in(chromium, site.url, "payer") as payer:
        pay(payer)
    with signed_in(chromium, site.url, "national") as national:
        national.get_by_role("link", name="États des régions").first.click()
        expect(national.locator("table").first).to_contain_text("Alsace")
        picture(national, "national-etats")


def ask(page: Page, chromium: Browser, site: ground.Site) -> None:
    picture(page, "infirmiere-accueil")
    name_the_wound(page)
    fill_the_assessment(page)
    page.get_by_label(re.compile("Plaies – dermatologues d’Alsace")).check()
    expect(page.locator("#texte")).to_contain_text("14,00")
    photographs(page, chromium, site)
    page.locator("[name=consent-given_by][value=patient]").check()
    page.locator("[name=consent-informed_on_exchange]").check()
    page.get_by_role("button", name="Enregistrer le consentement").click()
    page.locator("#suits").check()
    page.get_by_role("button", name="Confirmer").click()
    expect(page.locator("#etat")).to_contain_text("Tout y est")
    page.locator("#texte").scroll_into_view_if_needed()
    picture(page, "infirmiere-texte-et-paiement")
    expect(page.locator("#texte")).to_contain_text("Payable")
    page.get_by_role("button", name="Envoyer la demande").click()
    expect(page.get_by_text("Demande envoyée").first).to_be_visible()
    picture(page, "infirmiere-demande-envoyee")
    assert act().state == "sent"


def name_the_wound(page: Page) -> None:
    page.goto("/patients/")
    page.get_by_role("link", name=re.compile("GABARIT")).click()
    page.get_by_role("link", name="Demander un avis").click()
    page.get_by_role("link", name="Nouvelle plaie").click()
    page.locator("[name=name]").fill(WOUND)
    page.locator("[name=site]").select_option("cheville_gauche")
    picture(page, "infirmiere-nouvelle-plaie")
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_role("button", name=re.compile(f"Demander un avis.*{WOUND}")).click()
    expect(page.locator("#evaluation")).to_be_visible()


def fill_the_assessment(page: Page) -> None:
    answers = {
        "type": "escarre",
        "apparition": "01/11/2026",
        "longueur": "3,5",
        "largeur": "2",
        "necrose": "20",
        "fibrine": "30",
        "bourgeonnement": "50",
        "epithelialisation": "0",
        "exsudat": "modere",
        "douleur": "4",
        "signes": "aucun",
        "question": QUESTION,
    }
    for key, value in answers.items():
        answer(page, key, value)
    expect(page.locator("#evaluation [data-autosave-status]")).to_contain_text("Enregistré à")
    picture(page, "infirmiere-evaluation")


def photographs(page: Page, chromium: Browser, site: ground.Site) -> None:
    """One of 10 MB from the computer, one of 10 MB from the phone that reads the code."""
    file = {"name": "IMG_0001.jpg", "mimeType": "image/jpeg", "buffer": big_photo(CLOSE)}
    page.locator("[data-upload-input]").set_input_files([file])
    expect(page.locator("#documents .tile")).to_have_count(1, timeout=30_000)
    page.get_by_role("button", name="Prendre les photos avec un téléphone").click()
    address = page.locator("#phone-address").inner_text()
    page.locator("#photos").scroll_into_view_if_needed()
    picture(page, "infirmiere-code-telephone")
    with house.opened(chromium, site.url, viewport=house.PHONE, has_touch=True, is_mobile=True) as phone:
        phone.goto(address)
        phone.get_by_role("button", name="Relier ce téléphone").click()
        picture(phone, "telephone-photos")
        file = {"name": "IMG_0002.jpg", "mimeType": "image/jpeg", "buffer": big_photo(RULER)}
        phone.locator("[data-camera-file], input[type=file]").first.set_input_files([file])
        expect(phone.locator("#sent .tile")).to_have_count(1, timeout=30_000)
        expect(phone.locator("#sent img.tile-picture")).to_have_count(1, timeout=30_000)
    expect(page.locator("#documents img.tile-picture")).to_have_count(2, timeout=30_000)


def give_advice(page: Page) -> None:
    page.get_by_role("link", name="Avis à donner").first.click()
    picture(page, "expert-avis-a-donner")
    page.locator(".item", has_text=WOUND).get_by_role("link").first.click()
    page.get_by_role("button", name="Accepter").click()
    picture(page, "expert-demande")
    page.locator("#photos .photo a, .compare .photo a").first.click()
    page.wait_for_load_state()
    page.locator("[data-tool=arrow]").click()
    expect(page.locator("[data-tool=arrow]")).to_have_attribute("aria-pressed", "true")
    drag(page, (25, 25), (48, 48))
    expect(page.locator("[data-list] li")).to_have_count(1)
    page.locator("[data-tool=text]").click()
    page.locator("[data-text-input]").fill("Berge décollée")
    page.locator("[data-do=place]").click()
    expect(page.locator("[data-list] li")).to_have_count(2)
    expect(page.locator("[data-state]")).to_contain_text("Enregistré à")
    picture(page, "expert-annotation")
    page.get_by_role("link", name="La demande").click()
    page.get_by_role("link", name="Écrire l’avis").click()
    page.locator("[name=diagnosis]").fill("Escarre de stade 3, sans signe d’infection")
    page.locator("[name=free_text]").fill("Décharge complète. Détersion mécanique douce à chaque réfection.")
    page.locator("[name=new-text]").fill("Alginate, réfection tous les deux jours")
    prescriber = page.locator("[name=new-prescriber]")
    prescriber.select_option(label=prescriber.locator("option", has_text="Témoin").inner_text())
    page.get_by_role("button", name="Ajouter cette proposition").click()
    expect(page.locator("#propositions .item")).to_have_count(1)
    picture(page, "expert-avis")
    page.get_by_role("button", name="Relire avant de signer").click()
    page.get_by_role("button", name="Signer et envoyer").click()
    page.locator("#confirm [value=yes]").click()
    expect(page.locator(".signed")).to_contain_text("Factice")
    assert act().state == "answered"


def drag(page: Page, start: tuple[int, int], end: tuple[int, int]) -> None:
    """From one place of the photograph's stage to another, in hundredths of it."""
    box = page.locator("[data-stage]").bounding_box()
    assert box
    for at, press in ((start, page.mouse.down), (end, page.mouse.up)):
        page.mouse.move(box["x"] + box["width"] * at[0] / 100, box["y"] + box["height"] * at[1] / 100, steps=6)
        press()


def look_at_what_is_served(page: Page) -> None:
    """Every rendition of both photographs: a clean JPEG or WebP without the place, upright."""
    found = list(act().patient.documents.filter(folder=act().ref, kind__startswith="photo"))
    assert len(found) == 2
    for document in found:
        for rendition in ("full", "view", "thumb"):
            response = page.request.get(f"/patients/documents/{document.ref}/{rendition}/")
            assert response.status == 200
            body = response.body()
            assert PLACE not in body
            assert "no-store" in response.headers["cache-control"]
            image = Image.open(io.BytesIO(body))
            assert not image.getexif()
            assert image.height > image.width, "the phone was held upright"


def nothing_of_the_place_is_on_disk(folder: Path) -> None:
    """Files are encrypted: neither the place nor the beginning of a JPEG, nor any stretch of the sent files."""
    sent = [big_photo(seed) for seed in (CLOSE, RULER)]
    stretches = [photo[middle : middle + 64] for photo in sent for middle in (100, len(photo) // 2, len(photo) - 100)]
    files = [path for path in folder.rglob("*") if path.is_file() and "postgres" not in path.parts]
    assert files
    gps = piexif.load(sent[0])["GPS"][piexif.GPSIFD.GPSAreaInformation]
    for path in files:
        data = path.read_bytes()
        assert not data.startswith(JPEG), path
        assert gps not in data, path
        assert not any(stretch in data for stretch in stretches), path


def acknowledge(page: Page) -> None:
    page.get_by_role("link", name=re.compile("GABARIT")).first.click()
    page.get_by_role("link", name=re.compile("Lire|compte rendu|Compte rendu|Version 1")).first.click()
    expect(page.get_by_text("Alginate, réfection tous les deux jours").first).to_be_visible()
    picture(page, "infirmiere-compte-rendu")
    response = page.request.get(page.url.split("?")[0].rstrip("/") + "/pdf/")
    assert response.body().startswith(b"%PDF")
    page.locator("[name=told_patient]").fill("Expliqué le nouveau pansement et la décharge.")
    page.get_by_role("button", name="Lu, le patient est informé").click()
    expect(page.get_by_text("Expliqué le nouveau pansement").first).to_be_visible()
    assert act().state == "closed"


def decide(page: Page) -> None:
    page.get_by_role("link", name="À prescrire").first.click()
    picture(page, "medecin-a-prescrire")
    panel = page.locator("section.panel", has_text="Alginate, réfection tous les deux jours").first
    panel.get_by_role("button", name="Prescrire", exact=True).click()
    expect(page.get_by_text("Prescrit : c’est un soin à faire.")).to_be_visible()


def do_the_task(page: Page) -> None:
    page.get_by_role("link", name="Soins à faire").first.click()
    picture(page, "infirmiere-soins-a-faire")
    page.locator(".item", has_text="Alginate, réfection tous les deux jours").get_by_role(
        "button", name="Fait"
    ).click()
    expect(page.locator(".item", has_text="Alginate")).to_contain_text("Fait par")


def read_the_line(page: Page) -> None:
    """14 € with the text that founds it."""
    page.goto("/lignes/")
    row = page.locator("tbody tr, .item").first
    expect(row).to_contain_text("14,00")
    picture(page, "expert-mes-lignes")
    row.get_by_role("link").first.click()
    expect(page.locator("main")).to_contain_text("17 avril 2015")
    picture(page, "expert-ligne")
    assert nir() not in words(page)


def nir() -> str:
    return str(act().patient.nir)[:13]


def words(page: Page) -> str:
    return re.sub(r"\s", "", page.locator("main").inner_text())


def read_the_lines_of_the_region(page: Page) -> None:
    """Under pseudonym: neither the patient's name nor number."""
    page.goto("/lignes/region/")
    expect(page.locator("main")).to_contain_text("14,00")
    picture(page, "ars-lignes")
    assert "GABARIT" not in words(page).upper()
    assert nir() not in words(page)


def pay(page: Page) -> None:
    """What the fund needs is on the line's own page."""
    page.get_by_role("link", name="Lignes à payer").first.click()
    picture(page, "payeur-lignes")
    page.locator("tbody tr, .item").first.get_by_role("link").first.click()
    assert nir() in words(page)
    picture(page, "payeur-ligne")
