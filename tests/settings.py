"""The product's settings in a folder that lives as long as the test session; nothing of the developer's is touched."""

import os

from tests import ground

for name in ground.VARIABLES:
    os.environ.pop(name, None)
os.environ["DATA_DIR"] = str(ground.session_folder() / "data")
os.environ["SECRET_KEY"] = "only-for-tests-" + "0123456789abcdefghijklmnopqrstuvwxyz" * 2

from virage.config.settings import *  # noqa: E402, F403
