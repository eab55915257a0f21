"""Việc của tôi: what waits for each person, and the shell around every page."""
