"""From the signs ticked in a wound assessment to the red flags of `law.safety`."""

from collections.abc import Iterable

from virage.law.safety import SafetySign, red_flags

SIGN_TO_FLAG = {
    "ischemie-aigue": "acute_ischaemia",
    "infection-extensive": "spreading_infection",
    "sepsis": "sepsis",
    "gangrene-humide": "wet_gangrene",
}
"""Code of the answer `signes` (forms `plaie-evaluation` and `plaie-suivi`) → code of the red flag."""

SIGNS = "signes"


def raised(signs: Iterable[str]) -> tuple[SafetySign, ...]:
    """The red flags that these signs raise, in the order of the law's list."""
    codes = {SIGN_TO_FLAG[sign] for sign in signs if sign in SIGN_TO_FLAG}
    return tuple(flag for flag in red_flags() if flag.code in codes)
