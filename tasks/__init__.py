"""Verbs: open, remind, submit, review, notify, deliver, plan, simulate.

What belongs here: plain functions that change or read a district, each within one transaction, and thin Prefect
tasks around them in `tasks.steps`. Order and responsibility are the flows'. May import `evidence` and below.
"""
