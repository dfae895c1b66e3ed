"""What can be proved: the ledger, its verifier, the file store, and what a duty demands as proof.

What belongs here: sealing, checking, keeping bytes. May import `models` and below. The verifier imports none of
the writers.
"""
