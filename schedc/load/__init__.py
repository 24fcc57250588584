"""Policies on this machine: a certified object is attached, watched, and taken off."""
