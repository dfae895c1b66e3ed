"""The web door: so far the calendar feeds of bodies, for programs that subscribe to them.

What belongs here: routes that turn verbs of `tasks` into answers. No logic of its own.
"""
