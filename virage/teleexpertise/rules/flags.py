"""From the signs ticked in a wound assessment to the red flags of `law.safety`."""

from collections.abc import Iterable

from virage.law.safety import SafetySign, red_flags

SIGNS = "signes"
"""The question of the forms `plaie-evaluation` and `plaie-suivi` whose answers bear the codes of the red flags."""


def raised(signs: Iterable[str]) -> tuple[SafetySign, ...]:
    """The red flags that these signs raise, in the order of the law's list."""
    codes = set(signs)
    return tuple(flag for flag in red_flags() if flag.code in codes)
