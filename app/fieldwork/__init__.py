"""What happens at the unit: answers per scope item, strengths, sampled applications, roll-call, minutes.

Invariants: one answer per scope item; “chưa kiểm tra” releases its claim at the end; “đạt” says what was
looked at; signed minutes do not change (trigger).
"""
