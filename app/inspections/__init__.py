"""One case of inspection: decision, team, inspected units, scope, schedule.

Invariants: a draft takes nothing; the decision takes the claims, all or none; nobody inspects the unit where
they work now; nothing about a surprise inspection reaches the unit before it is announced.
"""
