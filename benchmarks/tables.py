"""The figures as Markdown tables, each beside its goal."""

from typing import Any

from benchmarks.goals import GOALS, Goal

PEERS = ("Flask-Admin", "Django admin", "Datasette")
ADMINS = PEERS[:2]


def _cell(found: dict[str, Any], who: str) -> str:
    if who not in found:
        return "–"
    p50, p95 = found[who]["p50"], found[who]["p95"]
    return f"{p50:,.0f} / {p95:,.0f}" if p50 >= 100 else f"{p50:.1f} / {p95:.1f}"


def _best(found: dict[str, Any], whom: tuple[str, ...]) -> float | None:
    return min((found[who]["p50"] for who in whom if who in found), default=None)


def _ratio(value: float | None, goal: float | None, *, at_least: bool, is_judged: bool = True) -> str:
    """Return a ratio, its goal and whether it is reached."""
    if value is None:
        return "–"
    shown = f"{value:,.0f}×" if value >= 20 else f"{value:.1f}×"
    if goal is None or not is_judged:
        return shown
    is_reached = value >= goal if at_least else value <= goal
    return f"{shown} ({'≥' if at_least else '≤'} {goal:g}: {'yes' if is_reached else '**no**'})"


def _row(goal: Goal, found: dict[str, Any]) -> str:
    mine = found.get("product", {}).get("p50")
    best, admins, floor = _best(found, PEERS), _best(found, ADMINS), _best(found, ("floor",))
    ratios = (
        _ratio(best / mine if best and mine else None, goal.over_peer, at_least=True),
        _ratio(admins / mine if admins and mine else None, goal.over_admins, at_least=True),
        _ratio(mine / floor if floor and mine else None, goal.under_floor, at_least=False),
    )
    size = f"{found['product']['size']:,}" if "product" in found else "–"
    cells = [goal.label, *(_cell(found, who) for who in ("product", "floor", *PEERS)), *ratios, size]
    return f"| {' | '.join(cells)} |"


def result_table(run: dict[str, Any]) -> str:
    """Return one desk's times, p50 / p95 in milliseconds, with the ratios and whether their goals are reached."""
    head = ("operation", "product", "floor", *PEERS, "best peer ÷ product", "better admin ÷ product", "product ÷ floor")
    lines = [
        f"**{run['claims']:,} claims** (ms, p50 / p95)",
        "",
        f"| {' | '.join(head)} | bytes |",
        f"|{'---|' * (len(head) + 1)}",
    ]
    return "\n".join(lines + [_row(GOALS[name], found) for name, found in run["results"].items()])


def memory_table(run: dict[str, Any]) -> str:
    """Return what the export of everything cost in memory, and how fast it was."""
    lines = [
        "| CSV of all claims | rows/s | own memory before, MB | at its height | grown by | peak with the mapped file |",
        "|---|---|---|---|---|---|",
    ]
    for who, (before, height, peak) in run["memory"].items():
        taken = run["results"]["export"].get(who)
        speed = f"{run['claims'] / taken['p50'] * 1000:,.0f}" if taken else "–"
        lines.append(f"| {who} | {speed} | {before:.0f} | {height:.0f} | {height - before:.1f} | {peak:,.0f} |")
    return "\n".join(lines)


def growth_table(runs: list[dict[str, Any]]) -> str:
    """Return the product's p50 at each size, and how it grew from the smallest to the largest."""
    first, last = runs[0], runs[-1]
    sizes = [f"{run['claims']:,}" for run in runs]
    lines = [f"| product, p50 ms | {' | '.join(sizes)} | growth |", f"|{'---|' * (len(runs) + 2)}"]
    is_judged = first["claims"] == 10_000 and last["claims"] == 1_000_000
    for name, goal in GOALS.items():
        mine = [run["results"].get(name, {}).get("product", {}).get("p50") for run in runs]
        if None in mine:
            continue
        grown = _ratio(mine[-1] / mine[0], goal.growth, at_least=False, is_judged=is_judged)
        lines.append(f"| {goal.label} | {' | '.join(f'{value:.2f}' for value in mine)} | {grown} |")
    return "\n".join(lines)
