"""When: workdays, periods, school terms, seasons and deadlines, from dated official sources.

What belongs here: every rule that turns a date into another date or says what kind of day it is,
with the data it reads. Bodies, duties, databases, Prefect and the machine's clock do not. A date
that rests on a notice nobody has published yet is never guessed: it is unknown, or given with its
earliest and latest value.
"""
