"""Deadlines: working days, calendar versions, rule profiles, and the office's settings.

Invariants: a deadline is an inclusive date; it is kept together with its rule, its profile and the calendar
version it was counted with; a published calendar version never changes (a correction is a new version), and
publishing one moves no date that was already notified; a setting has a day from which it holds, so that what
held on an earlier day can still be told.
"""
