"""The floor: Flask, Jinja and one bare query for each page. No sign-in, no layout, no counts; nothing can be faster.

Run as ``python floor.py DATABASE PORT``.
"""

import csv
import io
import json
import sqlite3
import sys
import threading
from collections.abc import Iterator

from flask import Flask, Response, redirect, request
from waitress import serve

LIST = """<!doctype html><title>Claims</title><table>{% for row in rows %}
<tr><td>{{ row.number }}</td><td><a href="/detail/{{ row.id }}">{{ row.statement_he or row.statement_en }}</a></td>
<td>{{ row.title_he or row.title_en }}</td><td>{{ row.status }}</td><td>{{ row.kind }}</td><td>{{ row.priority }}</td>
<td>{{ row.name or "" }}</td><td>{{ row.updated_at }}</td></tr>{% endfor %}</table>"""
DETAIL = """<!doctype html><title>Claim</title>{% for row in rows %}{% if loop.first %}
<h1>{{ row.statement_he or row.statement_en }}</h1><p>{{ row.status }} {{ row.kind }} {{ row.priority }}</p>{% endif %}
<li>{{ row.stance }}: {{ row.summary }} <a href="{{ row.address }}">{{ row.title }}</a></li>{% endfor %}"""
FORM = """<!doctype html><title>Claim</title><form method="post">{% for name in rows[0].keys() %}
<label>{{ name }} <input name="{{ name }}" value="{{ rows[0][name] or '' }}"></label>
{% endfor %}<button>Save</button></form>"""

ROWS = (
    "SELECT c.id, c.number, c.statement_he, c.statement_en, c.status, c.kind, c.priority, c.updated_at, a.title_he, "
    "a.title_en, p.name FROM claim c JOIN article a ON a.id = c.article_id LEFT JOIN person p ON p.id = c.assignee_id "
)
NEWEST = "ORDER BY c.updated_at DESC, c.id DESC LIMIT 50"
FOUND = "WHERE c.id IN (SELECT rowid FROM claim_search WHERE claim_search MATCH ? ORDER BY rowid DESC LIMIT 50)"
PROOF = (
    "SELECT c.*, e.stance, e.summary, s.title, s.address FROM claim c LEFT JOIN evidence e ON e.claim_id = c.id "
    "LEFT JOIN source s ON s.id = e.source_id WHERE c.id = ?"
)
EDITED = (
    "SELECT statement_he, statement_en, kind, priority, section, paragraph, claimant_id, is_attributed, citation_id, "
    "cited_basis FROM claim WHERE id = ?"
)
EXPORT = (
    "SELECT c.id, a.title_he, a.title_en, c.number, c.statement_he, c.statement_en, c.kind, c.priority, c.status, "
    "p.name, c.supports, c.refutes, c.contexts, c.updated_at FROM claim c JOIN article a ON a.id = c.article_id "
    "LEFT JOIN person p ON p.id = c.assignee_id WHERE c.withdrawn_at IS NULL "
)

app = Flask(__name__)
local = threading.local()
templates = {
    name: app.jinja_env.from_string(text) for name, text in (("list", LIST), ("detail", DETAIL), ("form", FORM))
}


def connect() -> sqlite3.Connection:
    """Return this thread's connection."""
    if not hasattr(local, "connection"):
        connection = sqlite3.connect(app.config["DATABASE"])
        connection.row_factory = sqlite3.Row
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "mmap_size=2147483648", "cache_size=-65536"):
            connection.execute(f"PRAGMA {pragma}")
        local.connection = connection
    held: sqlite3.Connection = local.connection
    return held


def shown(name: str, query: str, *values: object) -> str:
    """Return the page of one query."""
    return templates[name].render(rows=connect().execute(query, values).fetchall())


@app.get("/list")
def newest() -> str:
    return shown("list", f"{ROWS} WHERE c.withdrawn_at IS NULL {NEWEST}")


@app.get("/list.json")
def newest_json() -> Response:
    rows = connect().execute(f"{ROWS} WHERE c.withdrawn_at IS NULL {NEWEST}").fetchall()
    return Response(json.dumps([dict(row) for row in rows]), mimetype="application/json")


@app.get("/deep")
def deep() -> str:
    place = "WHERE c.withdrawn_at IS NULL AND (c.updated_at, c.id) < (?, ?)"
    return shown("list", f"{ROWS} {place} {NEWEST}", request.args["at"], int(request.args["id"]))


@app.get("/filter")
def filtered() -> str:
    return shown("list", f"{ROWS} WHERE c.withdrawn_at IS NULL AND c.status = ? {NEWEST}", request.args["status"])


@app.get("/search")
def search() -> str:
    return shown("list", f"{ROWS} {FOUND}", request.args["q"])


@app.get("/detail/<int:claim_id>")
def detail(claim_id: int) -> str:
    return shown("detail", PROOF, claim_id)


@app.route("/edit/<int:claim_id>", methods=["GET", "POST"])
def edit(claim_id: int) -> Response | str:
    if request.method == "GET":
        return shown("form", EDITED, claim_id)
    with connect() as connection:
        connection.execute(
            "UPDATE claim SET section = ?, updated_at = datetime('now') WHERE id = ?",
            (request.form["section"], claim_id),
        )
    return redirect(f"/detail/{claim_id}", 303)  # type: ignore[return-value]


def lines(query: str, *values: object) -> Iterator[str]:
    """Yield the rows of a query as CSV, a thousand at a time."""
    connection = sqlite3.connect(app.config["DATABASE"])
    try:
        cursor = connection.execute(query, values)
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(column[0] for column in cursor.description)
        while rows := cursor.fetchmany(1000):
            writer.writerows(rows)
            yield out.getvalue()
            out.seek(0)
            out.truncate()
        yield out.getvalue()
    finally:
        connection.close()


@app.get("/article/<int:article_id>.csv")
def article(article_id: int) -> Response:
    return Response(lines(f"{EXPORT} AND c.article_id = ?", article_id), mimetype="text/csv")


@app.get("/all.csv")
def everything() -> Response:
    return Response(lines(EXPORT), mimetype="text/csv")


if __name__ == "__main__":
    app.config["DATABASE"] = sys.argv[1]
    serve(app, host="127.0.0.1", port=int(sys.argv[2]), threads=4)
