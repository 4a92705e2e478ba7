"""What is told to one who acts on something that changed meanwhile."""


class Overtaken(Exception):  # noqa: N818 (a refusal, said to the user)
    """Somebody else acted first: the row is no longer in the state that this person saw."""

    def __init__(self, verb: str, state: str) -> None:
        super().__init__(f"{verb}: the state is now {state}")
        self.verb = verb
        self.state = state


class Moved(Overtaken):
    """What this is about was merged into another meanwhile: look again, and act there."""
