"""Lists whose SQL is written once, and pages of lists."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections
from django.db.models import F, QuerySet
from django.utils import timezone

from virage.accounts.access import like
from virage.accounts.models import Membership, User
from virage.teleexpertise.forms.answer import InboxFilter
from virage.teleexpertise.views import inbox
from virage.ui import prepared
from virage.ui.paging import first_page, is_first, page_of
from virage.ui.prepared import SOME_TIME, stand_in

SOMEONE = stand_in(1)


@pytest.fixture(autouse=True)
def _nothing_kept():
    prepared.forget()


def names_of(key: int) -> list[User]:
    return prepared.prepared("one", lambda: User.objects.filter(pk=SOMEONE), {SOMEONE: key})


@pytest.mark.postgres15
def test_the_reader_s_own_numbers_take_the_place_of_the_stand_ins(db):
    for user in User.objects.all()[:5]:
        assert names_of(user.pk) == [user]
    assert names_of(0) == []


def test_what_is_kept_is_written_once(db):
    written = []

    def build() -> QuerySet[User]:
        written.append(1)
        return User.objects.filter(pk=SOMEONE)

    for user in User.objects.all()[:3]:
        prepared.prepared("counted", build, {SOMEONE: user.pk})
    assert len(written) == 1


def test_a_stand_in_without_a_value_is_an_error(db):
    with pytest.raises(KeyError):
        prepared.prepared("lacking", lambda: User.objects.filter(pk=SOMEONE), {})


def test_a_moment_reckoned_from_the_stand_in_is_an_error(db):
    late = SOME_TIME - timedelta(hours=1)
    with pytest.raises(ValueError, match="for ever"):
        prepared.prepared("late", lambda: User.objects.filter(left_at__lt=late), {SOME_TIME: timezone.now()})


def test_a_list_that_is_always_empty_asks_nothing(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert prepared.prepared("none", lambda: User.objects.none(), {}) == []


def test_related_objects_and_tuples_come_as_django_gives_them(db, django_assert_num_queries):
    member = Membership.objects.select_related("organisation").earliest("pk")
    rows = Membership.objects.filter(pk=SOMEONE)
    with django_assert_num_queries(1):
        (found,) = prepared.prepared("joined", lambda: rows.select_related("organisation"), {SOMEONE: member.pk})
        assert found.organisation.name == member.organisation.name
    (line,) = prepared.prepared("tuple", lambda: rows.values_list("ref", "organisation__name"), {SOMEONE: member.pk})
    assert line == (member.ref, member.organisation.name)


def test_threads_read_with_their_own_connection(own_database):
    keys = list(User.objects.values_list("pk", flat=True)[:8])

    def read(key: int) -> int:
        try:
            return names_of(key)[0].pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(read, keys * 5)) == keys * 5


def test_no_more_is_kept_than_the_limit(db):
    for number in range(prepared.MOST_KEPT + 5):
        prepared.prepared(number, lambda: User.objects.filter(pk=SOMEONE), {SOMEONE: 0})
    assert len(prepared._kept) == prepared.MOST_KEPT


def test_the_inbox_of_each_of_the_cast_is_the_one_that_django_writes(db):
    at, compared = datetime(2100, 1, 1, tzinfo=UTC), 0
    for by in Membership.objects.select_related("user", "organisation"):
        for which in ("", "me", "pools", "accepted", "validate", "done"):
            for urgency in ("", "urgent"):
                form = InboxFilter({"which": which, "urgency": urgency})
                ordinary = inbox._slim(inbox._in_turn(form.apply(by, at), which))
                page = inbox._page(form, by, like(by), at, None)
                assert list(page.object_list) == list(ordinary[: inbox.PAGE])
                assert page.paginator.count == ordinary.count()
                compared += len(page.object_list)
    assert compared


def test_a_list_that_fits_on_one_page_is_read_once(db, django_assert_num_queries):
    rows = User.objects.order_by("pk")
    total = rows.count()
    with django_assert_num_queries(1):
        page = page_of(rows, None, total)
        assert (len(page.object_list), page.has_next(), page.paginator.count) == (total, False, total)
    with django_assert_num_queries(2):
        page = page_of(rows, "1", total - 1)
        assert (len(page.object_list), page.has_next(), page.paginator.count) == (total - 1, True, total)
    assert list(page_of(rows, "2", total - 1)) == [rows.last()]
    assert page_of(rows, "x", 5).number == 1
    assert page_of(rows, "99999", 5).number == page_of(rows, None, 5).paginator.num_pages


def test_an_empty_list_has_one_page(db):
    page = first_page([], lambda: User.objects.order_by(F("pk")), 20)
    assert (page.number, page.paginator.count, list(page)) == (1, 0, [])
    assert is_first("1")
    assert not is_first("2")
