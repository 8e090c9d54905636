/* The workbench by hand: going through claims and passages, marking words, and what keys and clicks do there.
   Every page works without this file. */

import { Galley } from "./marking.js";
import {
  all, beginWithHand, fillPanel, galley, goToPanel, hooks, inHand, land, marksOf, one, openSheet, panel, parse, say,
  take,
} from "./panel.js";

const FIELDS = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";
const CONTROLS = "a, button, summary, input, label, select, textarea";
/* The physical key, so that shortcuts work with the Hebrew layout on. */
const KEYS = {
  KeyJ: "j", KeyK: "k", KeyO: "o", KeyM: "m", KeyN: "n", KeyW: "w", KeyL: "l", Enter: "Enter", Escape: "Escape",
  ArrowLeft: "ArrowLeft", ArrowRight: "ArrowRight", ArrowUp: "ArrowUp", ArrowDown: "ArrowDown",
};

const bar = () => one("#markbar");

let text = null; // the stored text; made anew with every galley

/* ------------------------------------------------------------------ Moving */

function idsOf(kind) { return [...new Set(all(`#text p [data-${kind}]`).map((mark) => mark.dataset[kind]))]; }

/* The next claim or passage after the one in hand; with none in hand, the first one that is seen. */
function next(kind, step) {
  const ids = idsOf(kind);
  if (!ids.length) return false;
  const hand = inHand();
  let at = hand?.kind === kind ? ids.indexOf(hand.id) + step : -1;
  if (hand?.kind !== kind || !ids.includes(hand.id)) {
    const from = hand ? marksOf(hand)[0] : null;
    const isAhead = (id) => {
      const mark = one(`#text p [data-${kind}="${id}"]`);
      return from ? from.compareDocumentPosition(mark) & Node.DOCUMENT_POSITION_FOLLOWING
        : mark.getBoundingClientRect().top > 56;
    };
    at = ids.findIndex(isAhead);
    if (step < 0) at = (at < 0 ? ids.length : at) - 1;
  }
  if (kind === "passage" && (at < 0 || at >= ids.length)) at = 0; // round again, until none is open
  take(kind, ids[Math.min(Math.max(at, 0), ids.length - 1)]);
  return true;
}

/* ------------------------------------------------------------------ Marking words */

let marked = null; // where the words begin and end
let edge = null; // which end the arrows move; null: the words were selected by hand
let isPressed = false;

const canMark = () => bar() !== null;

function clearMarked() {
  if (marked) window.getSelection().removeAllRanges();
  [marked, edge] = [null, null];
  if (bar()) bar().hidden = true;
}

function highlight(span) {
  if (!("highlights" in CSS)) return;
  if (span) CSS.highlights.set("marked", new Highlight(text.range(span)));
  else CSS.highlights.delete("marked");
}

function select(span) {
  const { startContainer, startOffset, endContainer, endOffset } = text.range(span);
  window.getSelection().setBaseAndExtent(startContainer, startOffset, endContainer, endOffset);
}

function showBar() {
  const box = bar();
  const head = one("[data-in-hand=claim][data-live=yes]", panel());
  one("[data-mark=place]", box).hidden = !head;
  if (head) one("[data-claim-number]", box).textContent = head.dataset.number;
  one("[data-walking]", box).hidden = !edge;
  const { begin: first, end: last } = one("[data-mark=turn]", box).dataset;
  one("[data-turn]", box).textContent = edge === "begins" ? first : last;
  box.hidden = false;
  placeBar(box);
}

/* Under the last line of the words, or over the first: never on them, as long as one of both is on the screen. */
function placeBar(box) {
  const lines = [...text.range(marked).getClientRects()].filter((line) => line.width > 0);
  if (!lines.length) return;
  const sheet = galley().getBoundingClientRect();
  const height = box.offsetHeight;
  const last = lines.reduce((low, line) => (line.bottom > low.bottom ? line : low));
  const first = Math.min(...lines.map((line) => line.top));
  const gap = matchMedia("(pointer: coarse)").matches ? 32 : 8; // the handles of a touch selection hang below it
  let top = last.bottom + gap;
  if (top + height > window.innerHeight - 8) {
    const above = first - height - gap;
    top = above > 56 ? above : window.innerHeight - height - 16;
  }
  const widest = sheet.width - box.offsetWidth - 12;
  const isRtl = getComputedStyle(galley()).direction === "rtl";
  const start = isRtl ? sheet.right - last.right : last.left - sheet.left;
  box.style.insetBlockStart = `${top - sheet.top}px`;
  box.style.insetInlineStart = `${Math.max(12, Math.min(start, widest))}px`;
}

function showPlace(point) {
  const { startContainer } = text.range({ begins: point, ends: point + 1 });
  startContainer.parentElement.scrollIntoView({ block: "center", behavior: "instant" });
}

