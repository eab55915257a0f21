"""Work for later: a row in the same database, written in the same transaction as the change.

A worker takes a row under a lease; a killed worker's row comes back when the lease runs out.
Handlers are given ids, load again, call a service, commit, and are safe to run twice.
"""
