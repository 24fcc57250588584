"""All mutations, by what they break."""

from __future__ import annotations

from schedc.verifier.mutate import cpus, fairness, losing, queues, serving, state
from schedc.verifier.mutate.mutation import Mutation

GROUPS: dict[str, tuple[Mutation, ...]] = {
    "Tasks that are lost or doubled": losing.MUTATIONS,
    "Queues": queues.MUTATIONS,
    "CPUs": cpus.MUTATIONS,
    "Slices and virtual time": fairness.MUTATIONS,
    "What is served when": serving.MUTATIONS,
    "State, indices, and CPUs that come and go": state.MUTATIONS,
}
MUTATIONS = tuple(each for group in GROUPS.values() for each in group)
