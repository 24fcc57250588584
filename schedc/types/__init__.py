"""What the language knows before it reads a policy: units, arithmetic, entities, events and functions."""
