"""The doors: command line, settings, clock and errors.

What belongs here: how people and machines enter (`cli`), where data lives (`settings`), what time it is
(`clock`), and every way to refuse (`errors`). Duties, dates and proofs do not.
"""

__version__ = "0.1.0"
