"""The deterministic lab: how well schedulers serve a workload, on real kernels, the same at every run."""

from schedc.verifier.measure.errors import MeasureError
from schedc.verifier.measure.measure import Measured, Measurement, Options, measure
from schedc.verifier.measure.read import read
from schedc.verifier.measure.subject import Subject
from schedc.verifier.measure.workload import Workload

__all__ = ["MeasureError", "Measured", "Measurement", "Options", "Subject", "Workload", "measure", "read"]
