"""The patient's path on a phone: the link, its button, the code, an act, its report, who read the record, the way out."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import ground
from tests.browser.house import PHONE, accessible, fits, opened, picture

pytestmark = pytest.mark.browser


def looked_at(page: Page, name: str) -> None:
    accessible(page)
    fits(page)
    picture(page, f"patient-{name}")


def test_a_patient_walks_from_the_link_to_who_read_the_record(chromium: Browser, site: ground.Site) -> None:
    with opened(chromium, site.url, viewport=PHONE, accept_downloads=True) as page:
        page.goto("/compte/connexion/")
        page.get_by_role("link", name="Suivre son lien").click()
        looked_at(page, "lien")
        page.get_by_role("button", name="Ouvrir ma page").click()
        expect(page).to_have_url(re.compile("/patient/code/"))
        looked_at(page, "code")
        page.get_by_label("Code à six chiffres").fill("1")
        page.get_by_role("button", name="Entrer").click()
        expect(page.get_by_role("alert")).to_contain_text("ne correspond pas")
        page.get_by_label("Code à six chiffres").fill(page.locator(".callout strong").inner_text())
        page.get_by_role("button", name="Entrer").click()
        looked_at(page, "accueil")

        page.get_by_role("link", name="Mes actes et mes comptes rendus").click()
        looked_at(page, "actes")
        page.locator(".item", has_text="Compte rendu à lire").first.locator("a").click()
        with page.expect_download() as kept:
            page.get_by_role("link", name="Lire le compte rendu").click()
        assert kept.value.path().read_bytes().startswith(b"%PDF")
        page.get_by_role("link", name="Mes actes").click()
        page.get_by_role("link", name="Ma page").click()

        page.get_by_role("link", name="Qui a lu mon dossier").click()
        expect(page.locator(".timeline-entry").first).to_contain_text("Patient (page personnelle)")
        looked_at(page, "lectures")
        page.get_by_role("link", name="Ma page").click()
        page.get_by_role("link", name="Mes accords").click()
        looked_at(page, "accords")
        page.get_by_role("link", name="Ma page").click()

        page.get_by_role("button", name="Quitter ma page").click()
        expect(page).to_have_url(re.compile("/patient/entrer/"))
        page.go_back()
        page.reload()
        expect(page).to_have_url(re.compile("/patient/entrer/"))
