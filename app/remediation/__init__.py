"""Nội dung khắc phục: what must be mended, by whom, until when, with what result, and its acceptance.

Invariants: exactly one lead unit and, once issued, one follower; accepted per result by the follower, never
by who reported it; lateness is judged by the unit's submission; a notified date never moves silently.
"""
