"""What is under inspection and what is concluded: the guard and its explanations.

Invariants: for one unit, one part of one content and one day there is at most one live claim per level; a
lower level never over a higher one; a concluded claim changes only under a reopening, a replacement or a
recall. The database holds all of it (migration 0014); this room explains it and offers what is left.
"""
