"""Lists whose SQL is written once.

For a list with many joins, writing the SQL costs Django several times what running it does, and it writes the same
words for everyone: only the numbers differ (whose list, which teams, what moment). Here a queryset is built once per
shape with stand-ins for these numbers; later readings put the reader's own in their places. See docs/adr/0009.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime
from threading import Lock
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet

MOST_KEPT = 256
STAND_IN = 9_000_000_000_000_000_000
"""Above every key that a table will ever reach, below the largest bigint."""
SOME_TIME = datetime(8999, 12, 31, 23, 59, 59, 987_654, tzinfo=UTC)
SOME_DAY = SOME_TIME.date()
TIMES = (SOME_TIME, SOME_DAY)


def stand_in(number: int) -> int:
    """The stand-in for the key of that rank, to build a queryset with."""
    return STAND_IN + number


@dataclass(frozen=True)
class _Kept:
    rows: QuerySet
    compiler: Any
    sql: str
    params: tuple[Any, ...]


_kept: OrderedDict[Hashable, _Kept] = OrderedDict()
_lock = Lock()


def prepared(shape: Hashable, build: Callable[[], QuerySet], values: Mapping[Any, Any]) -> list[Any]:
    """The rows of `build()`, with `values` in the place of their stand-ins.

    `shape` names everything else that the queryset depends on. A stand-in without a value is a programming error.
    """
    with _lock:
        kept = _kept.get(shape)
        if kept is not None:
            _kept.move_to_end(shape)
    if kept is None:
        kept = _write(build())
        with _lock:
            _kept[shape] = kept
            if len(_kept) > MOST_KEPT:
                _kept.popitem(last=False)
    if not kept.sql:  # nobody in that position ever has any
        return []
    return _read(kept, tuple(_value(param, values) for param in kept.params))


def forget() -> None:
    """Drop all that is kept: for measures, and for a table that changed under a running process."""
    with _lock:
        _kept.clear()


def _write(rows: QuerySet) -> _Kept:
    compiler = rows.query.get_compiler(connection=connections[rows.db])
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        sql, params = "", ()
    if any(isinstance(param, date) and param not in TIMES for param in params):
        raise ValueError("a moment reckoned from the stand-in would stay as it is for ever")
    return _Kept(rows, compiler, sql, tuple(params))


def _value(param: Any, values: Mapping[Any, Any]) -> Any:
    if param in TIMES or (isinstance(param, int) and param >= STAND_IN):
        return values[param]
    return param


def _read(kept: _Kept, params: tuple[Any, ...]) -> list[Any]:
    rows = kept.rows.all()
    compiler = copy(kept.compiler)  # its own thread's connection; what it learnt of the columns is only read
    compiler.connection = connections[rows.db]
    compiler.as_sql = lambda *_args, **_kwargs: (kept.sql, params)
    rows.query.get_compiler = lambda *_args, **_kwargs: compiler
    return list(rows._iterable_class(rows))
