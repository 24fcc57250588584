"""Policies by a model: it is asked, its answer is checked, and it is told what is wrong until nothing is."""
