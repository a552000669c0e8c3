"""What all tests share: no cache outside the test run, and no example judged by how long it took."""

from __future__ import annotations

import pytest
from hypothesis import settings

settings.register_profile("no clock", deadline=None)
settings.load_profile("no clock")


@pytest.fixture(autouse=True, scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    import os

    os.environ["KTT_POLICY_CACHE"] = str(tmp_path_factory.mktemp("cache"))
