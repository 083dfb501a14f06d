"""Responds: a fact or a due time becomes a command or a job. Idempotent, and the only place that enqueues."""
