"""Digital signatures (PAdES): places prepared before, signatures by incremental update, checks after.

`places`, `keys`, `appearance`, `signing`, `timestamping`, `revocation`, `store`, `levels`, `checking`, `demo`
and `specimens` know no database: bytes in, bytes or a report out. `keyring` reads what is configured;
`signers` keeps who signs by which key and certificate; `acts` are the steps of signing, sealing and taking
back; `tickets` let a signing tool hand in one file; `records` keeps what was found. Keys stay where they are
(a file, a token); what a signing tool says of itself is never believed, only what `checking` finds.
"""
