"""What all tests share: no cache outside the test run."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True, scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    import os

    os.environ["KTT_POLICY_CACHE"] = str(tmp_path_factory.mktemp("cache"))
