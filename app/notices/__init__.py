"""Thông báo kết luận: composing from the record, checking, and the one act that concludes.

Invariant: issuing freezes bytes and SHA-256, concludes the claims, releases what was not examined, freezes
findings, issues the tasks and hands over to the follower: all or nothing.
"""
