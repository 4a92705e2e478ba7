"""What holds for all legal facts."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from virage.law import lists, regimes, regions
from virage.law.eligibility import check, judge
from virage.law.facts import FIELDS, FactError, facts_from_mapping
from virage.law.texts import texts
from virage.law.verdicts import FAILED, OUTCOMES


def one_of(kind):
    return st.sampled_from(list(lists.entries(kind)))


def open_name(kind):
    return st.one_of(one_of(kind), st.text(max_size=12))


maybe = {
    "specialty": open_name("specialties"),
    "pathology": open_name("pathologies"),
    "implantable_device": st.booleans(),
    "purpose": open_name("purposes"),
    "place": open_name("places"),
    "patient_region": st.sampled_from(regions.known_names()),
    "performer_region": st.sampled_from(regions.known_names()),
    "requester_region": st.sampled_from(regions.known_names()),
    "requester_profession": open_name("professions"),
    "performer_profession": open_name("professions"),
    "performer_employment": one_of("employments"),
    "agreement_sector": one_of("agreement_sectors"),
    "protocol": st.booleans(),
    "patient_condition": one_of("patient_conditions"),
    "level": one_of("levels"),
    "occasion": one_of("occasions"),
}
legal = st.fixed_dictionaries(
    {
        "regime": st.sampled_from(list(regimes.regimes())),
        "on": st.dates(date(2000, 1, 1), date(2040, 12, 31)),
        "act": one_of("acts"),
        "setting": one_of("settings"),
    },
    optional=maybe,
)


def test_the_strategy_covers_every_fact():
    assert set(maybe) | {"regime", "on", "act", "setting"} == set(FIELDS)


@settings(max_examples=400, deadline=None)
@given(legal)
def test_every_verdict_explains_itself(mapping):
    found = judge(facts_from_mapping(mapping))
    assert found.reasons
    for reason in found.reasons:
        assert reason.citation.title
        assert reason.citation.section
        assert reason.outcome in OUTCOMES
        assert reason.explanation("fr") != ""
        assert "{" not in reason.explanation("en")
    assert (found.eligible is False) == bool(found.failures)
    assert found.price is None or found.eligible is True
    assert not (found.missing and found.eligible is not None)


@settings(max_examples=200, deadline=None)
@given(legal)
def test_judging_twice_gives_the_same(mapping):
    facts = facts_from_mapping(mapping)
    assert judge(facts) == judge(facts) == check(facts.regime, facts, facts.on)


@settings(max_examples=200, deadline=None)
@given(legal)
def test_a_fact_absent_never_makes_a_project_fail(mapping):
    facts = {**mapping, "regime": "art36-2014"}
    least = {key: facts[key] for key in ("regime", "on", "act", "setting")}
    if judge(facts_from_mapping(facts)).eligible:
        assert judge(facts_from_mapping(least)).eligible is True


@settings(max_examples=200, deadline=None)
@given(legal, st.sampled_from(sorted(maybe)))
def test_hiding_a_fact_never_turns_a_refused_payment_into_a_price(mapping, key):
    mapping = {**mapping, "regime": "plaies-2015"}
    # Employment and the case of recourse may be left unsaid (see docs/law.md); all others are asked for.
    if key in ("performer_employment", "occasion", "place", "agreement_sector", "protocol"):
        return
    full = judge(facts_from_mapping(mapping))
    less = judge(facts_from_mapping({name: raw for name, raw in mapping.items() if name != key}))
    if full.eligible is False and any(reason.outcome == FAILED for reason in full.reasons):
        assert less.eligible is not True


@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([*FIELDS, "hair"]),
        st.one_of(
            st.none(),
            st.booleans(),
            st.integers(),
            st.text(max_size=8),
            st.lists(st.integers(), max_size=2),
            st.dates(),
        ),
        max_size=8,
    )
)
def test_any_mapping_is_read_or_refused_by_its_key(mapping):
    try:
        facts = facts_from_mapping(mapping)
    except FactError as error:
        refusal = error
    else:
        assert judge(facts).reasons
        return
    assert refusal.key in {*FIELDS, "hair"}
    assert str(refusal).startswith(refusal.key)


def test_every_text_has_a_title():
    assert all(text.title and text.short and text.read in ("whole", "parts", "no") for text in texts().values())
