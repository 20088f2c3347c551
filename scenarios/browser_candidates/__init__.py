"""Candidates at real browsers, who ride along in a run: what a person sees of the pages while the load lasts."""
