import pytest
from hypothesis import given
from hypothesis import strategies as st

from virage.kernel import identifiers as ids


def test_published_test_identity_has_a_valid_key():
    assert ids.ins_problems("279035121518989", ids.OID_INS_NIR) == ()
    assert ids.ins_problems("2 79 03 51 215 189 89", ids.OID_INS_NIR) == ()


def test_a_wrong_key_is_told_under_a_real_oid_only():
    assert ids.ins_problems("123456789012244", ids.OID_INS_NIR) == (ids.KEY,)
    assert ids.ins_problems("123456789012244", ids.OID_INS_NIA) == (ids.KEY,)
    assert ids.ins_problems("123456789012244", ids.OID_INS_NIR_TEST) == ()
    assert ids.ins_problems("123456789012244", ids.OID_INS_NIR_DEMO) == ()


@pytest.mark.parametrize(("letters", "digits"), [("2A", "19"), ("2B", "18")])
def test_corsica_counts_as_19_and_18(letters, digits):
    body = f"17505{letters}004012"
    key = 97 - int(f"17505{digits}004012") % 97
    assert ids.ins_problems(f"{body}{key:02d}") == ()
    assert ids.ins_problems(f"{body}{(key % 97) + 1:02d}") == (ids.KEY,)


@pytest.mark.parametrize(
    ("matricule", "problem"),
    [
        ("", ids.MISSING),
        ("27903512151898", ids.LENGTH),
        ("27903512C518989", ids.CHARACTERS),
        ("2790351215189" + "٨٩", ids.CHARACTERS),
    ],
)
def test_other_problems_of_a_matricule(matricule, problem):
    assert ids.ins_problems(matricule) == (problem,)


def test_an_unknown_oid_is_told():
    assert ids.UNKNOWN_OID in ids.ins_problems("279035121518989", "1.2.3")


@given(st.from_regex(r"[12][0-9]{12}", fullmatch=True))
def test_one_wrong_digit_never_passes_the_key(body):
    key = ids.ins_key(body)
    assert ids.ins_problems(f"{body}{key:02d}") == ()
    changed = str((int(body[0]) % 2) + 1) + body[1:]
    assert ids.ins_problems(f"{changed}{key:02d}") == (ids.KEY,)


@pytest.mark.parametrize("number", ["10100997245", "10002909371", "99700218896", "01234567897", "10 10 09 97 245"])
def test_rpps_of_published_examples(number):
    assert ids.rpps_problems(number) == ()


@pytest.mark.parametrize("number", ["750803447", "750017212", "580008803", "540002698"])
def test_finess_of_published_examples(number):
    assert ids.finess_problems(number) == ()


def test_finess_of_corsica_keeps_its_letter():
    assert ids.finess_problems("2A0000014") == ()
    assert ids.finess_problems("2AX000014") == (ids.CHARACTERS,)


@pytest.mark.parametrize(
    ("check", "number", "problem"),
    [
        (ids.rpps_problems, "10100997246", ids.KEY),
        (ids.rpps_problems, "1010099724", ids.LENGTH),
        (ids.rpps_problems, "1010099724A", ids.CHARACTERS),
        (ids.finess_problems, "750803448", ids.KEY),
        (ids.finess_problems, "", ids.MISSING),
        (ids.siren_problems, "732829321", ids.KEY),
        (ids.siret_problems, "73282932000075", ids.KEY),
        (ids.siret_problems, "7328293200007", ids.LENGTH),
    ],
)
def test_each_problem_has_its_code(check, number, problem):
    assert check(number) == (problem,)


def test_siren_and_siret():
    assert ids.siren_problems("732829320") == ()
    assert ids.siret_problems("73282932000074") == ()


@given(st.text(max_size=20))
def test_no_check_ever_raises(text):
    for check in (ids.ins_problems, ids.rpps_problems, ids.finess_problems, ids.siren_problems, ids.siret_problems):
        assert all(isinstance(code, str) for code in check(text))


def test_test_identities_are_known_as_such():
    assert ids.is_test_ins(ids.OID_INS_NIR_TEST)
    assert not ids.is_test_ins(ids.OID_INS_NIR)
