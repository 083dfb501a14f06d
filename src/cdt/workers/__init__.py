"""Does slow work: plain async functions; only queue.py and work.py know arq."""
