"""The audit gate: read the object and the generated C, and believe neither.

Import what you need from the modules; this package imports nothing, since `schedc compile` counts
its milliseconds: `object.Object`, `object_audit.audit_object`, `cost.object_cost`, `poly.Poly`,
`c_audit.audit_c`. For the same reason plain records inside are named tuples, which are made ten times
faster than dataclasses; results that leave the package are records (`schedc.record`).
"""
