"""Who sees which state: the agency its own region's, the national officer and the evaluator all of them."""

from django.http import Http404

from virage.accounts.models import Membership
from virage.accounts.roles import Permission
from virage.law.regions import Region, regions


def own_region(by: Membership | None) -> Region:
    """The region of an agency's officer; or 404."""
    if by is None or not by.may(Permission.SEE_REGION_STATE):
        raise Http404
    return _region(by.organisation.region)


def region_for(by: Membership | None, code: str) -> Region:
    """The region of that code, if its state may be seen; or 404, the same as for a code that does not exist."""
    if by is None:
        raise Http404
    region = _region(code)
    own = by.may(Permission.SEE_REGION_STATE) and by.organisation.region == region.code
    if own or by.may(Permission.SEE_ALL_STATES):
        return region
    raise Http404


def must_see_all(by: Membership | None) -> None:
    if by is None or not by.may(Permission.SEE_ALL_STATES):
        raise Http404


def _region(code: str) -> Region:
    found = regions().get(code)
    if found is None:
        raise Http404
    return found
