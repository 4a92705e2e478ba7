"""The providers of identity as the environment names them."""

import pytest

from virage.config.environment import FaultsError, read

PSC = {
    "PSC_CLIENT_ID": "virage",
    "PSC_CLIENT_SECRET": "essai",
    "PSC_DISCOVERY_URL": "https://psc.invalid/.well-known/wallet-openid-configuration",
}
CHU = {
    "OIDC_PROVIDERS": "chu",
    "OIDC_CHU_NAME": "CHU d’essai",
    "OIDC_CHU_CLIENT_ID": "virage",
    "OIDC_CHU_CLIENT_SECRET": "essai",
    "OIDC_CHU_DISCOVERY_URL": "https://chu.invalid/.well-known/openid-configuration",
    "OIDC_CHU_STRUCTURE": "990000051",
}


def test_none_is_compulsory():
    assert read({}).providers == ()


def test_pro_sante_connect_comes_first_and_asks_for_its_scope_and_level():
    psc, chu = read(CHU | PSC).providers
    assert (psc.id, psc.name) == ("psc", "Pro Santé Connect")
    assert psc.app["settings"]["scope"] == ["openid", "scope_all"]
    assert psc.app["settings"]["auth_params"] == {"acr_values": "eidas1"}
    assert (chu.id, chu.name, chu.structure) == ("chu", "CHU d’essai", "990000051")


@pytest.mark.parametrize("name", PSC)
def test_one_that_is_begun_must_be_whole(name):
    with pytest.raises(FaultsError) as faults:
        read({key: value for key, value in PSC.items() if key != name})
    assert [fault[0] for fault in faults.value.faults] == [name]


@pytest.mark.parametrize(
    "wrong",
    [
        {"OIDC_PROVIDERS": "psc"},
        {"OIDC_PROVIDERS": "CHU !"},
        {"OIDC_PROVIDERS": "chu,chu"},
        {"OIDC_CHU_STRUCTURE": "12"},
        {"OIDC_CHU_DISCOVERY_URL": "http://chu.invalid/"},
        {"OIDC_CHU_DISCOVERY_URL": "chu"},
    ],
)
def test_a_value_that_cannot_be_is_named(wrong):
    with pytest.raises(FaultsError) as faults:
        read(CHU | wrong)
    assert next(iter(wrong)) in {fault[0] for fault in faults.value.faults}
    assert "essai" not in str(faults.value), "no secret in a message"
