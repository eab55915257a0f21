"""Digital signatures (PAdES): places prepared before, signatures by incremental update, checks after.

Nothing here knows a database: bytes in, bytes or a report out. Keys stay where they are (a file, a token);
what a signing tool says of itself is never believed, only what `checking` finds in the bytes.
"""
