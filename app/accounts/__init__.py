"""People, their posts, sign-in, and the roles their appointments give today.

Invariants: a right is read from the appointments of today at every request; wrong passwords are throttled
per account and per address in the database; an account belongs to one person.
"""
