"""Properties are judged by what they find, not by how long a loaded machine takes; a run repeats the one before."""

from hypothesis import HealthCheck, settings

settings.register_profile("schedc", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("schedc")
