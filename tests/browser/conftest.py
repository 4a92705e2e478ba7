from collections.abc import Iterator

import pytest

from tests import ground


@pytest.fixture
def site(own_database: ground.Database) -> Iterator[ground.Site]:
    """The platform in a process of its own; the test fails when it has logged an error."""
    with ground.site(own_database) as running:
        yield running
    log = ground.session_folder() / f"site-{running.url.rpartition(':')[2]}.log"
    faults = [line for line in log.read_text().splitlines() if " ERROR " in line or line.startswith("Traceback")]
    assert not faults, log.read_text()
