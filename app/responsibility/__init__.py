"""Who answers for what was concluded, what was recommended and decided, what other bodies answered.

Invariants: posts and collectives stand everywhere, a person's name in a table of its own that only a logged
look reads; a decision carries its body, number and date; the head's record tells facts, never a score.
"""
