"""What hypothesis draws: machines, tasks, events and params, in themes of what broke schedulers in the field."""

from schedc.verifier.fuzz.draw.drawn import each_story, some_stories
from schedc.verifier.fuzz.draw.themes import ATOMIC, THEMES, Theme, stories

__all__ = ["ATOMIC", "THEMES", "Theme", "each_story", "some_stories", "stories"]
