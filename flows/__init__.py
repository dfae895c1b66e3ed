"""Regulatory processes, one a file: which steps, in which order, done by whom. Nothing else.

Every process file is named like its flow and holds `PROCESS` and one Prefect flow. May import `tasks` and below.
"""
