"""The kernel gate: a small virtual machine in which a real kernel takes, runs and judges an object."""
