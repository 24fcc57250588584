"""The generated program: jinja templates, and the C headers that it includes."""
