"""Properties are judged by what they find, not by how long a loaded machine takes; a run repeats the one before."""

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("schedc", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("schedc")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that boot kernels first: where tests run side by side, the longest must not begin last."""
    boots = {item.path for item in items if item.get_closest_marker("vm")}
    items.sort(key=lambda item: item.path not in boots)
