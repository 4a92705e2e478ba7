"""The uploader, the camera and the phone in a real browser, on a bad line too."""

import os
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from playwright.sync_api import expect

from tests import factories
from tests.records.pictures import heic_photo, phone_photo
from tests.records.site import FOLDER
from virage.records.actions import documents
from virage.records.models.documents import Document
from virage.records.models.uploads import Upload

pytestmark = pytest.mark.browser


@pytest.fixture
def site(settings, live_site):
    settings.ROOT_URLCONF = "tests.records.site"
    return live_site


@pytest.fixture
def nurse(site):
    return factories.nurse()


@pytest.fixture
def patient(nurse):
    patient = factories.patient(cared_by=nurse.organisation)
    factories.wound(patient)
    return patient


@contextmanager
def opened(browser, **options):
    """A page that fails the test on any script error or content policy report."""
    context = browser.new_context(locale="fr-FR", permissions=["camera"], **options)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if "Content Security Policy" in line.text else None)
    yield page
    context.close()
    assert faults == []


def sign_in(page, site, member):
    session = SessionStore()
    session[SESSION_KEY] = str(member.user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = member.user.get_session_auth_hash()
    session.save()
    page.context.add_cookies([{"name": "sessionid", "value": session.session_key, "url": site.url}])


@pytest.fixture
def draft(chromium, site, nurse, patient):
    with opened(chromium, viewport={"width": 1280, "height": 900}) as page:
        sign_in(page, site, nurse)
        page.goto(f"{site.url}/essai/{patient.ref}/")
        yield page


def files(*names):
    return [
        {"name": name, "mimeType": "image/jpeg", "buffer": phone_photo(seed=seed)} for seed, name in enumerate(names)
    ]


def stored():
    return list(Document.objects.in_folder(FOLDER))


def process_all():
    for document in stored():
        documents.process(document=document, at=timezone.now())


def accessible(page):
    """WCAG 2.2 AA as far as axe can see, on the page as it stands."""
    rules = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
    found = Axe().run(page, options=rules)
    assert found.violations_count == 0, found.generate_report()


def picture(page, name):
    """Screenshots are looked at: they go where SCREENSHOTS says, when it says."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_photographs_are_sent_one_by_one_in_their_order_and_appear_when_ready(draft):
    expect(draft.locator("[name=kind][value=photo_overview]")).to_be_checked()
    draft.locator("[data-upload-input]").set_input_files(files("a.jpg", "b.jpg", "c.jpg"))
    expect(draft.locator("#documents .tile")).to_have_count(3)
    expect(draft.locator("[data-upload-queue] .tile")).to_have_count(0)
    assert [document.kind for document in stored()] == ["photo_overview", "photo_closeup", "photo_ruler"]
    process_all()
    expect(draft.locator("#documents img.tile-picture")).to_have_count(3)
    expect(draft.locator("[data-shot-done]:visible")).to_have_count(3)
    picture(draft, "uploader-wide")
    accessible(draft)


def test_a_line_that_drops_in_the_middle_of_an_upload_makes_one_document(draft):
    lost = []

    def drop(route):
        # the first try arrives but its answer is lost, the second never leaves, the third goes through
        lost.append(route.request.post_data_buffer)
        if len(lost) == 1:
            route.fetch()
        route.abort() if len(lost) < 3 else route.continue_()

    draft.route("**/envoi/", drop)
    draft.locator("[data-upload-input]").set_input_files(files("a.jpg"))
    expect(draft.locator("[data-tile-state]")).to_contain_text("nouvel essai")
    expect(draft.locator("#documents .tile")).to_have_count(1, timeout=15_000)
    assert len(lost) == 3
    assert len(stored()) == 1


def test_offline_the_file_waits_and_goes_by_itself_when_the_line_is_back(draft):
    draft.context.set_offline(True)
    draft.locator("[data-upload-input]").set_input_files(files("a.jpg"))
    expect(draft.locator("[data-tile-state]")).to_contain_text("Hors ligne")
    draft.context.set_offline(False)
    expect(draft.locator("#documents .tile")).to_have_count(1)
    assert len(stored()) == 1


def test_a_refused_file_says_why_and_the_others_go_on(draft):
    gif = {"name": "x.gif", "mimeType": "image/gif", "buffer": b"GIF89a" + b"\0" * 60}
    draft.locator("[data-upload-input]").set_input_files([gif, *files("a.jpg")])
    expect(draft.locator("[data-upload-queue] [data-state=refused]")).to_contain_text("format")
    expect(draft.locator("#documents .tile")).to_have_count(1)


def test_a_removal_is_undone(draft):
    draft.locator("[data-upload-input]").set_input_files(files("a.jpg"))
    draft.get_by_role("button", name="Retirer").click()
    expect(draft.locator("#documents .tile")).to_have_count(0)
    draft.get_by_role("button", name="Annuler le retrait").click()
    expect(draft.locator("#documents .tile")).to_have_count(1)


def test_the_camera_of_the_page_sends_what_it_takes(draft):
    draft.locator("[name=kind][value=photo_ruler]").check()
    draft.locator("[data-camera-open]").click()
    expect(draft.locator("[data-camera-hint]")).to_be_visible()
    picture(draft, "camera")
    draft.locator("[data-camera-take]").click()
    draft.locator("[data-camera-use]").click()
    draft.locator("[data-camera-close]").click()
    expect(draft.locator("#documents .tile")).to_have_count(1)
    process_all()
    (document,) = stored()
    assert (document.state, document.kind) == ("ready", "photo_ruler")
    assert not draft.locator("[data-camera-video]").evaluate("video => video.srcObject && video.srcObject.active")


def test_a_camera_that_is_refused_says_why_and_offers_the_phones_own(chromium, site, nurse, patient):
    with opened(chromium, viewport={"width": 390, "height": 844}) as page:
        page.add_init_script(
            "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'));"
        )
        sign_in(page, site, nurse)
        page.goto(f"{site.url}/essai/{patient.ref}/")
        page.locator("[data-camera-open]").click()
        expect(page.locator("[data-camera-why]")).to_contain_text("refusé")
        page.locator("[data-camera-file]").set_input_files(files("a.jpg"))
        expect(page.locator("#documents .tile")).to_have_count(1)
        picture(page, "camera-refused")


def test_a_phone_paired_by_the_code_sends_to_the_page_of_the_pc(draft, chromium):
    draft.get_by_role("button", name="Prendre les photos avec un téléphone").click()
    address = draft.locator("#phone-address").inner_text()
    expect(draft.locator("#documents")).to_contain_text("En attente du téléphone")
    picture(draft, "pairing")
    accessible(draft)
    with opened(chromium, viewport={"width": 390, "height": 844}, has_touch=True) as phone:
        phone.goto(address)
        picture(phone, "phone-link")
        accessible(phone)
        phone.get_by_role("button", name="Relier ce téléphone").click()
        phone.locator("[data-camera-open]").click()
        phone.locator("[data-camera-take]").click()
        phone.locator("[data-camera-use]").click()
        picture(phone, "phone-camera")
        accessible(phone)
        phone.locator("[data-camera-close]").click()
        expect(phone.locator("#sent .tile")).to_have_count(1)
        expect(draft.locator("#documents .tile")).to_have_count(1)
        expect(draft.locator("#documents")).to_contain_text("Un téléphone est relié")
        process_all()
        expect(phone.locator("#sent img.tile-picture")).to_have_count(1)
        picture(phone, "phone-page")
        accessible(phone)
        assert phone.evaluate("document.documentElement.scrollWidth") == 390
        draft.get_by_role("button", name="Couper le téléphone").click()
        expect(draft.locator("#documents")).not_to_contain_text("téléphone est relié")
        expect(draft.locator("#phone-address")).to_have_count(0)
        phone.goto(address)
        expect(phone.get_by_role("heading", level=1)).to_contain_text("ne fonctionne pas")
        picture(phone, "phone-closed")


LARGE = {"name": "grande.jpg", "mimeType": "image/jpeg", "buffer": phone_photo(2600, 2000)}


class Line:
    """A slow line that can be cut, and what went over it: (offset, bytes) of each piece."""

    def __init__(self, page, bytes_per_second=1_500_000):
        self.speed, self.pieces, self.page = bytes_per_second, [], page
        self.control = page.context.new_cdp_session(page)
        self.control.send("Network.enable")
        self.cut(False)
        page.on("requestfinished", self._sent)

    def cut(self, offline=True):
        throughput = {"downloadThroughput": -1, "uploadThroughput": self.speed, "latency": 5}
        self.control.send("Network.emulateNetworkConditions", {"offline": offline} | throughput)

    def _sent(self, request):
        if request.method == "PATCH" and (response := request.response()) and response.status == 204:
            start = int(request.headers["upload-offset"])
            self.pieces.append((start, int(response.headers["upload-offset"]) - start))

    def cut_after(self, received):
        """Wait until the server has that much, then cut; gives what it has when nothing moves any more."""
        while not Upload.objects.filter(received__gte=received).exists():
            self.page.wait_for_timeout(20)
        self.cut()
        expect(self.page.locator("[data-tile-state]")).to_contain_text("Hors ligne")
        there = Upload.objects.get()
        assert received <= there.received < there.size
        return there.received


def test_an_upload_cut_in_the_middle_goes_on_from_there_by_itself(draft):
    line = Line(draft)
    draft.locator("[data-upload-input]").set_input_files([LARGE])
    there = line.cut_after(500_000)
    picture(draft, "upload-cut")
    line.cut(False)
    expect(draft.locator("#documents .tile")).to_have_count(1, timeout=20_000)
    assert next(offset for offset, _ in line.pieces if offset >= there) == there
    assert sum(size for _, size in line.pieces) == len(LARGE["buffer"])  # no byte that had come was sent again
    process_all()
    assert [(document.state, document.size) for document in stored()] == [("ready", len(LARGE["buffer"]))]


def test_after_the_page_was_closed_the_same_file_goes_on_from_where_it_was(draft):
    line = Line(draft)
    draft.on("dialog", lambda dialog: dialog.accept())
    draft.locator("[data-upload-input]").set_input_files([LARGE])
    there = line.cut_after(500_000)
    line.cut(False)
    draft.route("**/morceaux/**", lambda route: route.abort())  # the page is closed before the next try
    draft.reload()
    draft.unroute("**/morceaux/**")
    there = max(there, Upload.objects.get().received)
    expect(draft.locator("[data-upload-unfinished]")).to_contain_text("Choisissez de nouveau le même fichier")
    picture(draft, "upload-unfinished")
    accessible(draft)
    line.pieces.clear()
    draft.locator("[data-upload-input]").set_input_files([LARGE | {"name": "un autre nom.jpg"}])
    expect(draft.locator("#documents .tile")).to_have_count(1, timeout=20_000)
    expect(draft.locator("[data-upload-unfinished]")).to_be_hidden()
    assert line.pieces[0][0] == there
    assert sum(size for _, size in line.pieces) == len(LARGE["buffer"]) - there
    assert len(stored()) == 1


def test_a_file_that_one_gives_up_leaves_nothing(draft):
    line = Line(draft, bytes_per_second=500_000)
    draft.locator("[data-upload-input]").set_input_files([LARGE])
    while not Upload.objects.filter(received__gt=0).exists():
        draft.wait_for_timeout(20)
    draft.get_by_role("button", name="Ne pas envoyer").click()
    line.cut(False)
    expect(draft.locator("[data-upload-queue] .tile")).to_have_count(0)
    for _ in range(200):
        if not Upload.objects.exists():
            break
        draft.wait_for_timeout(20)
    assert not Upload.objects.exists()
    assert stored() == []


def test_a_session_that_ended_is_said_and_the_file_is_not_taken_for_sent(draft):
    draft.context.clear_cookies(name="sessionid")
    draft.locator("[data-upload-input]").set_input_files([*files("a.jpg"), LARGE])
    told = draft.locator("[data-upload-queue] [data-state=refused]")
    expect(told).to_have_count(2)
    expect(told.first).to_contain_text("Votre session a pris fin")
    expect(told.last).to_contain_text("Votre session a pris fin")
    assert stored() == []


def test_a_paired_phone_goes_on_after_a_cut_too(draft, chromium):
    draft.get_by_role("button", name="Prendre les photos avec un téléphone").click()
    address = draft.locator("#phone-address").inner_text()
    with opened(chromium, viewport={"width": 390, "height": 844}, has_touch=True) as phone:
        phone.goto(address)
        phone.get_by_role("button", name="Relier ce téléphone").click()
        line = Line(phone)
        phone.locator("[data-upload-input]").set_input_files([LARGE])
        there = line.cut_after(500_000)
        line.cut(False)
        expect(phone.locator("#sent .tile")).to_have_count(1, timeout=20_000)
        assert next(offset for offset, _ in line.pieces if offset >= there) == there
        assert sum(size for _, size in line.pieces) == len(LARGE["buffer"])
    expect(draft.locator("#documents .tile")).to_have_count(1)


def test_a_photo_of_an_iphone_is_taken_and_shown(draft):
    heic = {"name": "IMG_1234.HEIC", "mimeType": "", "buffer": heic_photo()}
    draft.locator("[data-upload-input]").set_input_files([heic])
    expect(draft.locator("#documents .tile")).to_have_count(1)
    process_all()
    expect(draft.locator("#documents img.tile-picture")).to_have_count(1)
    (document,) = stored()
    assert (document.content_type, document.kind, document.width) == ("image/heic", "photo_overview", 480)
