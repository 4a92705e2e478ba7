"""Who may do what, and who may not."""

from datetime import UTC, date, datetime

import pytest

from tests import factories
from tests.teleexpertise.world import LATER, NOW, World, fresh
from virage.accounts.access import Refused
from virage.accounts.models import Membership
from virage.journal.moves import Overtaken
from virage.kernel.workflow import NotPossible
from virage.records.models import CareTeamMember
from virage.teleexpertise import states
from virage.teleexpertise.access import may, why_not
from virage.teleexpertise.actions import advising, answering, closing, drafts, sending, signing
from virage.teleexpertise.actions.sending import NotReady
from virage.teleexpertise.models import Form

pytestmark = pytest.mark.django_db
IN_2015 = datetime(2015, 6, 1, 8, 0, tzinfo=UTC)


@pytest.fixture
def world() -> World:
    return World()


def codes(error: pytest.ExceptionInfo[NotReady]) -> set[str]:
    return {problem.code for problem in error.value.problems}


# Start and draft


def test_a_nurse_of_the_care_team_starts_and_a_stranger_may_not(world: World) -> None:
    assert world.draft().act.state == states.DRAFT
    with pytest.raises(Refused, match="outside_care_team"):
        world.draft(by=world.stranger)


@pytest.mark.parametrize("role", ["secretary", "expert", "administrator", "ars"])
def test_roles_that_do_not_ask_may_not_start(world: World, role: str) -> None:
    member = factories.member(role, organisation_=world.ehpad)
    with pytest.raises(Refused, match="prepare_request"):
        world.draft(by=member)


def test_a_wound_form_needs_an_open_wound_of_that_patient(world: World) -> None:
    other = factories.wound(factories.patient(world.ehpad))
    with pytest.raises(Refused, match="wound_not_open"):
        world.draft(wound=other)
    with pytest.raises(Refused, match="wound_needed"):
        drafts.start(by=world.nurse, patient=world.patient, form=Form.WOUND, at=NOW)


def test_a_follow_up_takes_over_header_and_addressee_but_no_measure(world: World) -> None:
    before = world.answered()
    after = drafts.start(
        by=world.nurse, patient=world.patient, form=Form.FOLLOW_UP, wound=world.wound, follows=before, at=LATER
    )
    assert (after.to_team, after.act.specialty) == (world.pool, "dermatologie")
    assert (after.act.project, after.follows) == (before.act.project, before)
    assert "longueur" not in after.assessment.values()


def test_a_colleague_of_the_structure_goes_on_with_a_draft_and_a_stranger_may_not(world: World) -> None:
    expertise = world.draft()
    drafts.revise(by=world.colleague, expertise=expertise, urgency="soon", at=NOW)
    assert fresh(expertise).urgency == "soon"
    with pytest.raises(Refused, match="side"):
        drafts.revise(by=world.stranger, expertise=expertise, urgency="urgent", at=NOW)


