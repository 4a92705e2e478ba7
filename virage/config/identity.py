"""The providers of identity of this place: Pro Santé Connect (PSC_…), and those that structures bring (OIDC_…)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

PSC = "psc"
LOCAL = ("127.0.0.1", "localhost", "::1")
_NAME = re.compile(r"[a-z][a-z0-9]{1,19}")
_STRUCTURE = re.compile(r"(?:\d{9}|2[AB]\d{7}|\d{14})")
Take = Callable[[str, Any, Callable[[str], Any], str], Any]
Fault = Callable[[str, str, str], None]


@dataclass(frozen=True)
class Provider:
    """An OpenID provider. `structure`: the FINESS or SIRET of the only structure whose invitations it may open."""

    id: str
    name: str
    client_id: str
    secret: str
    discovery_url: str
    structure: str = ""
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def app(self) -> dict[str, Any]:
        """As allauth's settings take it."""
        settings = {"server_url": self.discovery_url, "oauth_pkce_enabled": True, **self.settings}
        names = {"provider_id": self.id, "name": self.name, "client_id": self.client_id, "secret": self.secret}
        return names | {"settings": settings}


def read(env: Mapping[str, str], take: Take, fault: Fault) -> tuple[Provider, ...]:
    """None is compulsory; one that is begun must be whole. Pro Santé Connect comes first."""
    found = []
    if any(env.get(f"PSC_{name}", "").strip() for name in ("CLIENT_ID", "CLIENT_SECRET", "DISCOVERY_URL")):
        asked = {"scope": ["openid", "scope_all"], "auth_params": {"acr_values": "eidas1"}}
        found.append(_provider(PSC, "PSC", take, fault, name="Pro Santé Connect", settings=asked))
    for short in take("OIDC_PROVIDERS", (), _names, "Write short names: chu,clinique"):
        prefix = f"OIDC_{short.upper()}"
        name = take(f"{prefix}_NAME", short, str, "Write the name that its button shows")
        structure = take(f"{prefix}_STRUCTURE", "", _structure, "Write a FINESS or SIRET number")
        found.append(_provider(short, prefix, take, fault, name=name, structure=structure))
    return tuple(found)


def _provider(id: str, prefix: str, take: Take, fault: Fault, **more: Any) -> Provider:
    remedies = {
        "CLIENT_ID": (str, "Write the identifier that the provider gave you"),
        "CLIENT_SECRET": (str, "Write the secret that the provider gave you"),
        "DISCOVERY_URL": (_discovery, "Write https://…/.well-known/openid-configuration"),
    }
    said = {}
    for name, (parse, remedy) in remedies.items():
        said[name] = take(f"{prefix}_{name}", None, parse, remedy)
        if said[name] is None:
            fault(f"{prefix}_{name}", "missing or wrong: this provider is not whole", remedy)
    return Provider(id, more.pop("name"), said["CLIENT_ID"], said["CLIENT_SECRET"], said["DISCOVERY_URL"], **more)


def _names(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    for name in names:
        if not _NAME.fullmatch(name) or name == PSC:
            raise ValueError(f"{name!r} is not a short name (2 to 20 small letters and figures)")
    if len(set(names)) != len(names):
        raise ValueError("names one provider twice")
    return names


def _structure(text: str) -> str:
    if not _STRUCTURE.fullmatch(text):
        raise ValueError(f"{text!r} is neither a FINESS nor a SIRET number")
    return text


def _discovery(text: str) -> str:
    """An http address is for a provider on this machine only."""
    parts = urlsplit(text)
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise ValueError("is not the address of a provider")
    if parts.scheme == "http" and parts.hostname not in LOCAL:
        raise ValueError("is not https")
    return text.rstrip("/")
