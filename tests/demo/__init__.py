"""Tests of the demonstration, and what they look at."""
