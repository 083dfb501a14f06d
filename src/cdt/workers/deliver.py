"""Delivering one notification: an attempt, and what becomes of it."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import msgspec
import structlog
from uuid_utils.compat import uuid7

from cdt.commands import notifications as commands
from cdt.database.log import Log
from cdt.database.reading import NOBODY, Reader
from cdt.database.writing import Writer
from cdt.domain.kernel import Actor, Command, Position, Tenant
from cdt.readmodels import alerts, notifications, registry
from cdt.senders import webhook
from cdt.vault import webhooks
from cdt.vault.secret import VaultSecret
from cdt.workers import leases

log = structlog.get_logger()

PAUSES_SECONDS = (5.0, 30.0, 120.0, 600.0, 3600.0, 4 * 3600.0)
"""Before each new attempt; after the last one the delivery is given up: some five hours in all."""
