"""State machines as tables: {(state, verb): state}."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


class NotPossible(Exception):  # noqa: N818 (a refusal, said to the user)
    """The verb has no place in this state."""

    def __init__(self, workflow: str, state: str, verb: str) -> None:
        super().__init__(f"{workflow}: {verb!r} is not possible from {state!r}")
        self.workflow = workflow
        self.state = state
        self.verb = verb

    def __reduce__(self) -> tuple[type[NotPossible], tuple[str, str, str]]:
        return (type(self), (self.workflow, self.state, self.verb))


@dataclass(frozen=True)
class Workflow:
    """A named table of moves. Every state must be reachable from the initial one: ValueError."""

    name: str
    table: Mapping[tuple[str, str], str]
    initial: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "table", MappingProxyType(dict(self.table)))
        stranded = set(self.states()) - self._reachable()
        if stranded:
            raise ValueError(f"{self.name}: no way leads to {sorted(stranded)}")

    def next(self, state: str, verb: str) -> str:
        """The state after the verb. Raises NotPossible."""
        try:
            return self.table[state, verb]
        except KeyError:
            raise NotPossible(self.name, state, verb) from None

    def can(self, state: str, verb: str) -> bool:
        return (state, verb) in self.table

    def verbs(self, state: str) -> tuple[str, ...]:
        """What may be done from the state, in the order of the table."""
        return tuple(verb for (source, verb) in self.table if source == state)

    def sources(self, verb: str) -> tuple[str, ...]:
        """The states from which the verb may be done, in the order of the table."""
        return tuple(source for (source, name) in self.table if name == verb)

    def states(self) -> tuple[str, ...]:
        """Every state once, the initial one first, then in the order of the table."""
        found = {self.initial: None}
        for (source, _verb), target in self.table.items():
            found.setdefault(source)
            found.setdefault(target)
        return tuple(found)

    def finals(self) -> tuple[str, ...]:
        """The states from which nothing can be done."""
        sources = {source for (source, _verb) in self.table}
        return tuple(state for state in self.states() if state not in sources)

    def mermaid(self) -> str:
        """The diagram of the table, in the language of Mermaid (docs/workflows.md)."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial}"]
        lines += [f"    {source} --> {target}: {verb}" for (source, verb), target in self.table.items()]
        lines += [f"    {state} --> [*]" for state in self.finals()]
        return "\n".join(lines) + "\n"

    def _reachable(self) -> set[str]:
        seen: set[str] = set()
        waiting = [self.initial]
        while waiting:
            state = waiting.pop()
            if state not in seen:
                seen.add(state)
                waiting += [target for (source, _verb), target in self.table.items() if source == state]
        return seen
