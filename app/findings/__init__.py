"""Shortcomings found, what the unit says about them, and what the unit says for itself.

Invariants: a finding belongs to a scope item; it enters a notice only when it stands in the signed minutes
or the unit was asked; only the team's leader agrees to it; once concluded it is frozen (trigger).
"""
