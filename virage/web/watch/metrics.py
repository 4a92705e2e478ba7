"""Figures for Prometheus: what this process answered, and what waits in the tables. No person, no address.

Several processes behind one port share a folder (PROMETHEUS_MULTIPROC_DIR) and each answers for all of them.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.conf import settings
from django.db import connection
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from virage.web.watch import health

BOUNDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)  # seconds
REQUESTS = Counter("virage_requests", "Requests answered", ["method", "view", "status"])
SECONDS = Histogram("virage_request_seconds", "Time to answer", ["view"], buckets=BOUNDS)
FAILED_SIGN_INS = Counter("virage_sign_in_failures", "Forms of sign-in that were refused, codes included")
SIGN_INS = ("account_login", "account_reauthenticate", "mfa_authenticate", "mfa_reauthenticate")
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

COUNTED = {
    ("virage_jobs", "Jobs by state", "state"): (
        "SELECT status::text, count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing', 'failed') GROUP BY 1"
    ),
    ("virage_messages", "Messages of the outbox by state", "state"): (
        "SELECT state, count(*) FROM notifications_message WHERE state <> 'sent' GROUP BY 1"
    ),
    ("virage_documents", "Documents that wait or were refused", "state"): (
        "SELECT state, count(*) FROM records_document WHERE state IN ('received', 'refused') GROUP BY 1"
    ),
}


def count(method: str, view: str, status: int, seconds: float) -> None:
    """One answered request. A form of sign-in that comes back was refused: one that was taken leads on (302)."""
    REQUESTS.labels(method if method in METHODS else "other", view, str(status)).inc()
    SECONDS.labels(view).observe(seconds)
    if method == "POST" and view in SIGN_INS and status != 302:
        FAILED_SIGN_INS.inc()


class Waiting(Collector):
    """Asked of the database at each look: the same from whichever process answers."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def collect(self) -> Iterable[Metric]:
        for (name, words, label), statement in COUNTED.items():
            yield _family(name, words, label, statement)
        ages = {
            "virage_worker_silence_seconds": ("Since the last sign of life of a worker", health.last_sign()),
            "virage_oldest_job_seconds": ("How long the oldest job has waited", health.oldest_job(self.at)),
            "virage_oldest_message_seconds": ("How late the latest message is", health.oldest_message(self.at)),
            "virage_journal_head_age_seconds": ("Since the journal's last signed head", health.last_head()),
        }
        if settings.CLAMAV:
            yield GaugeMetricFamily("virage_scanner_up", "ClamAV answers", value=float(health.scanner_answers()))
        for name, (words, since) in ages.items():
            if since is not None:
                yield GaugeMetricFamily(name, words, value=max(0.0, (self.at - since).total_seconds()))


def _family(name: str, words: str, label: str, statement: str) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, words, labels=[label])
    for value, number in _rows(statement):
        family.add_metric([value], number)
    return family


def _rows(statement: str) -> Iterator[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        yield from cursor.fetchall()


def exposed(at: datetime) -> bytes:
    """The page that Prometheus reads."""
    waiting = CollectorRegistry(auto_describe=False)
    waiting.register(Waiting(at))
    answered: CollectorRegistry = REGISTRY
    if settings.METRICS_SHARED:
        answered = CollectorRegistry()
        MultiProcessCollector(answered)
    return generate_latest(answered) + generate_latest(waiting)
