"""Keeps a set of processes running: starts them, starts them again when they die, and stops them in order."""

from cdt.supervision.programs import CannotStart, Change, Program, Server
from cdt.supervision.supervisor import Supervisor

__all__ = ["CannotStart", "Change", "Program", "Server", "Supervisor"]
