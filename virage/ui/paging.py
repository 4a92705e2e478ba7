"""Lists in pages; one that fits on its first page is read, not counted."""

from collections.abc import Callable
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet


def is_first(number: str | None) -> bool:
    """Whether the address asks for the first page."""
    return number in (None, "", "1")


def page_of(rows: QuerySet, number: str | None, size: int) -> Page:
    """The page of that number, as `Paginator.get_page` gives it."""
    if is_first(number):
        return first_page(list(rows[: size + 1]), lambda: rows, size)
    return Paginator(rows, size).get_page(number)


def first_page(head: list[Any], rows: Callable[[], QuerySet], size: int) -> Page:
    """The first page of `rows`, whose first `size + 1` were read already; they are counted only if there are more."""
    if len(head) <= size:
        return Paginator(head, size).page(1)
    return Page(head[:size], 1, Paginator(rows(), size))