function mark(span, walks) {
  marked = span;
  edge = walks ?? null;
  if (edge) {
    select(span);
    say(text.read(span.begins, span.ends));
    const at = edge === "ends" ? span.ends - 1 : span.begins;
    const { top, bottom } = text.range({ begins: at, ends: at + 1 }).getBoundingClientRect();
    if (top < 72 || bottom > window.innerHeight - 100) showPlace(at);
  }
  showBar();
}

function startMarking() {
  if (!canMark()) return false;
  if (edge) return turn();
  const hand = inHand();
  const [first] = hand ? marksOf(hand).filter((one_) => one_.matches("mark, .gap")) : [];
  const seen = text.paragraphs.find(({ node }) => node.getBoundingClientRect().bottom > 120);
  const span = marked ?? text.sentenceAt(first ? text.spanOf(first).begins : (seen ?? text.paragraphs[0]).begins);
  const whole = span && (marked ?? text.withoutStop(span.begins, span.ends));
  if (whole) mark(whole, "ends");
  return Boolean(whole);
}

function turn() {
  mark(marked, edge === "ends" ? "begins" : "ends");
  return true;
}

function walk(step) {
  mark(text.walk(marked, edge ?? "ends", step), edge ?? "ends");
  return true;
}

function walkSentence(step) {
  const here = text.sentenceAt(marked.begins);
  const place = step > 0 ? here.ends : here.begins - 3;
  const sentence = place >= 0 && text.sentenceAt(place);
  const whole = sentence && text.withoutStop(sentence.begins, sentence.ends);
  if (whole) mark(whole, "ends");
  return true;
}

function onSelect() {
  if (isPressed || edge || !text) return;
  const span = canMark() ? text.selected() : null;
  if (span) mark(span);
  else if (marked && !bar().contains(document.activeElement)) { marked = null; bar().hidden = true; }
}

/* ------------------------------------------------------------------ A claim on the marked words */

async function openForm(span) {
  const address = new URL(galley().dataset.markAddress, window.location.href);
  address.searchParams.set("begins", span.begins);
  address.searchParams.set("ends", span.ends);
  address.searchParams.set("form", "claim-form");
  const answer = await fetch(address);
  if (!answer.ok || answer.redirected) { window.location.assign(address); return; }
  const page = parse(await answer.text());
  const form = page.getElementById("claim-form");
  if (!form) { window.location.assign(address); return; }
  const head = document.createElement("header");
  const title = document.createElement("h2");
  title.textContent = one("h1", page).textContent;
  head.append(title);
  const hand = inHand();
  fillPanel([head, form]);
  panel().dataset.back = hand ? `${hand.kind} ${hand.id}` : "";
  clearMarked();
  highlight(span);
  openSheet();
  (one("[autofocus]", form) ?? form).focus();
}

function leaveForm() {
  if (!one("#claim-form", panel())) return false;
  highlight(null);
  const [kind, id] = (panel().dataset.back ?? "").split(" ");
  openSheet(false);
  fillPanel([]); // at once: what comes in its place may be long on its way
  if (id) take(kind, id, { scrolls: false });
  return true;
}

async function addPlace(span) {
  const head = one("[data-in-hand=claim]", panel());
  if (!head) return;
  const sent = new FormData();
  sent.set("csrf_token", one("[name=csrf_token]").value);
  sent.set("begins", span.begins);
  sent.set("ends", span.ends);
  sent.set("version", galley().dataset.versionId);
  const address = galley().dataset.placeAddress.replace("/0/", `/${head.dataset.id}/`);
  const answer = await fetch(address, { method: "POST", body: sent });
  const html = await answer.text();
  clearMarked();
  if (answer.ok) { await land(html); return; }
  const refused = one(".sum", parse(html));
  if (!refused) { window.location.reload(); return; }
  panel().prepend(refused);
  refused.focus();
}

const DEEDS = {
  new: () => { openForm(marked); return true; },
  place: () => { addPlace(marked); return true; },
  back: () => walk(-1),
  on: () => walk(1),
  turn,
  cancel: () => { clearMarked(); return true; },
};

/* ------------------------------------------------------------------ Keys */

function onArrow(key) {
  if (!marked || !canMark()) return false;
  if (key === "ArrowUp" || key === "ArrowDown") return edge ? walkSentence(key === "ArrowDown" ? 1 : -1) : false;
  const place = text.paragraphs.find((paragraph) => marked.begins <= paragraph.ends).node;
  const onward = getComputedStyle(place).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
  return walk(key === onward ? 1 : -1);
}

