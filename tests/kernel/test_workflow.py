import pickle

import pytest

from virage.kernel.workflow import NotPossible, Workflow

DOOR = Workflow(
    "door",
    {("open", "close"): "closed", ("closed", "open"): "open", ("closed", "lock"): "locked"},
    "open",
)


def test_next_moves():
    assert DOOR.next("open", "close") == "closed"


@pytest.mark.parametrize(("state", "verb"), [("open", "lock"), ("locked", "open"), ("nowhere", "open")])
def test_next_refuses_what_the_table_lacks(state, verb):
    with pytest.raises(NotPossible) as refusal:
        DOOR.next(state, verb)
    assert (refusal.value.workflow, refusal.value.state, refusal.value.verb) == ("door", state, verb)
    assert not DOOR.can(state, verb)


def test_what_can_be_asked_of_a_table():
    assert DOOR.verbs("closed") == ("open", "lock")
    assert DOOR.verbs("locked") == ()
    assert DOOR.sources("open") == ("closed",)
    assert DOOR.states() == ("open", "closed", "locked")
    assert DOOR.finals() == ("locked",)


def test_mermaid_draws_every_move():
    drawing = DOOR.mermaid()
    assert drawing.startswith("stateDiagram-v2\n    [*] --> open\n")
    assert "    closed --> locked: lock\n" in drawing
    assert drawing.endswith("    locked --> [*]\n")


def test_a_state_that_nothing_leads_to_is_refused():
    with pytest.raises(ValueError, match="orphan"):
        Workflow("bad", {("a", "go"): "b", ("orphan", "go"): "b"}, "a")


def test_the_table_cannot_be_changed():
    with pytest.raises(TypeError):
        DOOR.table["open", "lock"] = "locked"


def test_a_refusal_survives_pickling():
    assert str(pickle.loads(pickle.dumps(NotPossible("door", "open", "lock")))) == str(
        NotPossible("door", "open", "lock")
    )
