"""Which obligation runs when: Prefect deployments and schedules out of regulations and calendar, and what runs them.

What belongs here: the desired deployments, the change from what Prefect has to what is desired, and the processes of
one machine (server, worker, demonstration mailbox). May import `flows` and below. No state of ours lives in Prefect.
"""
