"""Grading a class with nbgrader: every submission with limits, in processes of its own, on one machine or many."""
