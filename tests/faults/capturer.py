"""A worker of its own that captures from a site on this machine and says on its output how far it is."""

CAPTURER = """
import os, sys, threading
from claims_app.config import read_settings
from claims_app.db import open_engine, open_sessions
from claims_app.fetching import Guard
from claims_app.worker import Jobs, Workshop

host, port, stage = sys.argv[1], int(sys.argv[2]), sys.argv[3]

class Halting(Workshop):
    def _keep(self, taken, kept):
        if stage == "kept":
            print("The files are there.", flush=True)
            threading.Event().wait()
        return super()._keep(taken, kept)

def hang(_handle):
    print("A file is written and not in its place.", flush=True)
    threading.Event().wait()

if stage == "writing":
    os.fsync = hang
settings = read_settings(os.environ)
guard = Guard(lambda *_: ["127.0.0.1"], frozenset({(host, port)}))
sessions = open_sessions(open_engine(settings.database))
with Jobs(Halting(settings, sessions, guard)).running(1):
    threading.Event().wait()
"""
