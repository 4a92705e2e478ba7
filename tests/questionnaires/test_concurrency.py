"""Two people who save the same draft at the same moment."""

import threading
from datetime import UTC, datetime

from django.db import connection

from tests.questionnaires.samples import typed
from virage.questionnaires.actions import Conflict, load_library, save_answers, start
from virage.questionnaires.models import Response
from virage.questionnaires.reports.reading import latest

AT = datetime(2026, 3, 1, 13, 2, tzinfo=UTC)


def test_one_is_saved_and_the_other_is_told(own_database):
    load_library(AT)
    draft = start(version=latest("teleexpertise-simple"), author_id=7, author_label="Camille Fictive", at=AT)
    outcomes = []
    gate = threading.Barrier(2)

    def press(words):
        gate.wait()
        try:
            mine = Response.objects.get(pk=draft.pk)
            save_answers(response=mine, posted=typed(question=words), at=AT, revision=0)
            outcomes.append("saved")
        except Conflict:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(words,)) for words in ("un", "deux")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["saved", "told"]