function act(key, event) {
  if (key.startsWith("Arrow")) return (edge || event.shiftKey) && onArrow(key);
  const isControl = event.target.matches(CONTROLS);
  switch (key) {
    case "j": return next("claim", 1);
    case "k": return next("claim", -1);
    case "o": return next("passage", 1);
    case "m": return startMarking();
    case "l": return Boolean(marked) && Boolean(one("[data-in-hand=claim]", panel())) && DEEDS.place();
    case "n":
      if (marked) return DEEDS.new();
      one("[data-passage-claim]", panel())?.click();
      return true;
    case "w": {
      const why = one("#waive-form [name=why]", panel());
      if (why) { openSheet(); why.focus(); }
      return Boolean(why);
    }
    case "Enter":
      if (edge && !event.target.closest("#markbar")) return DEEDS.new();
      if (isControl && !event.target.matches(".fn")) return false;
      if (!inHand()) return false;
      goToPanel();
      return true;
    default: return escape();
  }
}

function escape() {
  if (marked) return DEEDS.cancel();
  if (leaveForm()) return true;
  if (!panel().hasAttribute("data-raised")) return false;
  openSheet(false);
  return true;
}

// Before the keys of every page, some of which mean something else here.
document.addEventListener("keydown", (event) => {
  const key = KEYS[event.code];
  if (!key || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || one("dialog[open]")) return;
  if (!("shortcuts" in document.body.dataset) || event.target.matches(FIELDS)) return;
  if (event.shiftKey && !key.startsWith("Arrow")) return;
  if (!act(key, event)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

/* ------------------------------------------------------------------ The mouse and the finger */

/* Of marks that lie in one another the innermost is taken; once more, the one around it. */
function takeMark(target) {
  const chain = [];
  for (let node = target.closest("mark[data-claim]"); node; node = node.parentElement.closest("mark[data-claim]")) {
    chain.push(node.dataset.claim);
  }
  const hand = inHand();
  const at = hand?.kind === "claim" ? chain.indexOf(hand.id) : -1;
  take("claim", chain[(at + 1) % chain.length], { scrolls: false });
}

const CLICKS = [
  ["[data-mark]", (target) => DEEDS[target.dataset.mark]()],
  ["[data-sheet]", (target) => (target.dataset.sheet === "open" ? goToPanel() : openSheet(false)), "button"],
  ["[data-step]", (target) => next("claim", Number(target.dataset.step))],
  ["[data-into-panel]", (target) => {
    const asked = new URL(target.href).searchParams;
    openForm({ begins: asked.get("begins"), ends: asked.get("ends") });
  }],
  ["[data-cancel]", leaveForm],
  ["[data-goto]", (target) => {
    showPlace(Number(target.dataset.goto));
    openSheet(false);
  }],
  ["[data-reason]", (target) => {
    const why = one("#waive-form [name=why]", panel());
    why.value = target.dataset.reason;
    why.focus();
  }],
  ["[data-finding]", (target) => {
    openSheet();
    const choice = one(`#verdict-form [name=finding][value="${target.dataset.finding}"]`, panel());
    if (choice) choice.checked = true;
    one("#verdict-form textarea", panel())?.focus();
  }],
  ["a[data-claim], g[data-claim]", (target) => take("claim", target.dataset.claim)],
  ["mark[data-claim]", (_mark, event) => takeMark(event.target)],
  ["[data-passage]", (target) => take("passage", target.dataset.passage, { scrolls: !target.matches(".gap") })],
];

document.addEventListener("click", (event) => {
  const isPlain = !(event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  if (!isPlain || !event.target.closest("#work")) return;
  const isWords = event.target.closest("#text p") && !event.target.closest("a");
  if (isWords && !window.getSelection().isCollapsed) return; // the hand was selecting
  for (const [selector, does] of CLICKS) {
    const target = event.target.closest(selector);
    if (target) {
      if (does(target, event) !== false) event.preventDefault();
      return;
    }
  }
});

document.addEventListener("pointerdown", (event) => {
  if (event.target.closest("#markbar")) { event.preventDefault(); return; } // the words stay selected
  if (event.target.closest("#text")) { isPressed = event.pointerType === "mouse"; edge = null; }
});

document.addEventListener("pointerup", () => {
  if (!isPressed) return;
  isPressed = false;
  setTimeout(() => { // the browser drops an old selection after the press has ended
    onSelect();
    if (marked) select(marked);
  });
});

let waiting = 0;
document.addEventListener("selectionchange", () => {
  clearTimeout(waiting);
  waiting = setTimeout(onSelect, 150);
});
window.addEventListener("resize", () => { if (marked) placeBar(bar()); });

/* ------------------------------------------------------------------ A galley is here */

function begin() {
  text = new Galley(galley());
  [marked, edge] = [null, null];
  highlight(null);
}

hooks.taking = clearMarked;
hooks.galleyCame = begin;

if (galley()) {
  begin();
  beginWithHand();
}
