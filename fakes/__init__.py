"""Invented people, their papers, and the outside services that a portal talks to."""
