"""What is remembered: tables, states, and the schema of the law as data.

What belongs here: SQLModel tables, the database's transactions, the shape of `regulations/` and its loader, the
shape of a process. No verbs: nothing here decides, sends or proves. May import `calendars` and below.
"""
