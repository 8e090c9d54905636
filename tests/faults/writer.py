"""A process that commits claims without a pause and says the number of each once it is committed."""

WRITER = """
import os
from claims_app.claims.service import open_claim
from claims_app.config import read_settings
from claims_app.db import open_engine, open_sessions, writing
from claims_app.people.model import Person
from claims_app.verdicts import service  # completes the tables

with open_sessions(open_engine(read_settings(os.environ).database))() as session:
    while True:
        with writing(session):
            editor = session.get_one(Person, 1)
            claim = open_claim(session, actor=editor, article_id=1, statement_en="Written without a pause.")
        print(claim.id, flush=True)
"""
