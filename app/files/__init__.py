"""Evidence and document bytes: content-addressed by SHA-256, stored once, never changed.

A file is written before its row (temp → fsync → rename), so a row never lacks its bytes.
"""
