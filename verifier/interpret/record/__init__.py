"""What a compiled policy was told and what it decided, written down by C between it and the simulated core."""