def test_a_draft_that_was_saved_without_change_leaves_no_entry(world: World) -> None:
    from virage.journal.models import Entry  # noqa: PLC0415

    expertise = world.draft()
    before = Entry.objects.count()
    drafts.revise(by=world.nurse, expertise=expertise, urgency=expertise.urgency, at=NOW)
    assert Entry.objects.count() == before


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ({"urgency": "now"}, "unknown_urgency"),
        ({"setting": "mars"}, "unknown_setting"),
        ({"place": "mars"}, "unknown_place"),
    ],
)
def test_a_header_with_unknown_words_is_refused(world: World, header: dict[str, str], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        drafts.revise(by=world.nurse, expertise=world.draft(), at=NOW, **header)


def test_a_project_of_other_structures_or_other_years_is_refused(world: World) -> None:
    ended = factories.project(ends_on=date(2016, 1, 1))
    foreign = factories.project()
    foreign.organisations.add(world.stranger.organisation)
    for project in (ended, foreign):
        with pytest.raises(Refused, match="project_not_open"):
            drafts.revise(by=world.nurse, expertise=world.draft(), project=project, at=NOW)


def test_an_addressee_must_be_a_pool_or_an_expert_who_is_there(world: World) -> None:
    expertise = world.draft()
    gone = factories.dermatologist(ends_on=date(2020, 1, 1))
    ward = factories.team(world.ehpad)
    for target, reason in (
        ({"to_team": ward}, "not_a_pool"),
        ({"to_member": gone}, "addressee_cannot_answer"),
        ({"to_member": world.stranger}, "addressee_cannot_answer"),
        ({"to_member": world.nurse}, "addressee_is_oneself"),
        ({"to_member": world.second, "to_team": world.pool}, "one_addressee"),
    ):
        with pytest.raises(Refused, match=reason):
            drafts.choose_addressee(by=world.nurse, expertise=expertise, at=NOW, **target)


# The requérant, by date (R. 6316-1, 2°)


def test_in_2026_a_nurse_asks_herself(world: World) -> None:
    expertise = world.sent()
    assert (expertise.act.state, expertise.act.requester) == (states.SENT, world.nurse)


def test_in_2015_a_nurse_prepares_and_a_doctor_asks() -> None:
    world = World(at=IN_2015)
    expertise = world.ready()
    with pytest.raises(NotReady) as error:
        sending.send(by=world.nurse, expertise=expertise, at=IN_2015)
    assert codes(error) == {"requester_not_allowed"}
    drafts.prepare(by=world.nurse, expertise=expertise, requester=world.doctor, at=IN_2015)
    sending.send(by=world.doctor, expertise=expertise, at=IN_2015)
    act = expertise.act
    assert (act.state, act.requester, expertise.preparer) == (states.SENT, world.doctor, world.nurse)
    assert set(act.participants.values_list("part", "membership_id")) == {
        ("requester", world.doctor.pk),
        ("prepared", world.nurse.pk),
    }


def test_in_2015_a_nurse_may_not_be_named_as_the_one_who_asks() -> None:
    world = World(at=IN_2015)
    with pytest.raises(Refused, match="requester_not_allowed"):
        drafts.prepare(by=world.nurse, expertise=world.ready(), requester=world.colleague, at=IN_2015)


def test_in_2015_relevance_is_not_asked_and_in_2026_it_is() -> None:
    for at, expected in ((IN_2015, set()), (NOW, {"relevance_unconfirmed"})):
        world = World(at=at)
        expertise = world.ready(by=world.doctor)
        expertise.relevance_confirmed_at = None
        expertise.save()
        assert {problem.code for problem in sending.problems(world.doctor, expertise, at)} == expected


def test_a_doctor_outside_the_care_team_may_not_be_named_to_ask(world: World) -> None:
    with pytest.raises(Refused, match="requester_outside_care_team"):
        drafts.prepare(by=world.nurse, expertise=world.draft(), requester=factories.doctor(), at=NOW)


# Send


def test_an_empty_draft_says_everything_that_it_lacks(world: World) -> None:
    with pytest.raises(NotReady) as error:
        sending.send(by=world.nurse, expertise=world.draft(), at=NOW)
    assert codes(error) == {"assessment", "no_addressee", "no_consent", "relevance_unconfirmed"}


def test_red_flags_must_be_seen_before_sending(world: World) -> None:
    expertise = world.ready()
    world.answer_form(expertise, signes="sepsis")
    with pytest.raises(NotReady) as error:
        sending.send(by=world.nurse, expertise=expertise, at=NOW)
    assert codes(error) == {"red_flags_unseen"}
    assert [flag.code for flag in sending.raised_flags(expertise)] == ["sepsis"]
    sending.confirm_red_flags(by=world.nurse, expertise=expertise, at=NOW)
    assert sending.send(by=world.nurse, expertise=expertise, at=NOW).act.state == states.SENT


def test_sending_is_done_once(world: World) -> None:
    expertise = world.ready()
    same = fresh(expertise)
    sending.send(by=world.nurse, expertise=expertise, at=NOW)
    with pytest.raises(Overtaken):
        sending.send(by=world.nurse, expertise=same, at=NOW)
    with pytest.raises(NotPossible):
        sending.send(by=world.nurse, expertise=fresh(expertise), at=NOW)


def test_what_was_sent_is_not_edited_any_more(world: World) -> None:
    expertise = world.sent()
    assert expertise.assessment.completed_at == NOW
    with pytest.raises(NotPossible):
        drafts.revise(by=world.nurse, expertise=expertise, urgency="urgent", at=NOW)


# Answer


def test_the_expert_of_the_pool_accepts_and_others_may_not(world: World) -> None:
    expertise = world.sent()
    for who, reason in ((world.nurse, "role"), (factories.dermatologist(), "side"), (world.doctor, "role")):
        with pytest.raises(Refused, match=reason):
            answering.accept(by=who, expertise=expertise, at=NOW)
    answering.accept(by=world.second, expertise=expertise, at=NOW)
    assert (expertise.act.state, expertise.act.performer) == (states.ACCEPTED, world.second)


def test_two_experts_one_of_them_is_overtaken(world: World) -> None:
    expertise = world.sent()
    seen_by_second = fresh(expertise)
    answering.accept(by=world.dermatologist, expertise=expertise, at=NOW)
    with pytest.raises(Overtaken):
        answering.accept(by=world.second, expertise=seen_by_second, at=NOW)
    assert fresh(expertise).act.performer == world.dermatologist


def test_a_named_expert_is_the_only_one_to_answer(world: World) -> None:
    expertise = world.sent(to=world.second)
    with pytest.raises(Refused, match="side"):
        answering.accept(by=world.dermatologist, expertise=expertise, at=NOW)
    answering.accept(by=world.second, expertise=expertise, at=NOW)


def test_an_expert_whose_membership_has_ended_may_not_answer(world: World) -> None:
    expertise = world.sent()
    world.second.ends_on = date(2026, 11, 1)
    world.second.save()
    with pytest.raises(Refused, match="membership_ended"):
        answering.accept(by=world.second, expertise=expertise, at=NOW)


def test_declining_needs_a_reason_closes_the_record_and_the_request_can_go_elsewhere(world: World) -> None:
    expertise = world.sent(to=world.second)
    with pytest.raises(Refused, match="text_needed"):
        answering.decline(by=world.second, expertise=expertise, reason=" ", at=NOW)
    answering.decline(by=world.second, expertise=expertise, reason="Hors de ma spécialité", at=NOW)
    assert (expertise.act.state, expertise.act.performer) == (states.DECLINED, None)
    assert not open_scopes(world)
    sending.resend(by=world.colleague, expertise=expertise, to_member=world.dermatologist, at=LATER)
    assert open_scopes(world) == {world.dermatologist.user_id}
    assert expertise.due_at > LATER


def open_scopes(world: World) -> set[int | None]:
    rows = CareTeamMember.objects.filter(patient=world.patient, ends_at__isnull=True).exclude(scope="")
    return set(rows.values_list("user_id", flat=True))


def test_passing_on_ends_the_former_access_and_the_begun_advice(world: World) -> None:
    expertise, _advice = world.advised()
    other = factories.dermatologist()
    with pytest.raises(Refused, match="side"):
        sending.pass_on(by=world.second, expertise=expertise, to_member=other, at=NOW)
    sending.pass_on(by=world.dermatologist, expertise=expertise, to_member=other, note="Sa spécialité", at=LATER)
    assert open_scopes(world) == {other.user_id}
    assert not expertise.advices.exists()
    assert (expertise.act.state, expertise.act.performer, expertise.to_member) == (states.SENT, None, other)


def test_nobody_passes_a_request_on_to_the_one_who_asked(world: World) -> None:
    both = factories.member(
        "doctor", "expert", organisation_=world.ehpad, user__profession="medecin", user__specialty="dermatologie"
    )
    expertise = world.ready(by=both)
    sending.send(by=both, expertise=expertise, at=NOW)
    with pytest.raises(Refused, match="addressee_is_requester"):
        sending.pass_on(by=world.second, expertise=expertise, to_member=both, at=NOW)


def test_complements_go_from_the_expert_to_the_requerant_and_back(world: World) -> None:
    expertise = world.accepted()
    with pytest.raises(Refused, match="role"):
        answering.ask_complements(by=world.nurse, expertise=expertise, text="Et ?", at=NOW)
    answering.ask_complements(by=world.dermatologist, expertise=expertise, text="Et les pouls ?", at=NOW)
    assert expertise.hand_back_at is None
    with pytest.raises(Refused, match="role"):
        answering.give_complements(by=world.dermatologist, expertise=expertise, text="Voici", at=NOW)
    answering.give_complements(by=world.colleague, expertise=expertise, text="Présents", at=LATER)
    assert expertise.act.state == states.ACCEPTED
    assert [remark.kind for remark in expertise.remarks.all()] == ["ask", "give"]


# Advice and signature


def test_only_the_one_who_accepted_writes_and_signs(world: World) -> None:
    expertise, advice = world.advised()
    with pytest.raises(Refused, match="side"):
        advising.save_advice(by=world.second, advice=advice, revision=1, at=NOW, diagnosis="Autre")
    with pytest.raises(Refused, match="side"):
        signing.sign(by=world.second, expertise=expertise, at=NOW)
    assert signing.sign(by=world.dermatologist, expertise=expertise, at=NOW).version == 1


def test_a_page_that_saves_an_old_revision_is_told(world: World) -> None:
    _expertise, advice = world.advised()
    with pytest.raises(advising.Stale) as error:
        advising.save_advice(by=world.dermatologist, advice=advice, revision=0, at=NOW, diagnosis="Autre")
    assert error.value.revision == 1
    advice.refresh_from_db()
    assert advice.diagnosis == "Escarre de stade 2"


def test_an_empty_advice_is_not_signed(world: World) -> None:
    expertise = world.accepted()
    with pytest.raises(NotReady) as error:
        signing.sign(by=world.dermatologist, expertise=expertise, at=NOW)
    assert codes(error) == {"no_advice"}
    advising.draft_advice(by=world.dermatologist, expertise=expertise, at=NOW)
    with pytest.raises(NotReady) as error:
        signing.sign(by=world.dermatologist, expertise=expertise, at=NOW)
    assert codes(error) == {"text_needed"}


def test_an_item_goes_to_a_prescriber_near_the_patient(world: World) -> None:
    _expertise, advice = world.advised()
    add = {"by": world.dermatologist, "advice": advice, "kind": "treatment", "text": "Antalgique", "at": NOW}
    for who in (world.nurse, factories.doctor()):
        with pytest.raises(Refused, match="not_a_prescriber"):
            advising.add_item(prescriber=who, **add)
    item = advising.add_item(prescriber=world.attending, **add)
    advising.remove_item(by=world.dermatologist, item=item, at=NOW)
    assert advice.items.count() == 1


def test_what_is_signed_is_not_edited(world: World) -> None:
    expertise, advice = world.advised()
    signing.sign(by=world.dermatologist, expertise=expertise, at=NOW)
    with pytest.raises(NotPossible):
        advising.save_advice(by=world.dermatologist, advice=advice, revision=1, at=NOW, diagnosis="Autre")
    with pytest.raises(NotPossible):
        advising.add_item(by=world.dermatologist, advice=advice, kind="other", text="X", prescriber=None, at=NOW)


def test_after_the_signature_the_pool_no_longer_sees_the_record_and_the_expert_does(world: World) -> None:
    world.answered()
    kept = open_scopes(world)
    assert world.dermatologist.user_id in kept
    assert None not in kept
    assert world.second.user_id not in kept


# Article 51


def test_a_nurse_expert_proposes_and_a_doctor_of_the_pool_validates(world: World) -> None:
    nurse = world.article51()
    expertise, advice = world.advised(by=nurse)
    with pytest.raises(Refused, match="role"):
        signing.sign(by=nurse, expertise=expertise, at=NOW)
    signing.propose(by=nurse, expertise=expertise, at=NOW)
    assert expertise.act.state == states.TO_VALIDATE
    assert (expertise.validate_by - NOW).total_seconds() == 24 * 3600
    for who, reason in ((nurse, "side"), (factories.dermatologist(), "side"), (world.nurse, "role")):
        with pytest.raises(Refused, match=reason):
            signing.validate(by=who, expertise=expertise, at=NOW)
    report = signing.validate(by=world.second, expertise=expertise, note="D’accord", at=LATER)
    advice.refresh_from_db()
    assert (advice.validated_by, report.signed_by, expertise.act.performer) == (world.second, nurse, nurse)
    assert ("validator", world.second.pk) in expertise.act.participants.values_list("part", "membership_id")


def test_a_doctor_sends_a_proposal_back_and_the_nurse_proposes_again(world: World) -> None:
    nurse = world.article51()
    expertise, advice = world.advised(by=nurse)
    signing.propose(by=nurse, expertise=expertise, at=NOW)
    with pytest.raises(NotPossible):
        advising.save_advice(by=nurse, advice=advice, revision=1, at=NOW, diagnosis="Autre")
    signing.refuse_validation(by=world.second, expertise=expertise, note="Préciser la décharge", at=NOW)
    assert expertise.act.state == states.ACCEPTED
    advising.save_advice(by=nurse, advice=advice, revision=1, at=NOW, free_text="Matelas à air.")
    signing.propose(by=nurse, expertise=expertise, at=LATER)
    assert expertise.act.state == states.TO_VALIDATE


def test_a_nurse_without_an_authorised_protocol_may_not_accept(world: World) -> None:
    nurse = world.article51()
    nurse.user.authorisations.update(ends_on=date(2020, 1, 1))
    with pytest.raises(Refused, match="no_protocol"):
        answering.accept(by=nurse, expertise=world.sent(), at=NOW)


# Withdrawal and consent


def test_the_requerant_withdraws_and_everything_opened_is_closed(world: World) -> None:
    expertise = world.accepted()
    with pytest.raises(Refused, match="role"):
        sending.withdraw(by=world.dermatologist, expertise=expertise, reason="Non", at=NOW)
    sending.withdraw(by=world.colleague, expertise=expertise, reason="Hospitalisée", at=NOW)
    assert (expertise.act.state, expertise.act.closed_at) == (states.WITHDRAWN, NOW)
    assert not open_scopes(world)


def withdraw_consent(world: World) -> None:
    from virage.records.models import Consent  # noqa: PLC0415

    Consent.objects.filter(patient=world.patient).update(withdrawn_at=NOW, withdrawn_by=world.nurse)


def test_an_open_request_whose_consent_is_withdrawn_can_only_be_withdrawn(world: World) -> None:
    expertise, _advice = world.advised()
    withdraw_consent(world)
    with pytest.raises(Refused, match="consent_withdrawn"):
        signing.sign(by=world.dermatologist, expertise=expertise, at=NOW)
    assert why_not(world.dermatologist, expertise, "sign", NOW) == "consent_withdrawn"
    assert "withdraw" in may(world.nurse, expertise, NOW)
    sending.withdraw(by=world.nurse, expertise=expertise, reason="Consentement retiré", at=NOW)


def test_a_finished_act_stays_when_consent_is_withdrawn_later(world: World) -> None:
    expertise = world.answered()
    withdraw_consent(world)
    closing.acknowledge(by=world.nurse, expertise=expertise, told_patient="Tout.", at=LATER)
    assert expertise.act.reports.count() == 1


# Corrections


def test_a_correction_is_a_signed_new_version_and_the_first_stays(world: World) -> None:
    expertise = world.answered()
    with pytest.raises(Refused, match="side"):
        signing.correct(by=world.second, expertise=expertise, reason="Erreur", at=LATER)
    advice = signing.correct(by=world.dermatologist, expertise=expertise, reason="Erreur de côté", at=LATER)
    with pytest.raises(NotPossible):
        signing.correct(by=world.dermatologist, expertise=expertise, reason="Encore", at=LATER)
    assert (advice.version, advice.diagnosis) == (2, "Escarre de stade 2")
    advising.save_advice(by=world.dermatologist, advice=advice, revision=0, at=LATER, diagnosis="Escarre de stade 3")
    report = signing.sign_correction(by=world.dermatologist, expertise=expertise, at=LATER)
    first, second = expertise.act.reports.order_by("version")
    assert report == second
    assert (second.version, second.correction_reason) == (2, "Erreur de côté")
    assert first.content["advice"]["diagnosis"] == "Escarre de stade 2"
    assert expertise.act.performed_at == LATER


def test_a_closed_request_is_to_be_read_again_after_a_correction(world: World) -> None:
    expertise = world.answered()
    closing.acknowledge(by=world.nurse, expertise=expertise, told_patient="Tout.", at=LATER)
    signing.correct(by=world.dermatologist, expertise=expertise, reason="Erreur", at=LATER)
    assert expertise.act.state == states.CLOSED
    signing.sign_correction(by=world.dermatologist, expertise=expertise, at=LATER)
    assert (expertise.act.state, expertise.act.closed_at) == (states.ANSWERED, None)


def test_a_correction_replaces_what_nobody_decided_and_keeps_what_was(world: World) -> None:
    expertise = world.answered()
    item = expertise.advices.get().items.get()
    signing.correct(by=world.dermatologist, expertise=expertise, reason="Erreur", at=LATER)
    signing.sign_correction(by=world.dermatologist, expertise=expertise, at=LATER)
    item.refresh_from_db()
    assert item.state == states.SUPERSEDED
    again = expertise.advices.get(version=2).items.get()
    closing.decide_item(by=world.doctor, item=again, prescribe=True, at=LATER)
    signing.correct(by=world.dermatologist, expertise=expertise, reason="Encore", at=LATER)
    signing.sign_correction(by=world.dermatologist, expertise=expertise, at=LATER)
    again.refresh_from_db()
    assert again.state == states.PRESCRIBED
    assert [row["state"] for row in expertise.act.reports.get(version=3).content["items"]] == ["prescribed"]


def test_a_nurses_correction_waits_for_a_doctor(world: World) -> None:
    nurse = world.article51()
    expertise, _advice = world.advised(by=nurse)
    signing.propose(by=nurse, expertise=expertise, at=NOW)
    signing.validate(by=world.second, expertise=expertise, at=NOW)
    signing.correct(by=nurse, expertise=expertise, reason="Erreur", at=LATER)
    assert signing.sign_correction(by=nurse, expertise=expertise, at=LATER) is None
    assert expertise.act.reports.count() == 1
    signing.refuse_correction(by=world.second, expertise=expertise, note="Préciser", at=LATER)
    signing.sign_correction(by=nurse, expertise=expertise, at=LATER)
    report = signing.validate_correction(by=world.second, expertise=expertise, at=LATER)
    assert (report.version, report.signed_by) == (2, nurse)


# Items


def _item(world: World):  # type: ignore[no-untyped-def]
    return world.answered().advices.get().items.get()


def test_the_named_prescriber_decides_and_others_may_not(world: World) -> None:
    item = _item(world)
    for who, reason in (
        (world.nurse, "decide_item"),
        (world.coordinator, "not_the_prescriber"),
        (world.dermatologist, "decide_item"),
    ):
        with pytest.raises(Refused, match=reason):
            closing.decide_item(by=who, item=item, prescribe=True, at=LATER)
    closing.decide_item(by=world.doctor, item=item, prescribe=True, at=LATER)
    assert (item.state, item.decided_by) == (states.PRESCRIBED, world.doctor)


def test_saying_no_needs_a_reason_and_can_be_undone_for_ten_minutes(world: World) -> None:
    item = _item(world)
    with pytest.raises(Refused, match="text_needed"):
        closing.decide_item(by=world.doctor, item=item, prescribe=False, at=NOW)
    closing.decide_item(by=world.doctor, item=item, prescribe=False, note="Allergie", at=NOW)
    with pytest.raises(Refused, match="too_late"):
        closing.undecide_item(by=world.doctor, item=item, at=LATER)
    closing.undecide_item(by=world.doctor, item=item, at=NOW)
    assert item.state == states.PROPOSED


def test_a_nurse_of_the_care_team_does_the_task_and_undoes_it_within_ten_minutes(world: World) -> None:
    item = _item(world)
    with pytest.raises(NotPossible):
        closing.do_item(by=world.nurse, item=item, at=NOW)
    closing.decide_item(by=world.doctor, item=item, prescribe=True, at=NOW)
    for who, reason in ((world.stranger, "outside_care_team"), (world.doctor, "do_task")):
        with pytest.raises(Refused, match=reason):
            closing.do_item(by=who, item=item, at=NOW)
    closing.do_item(by=world.colleague, item=item, at=NOW)
    with pytest.raises(Refused, match="done_by_someone_else"):
        closing.undo_item(by=world.nurse, item=item, at=NOW)
    with pytest.raises(Refused, match="too_late"):
        closing.undo_item(by=world.colleague, item=item, at=LATER)
    closing.undo_item(by=world.colleague, item=item, at=NOW)
    assert item.state == states.PRESCRIBED


def test_an_item_without_a_prescriber_goes_to_the_medecin_traitant(world: World) -> None:
    expertise, advice = world.advised()
    advising.add_item(by=world.dermatologist, advice=advice, kind="other", text="Diététique", prescriber=None, at=NOW)
    signing.sign(by=world.dermatologist, expertise=expertise, at=NOW)
    assert advice.items.get(text="Diététique").prescriber == world.attending
    named: list[Membership | None] = [item.prescriber for item in advice.items.all()]
    assert None not in named
