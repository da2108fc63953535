"""Matches whole calls at once: network flow over arrays, in stages, each with a bound that is proven."""
