"""Theo dõi khắc phục: the table people live in, its figures, its quick edits and its print-outs.

Invariants: "Tiến độ" comes from one function (`deadlines.badge.progress`) whose SQL twin in `conditions`
counts the same rows; the leader's version never holds the name of an officer.
"""
