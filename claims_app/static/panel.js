/* What is in hand on the workbench: the panel beside the text, what was typed in it, and the text that follows. */

export const one = (selector, root = document) => root.querySelector(selector);
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];
export const galley = () => one("#galley");
export const panel = () => one("#panel");
export const say = (words) => { one("#announce").textContent = words; };

/** What the marks have to do: before something else is taken in hand, and when there is a new galley. */
export const hooks = { taking: () => {}, galleyCame: () => {} };

/* ------------------------------------------------------------------ What is in hand */

let loading = null; // the panel that is on its way
let held = null; // what was taken last, its panel here or on its way

export const inHand = () => held;

function shownInPanel() {
  const head = one("[data-in-hand]", panel());
  return head && { kind: head.dataset.inHand, id: head.dataset.id };
}

export const marksOf = ({ kind, id }) => all(`#text [data-${kind}="${id}"]`);
const isSheet = () => getComputedStyle(panel()).position === "fixed";

function addressOf(hand) {
  const { address, version } = galley().dataset;
  const query = new URLSearchParams();
  if (version) query.set("version", version);
  if (hand) query.set(hand.kind, hand.id);
  return String(query) ? `${address}?${query}` : address;
}

function showHand(hand, { scrolls }) {
  all("#text [aria-current]").forEach((mark) => mark.removeAttribute("aria-current"));
  const marks = marksOf(hand);
  all("#work-head .strip g").forEach((tick) => tick.classList.toggle("in-hand", tick.dataset[hand.kind] === hand.id));
  marks.forEach((mark) => { if (!mark.matches(".fn, .gut a")) mark.setAttribute("aria-current", "true"); });
  history.replaceState(null, "", addressOf(hand));
  if (!scrolls || !marks.length) return;
  const [first] = marks.filter((mark) => !mark.matches(".gut a"));
  const { top, bottom } = first.getBoundingClientRect();
  const foot = isSheet() ? window.innerHeight * 0.6 : window.innerHeight - 80;
  if (top < 72 || bottom > foot) first.scrollIntoView({ block: "center", behavior: "instant" });
  marks.find((mark) => mark.matches("#text p .fn"))?.focus({ preventScroll: true });
}

export async function take(kind, id, { scrolls = true } = {}) {
  const hand = { kind, id: String(id) };
  held = hand;
  hooks.taking();
  showHand(hand, { scrolls });
  loading?.abort();
  const { signal } = loading = new AbortController();
  const template = kind === "claim" ? galley().dataset.claimPanel : galley().dataset.passagePanel;
  try {
    const answer = await fetch(template.replace("/0/", `/${id}/`), { signal });
    if (!answer.ok || answer.redirected) { window.location.assign(addressOf(hand)); return; }
    fillPanel(await answer.text());
    say([one(".claim-words, .quote", panel())?.textContent, ...all("header .st, header .tag", panel()).map((pill) => (
      pill.textContent))].filter(Boolean).join(", "));
  } catch {
    if (!signal.aborted) window.location.assign(addressOf(hand)); // the browser stops what loads at Escape
  }
}

/* ------------------------------------------------------------------ The panel, and what was typed in it */

const typed = new Map(); // of each claim or passage, by form and field

function keepTyped() {
  const hand = shownInPanel();
  if (!hand) return;
  const fields = all("form[id] :is(textarea, input:not([type=hidden]))", panel()).filter((field) => (
    field.matches("[type=radio], [type=checkbox]") ? field.checked !== field.defaultChecked
      : field.value !== field.defaultValue));
  const values = fields.map((field) => [field.form.id, field.name, field.type, field.value, field.checked]);
  typed.set(`${hand.kind} ${hand.id}`, values);
}

function giveBackTyped() {
  const hand = shownInPanel();
  for (const [form, name, type, value, checked] of (hand && typed.get(`${hand.kind} ${hand.id}`)) || []) {
    const field = all(`#${form} [name="${name}"]`, panel()).find((other) => type !== "radio" || other.value === value);
    if (!field) continue;
    if (type === "radio" || type === "checkbox") field.checked = checked;
    else field.value = value;
  }
}

export function fillPanel(content) {
  keepTyped();
  if (typeof content === "string") panel().innerHTML = content;
  else panel().replaceChildren(...content);
  panel().scrollTop = 0;
  htmx.process(panel());
  giveBackTyped();
}

export function openSheet(isOpen = true) { panel().toggleAttribute("data-raised", isOpen); }

export function goToPanel() {
  openSheet();
  one("h2", panel())?.setAttribute("tabindex", "-1");
  one("h2", panel())?.focus();
}

/* ------------------------------------------------------------------ Keeping in step */

export function parse(html) { return new DOMParser().parseFromString(html, "text/html"); }

/* Shows what a newly made page of the workbench holds, and leaves the text where it stands on the screen. */
function show(page) {
  const anchor = all("#text .para").find((row) => row.getBoundingClientRect().bottom > 60);
  const before = anchor?.getBoundingClientRect().top;
  for (const id of ["work-head", "galley"]) document.getElementById(id).replaceWith(page.getElementById(id));
  const after = anchor && document.getElementById(anchor.id)?.getBoundingClientRect().top;
  if (after !== undefined) window.scrollBy({ top: after - before, behavior: "instant" });
  hooks.galleyCame();
}

function showSentences(page) {
  const said = one(".flashes", page);
  one(".flashes")?.remove();
  if (!said) return;
  // Beside what was done, so that the text does not jump; a sheet that has closed leaves only the head of the page.
  (isSheet() ? one("#main") : panel()).prepend(said);
  say(said.textContent.trim());
}

/** After something was done: the page it led to tells what is new, if it is the workbench; else that is asked. */
export async function land(html) {
  let page = parse(html);
  const sentences = page;
  const hand = inHand();
  if (hand) typed.delete(`${hand.kind} ${hand.id}`);
  if (!page.getElementById("work")) page = parse(await (await fetch(addressOf(hand))).text());
  panel().replaceChildren();
  const content = page.getElementById("panel").innerHTML;
  show(page);
  fillPanel(content);
  const now = held = shownInPanel();
  if (now) showHand(now, { scrolls: now.id !== hand?.id });
  openSheet(false);
  panel().focus({ preventScroll: true });
  showSentences(sentences);
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, requestConfig, target } = event.detail;
  if (!requestConfig.elt.closest("#panel") || target.id !== "main" || xhr.status !== 200) return;
  event.detail.shouldSwap = false;
  land(xhr.responseText);
});

/** Takes in hand what the page came with. */
export function beginWithHand() {
  held = shownInPanel();
  if (held) showHand(held, { scrolls: true });
}
