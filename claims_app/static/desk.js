/* What the hand does without the mouse; every page works without this file. */
"use strict";

(() => {
  const FIELDS = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";
  /* The physical key, so that shortcuts work with the Hebrew layout on. */
  const LETTERS = {
    KeyJ: "j", KeyK: "k", KeyX: "x", KeyV: "v", KeyP: "p", KeyD: "d", KeyU: "u", KeyO: "o", KeyE: "e", KeyA: "a",
    KeyC: "c", KeyY: "y", KeyR: "r", Enter: "Enter", Escape: "Escape",
  };

  const one = (selector) => document.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];

  function keyOf(event) {
    if (event.key === "?" || (event.code === "Slash" && event.shiftKey)) return "?";
    if (event.key === "/" || event.code === "Slash") return "/";
    return LETTERS[event.code] || "";
  }

  /* The list: a cursor that j and k move. */
  const rows = () => all("[data-row]");

  function moveCursor(step) {
    const list = rows();
    const here = list.findIndex((row) => row.classList.contains("cursor"));
    const row = list[Math.min(Math.max(here + step, 0), list.length - 1)];
    if (!row) return false;
    list.forEach((other) => other.classList.toggle("cursor", other === row));
    row.querySelector("a")?.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
    return true;
  }

  function tickCursor() {
    const box = one("[data-row].cursor [name=claim]");
    if (!box) return false;
    box.click();
    return true;
  }

  function showSelected() {
    const boxes = all("[data-row] [name=claim]");
    const number = boxes.filter((box) => box.checked).length;
    boxes.forEach((box) => box.closest("tr").classList.toggle("on", box.checked));
    const bar = one("[data-bulk]");
    if (!bar) return;
    bar.hidden = number === 0;
    const words = bar.querySelector("[data-selected]");
    words.textContent = number === 1 ? words.dataset.one : words.dataset.many.replace("{}", number);
    const whole = one("[data-select-all]");
    whole.checked = number > 0 && number === boxes.length;
    whole.indeterminate = number > 0 && number < boxes.length;
  }

  function clearOrClose() {
    const bulk = one("#bulk");
    if (bulk && all("[name=claim]:checked").length) {
      bulk.reset();
      return true;
    }
    const menu = one("details.menu[open]");
    if (!menu) return false;
    // Else the next Tab would set out from a place that is no longer to be seen.
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    menu.open = false;
    return true;
  }

  function follow(key) {
    const target = one(`[data-key="${key}"]`);
    if (!target) return false;
    const hidden = target.closest("details:not([open])");
    if (hidden && !target.matches("summary")) hidden.open = true;
    target.focus();
    target.scrollIntoView({ block: "nearest" });
    if (target.matches("summary")) {
      target.parentElement.open = true;
      target.parentElement.querySelector("textarea, input:not([type=hidden])")?.focus();
    } else if (target.matches("a, button, label, input[type=radio]")) target.click();
    return true;
  }

  function act(key) {
    if (key === "?") { one("#keys")?.showModal(); return true; }
    if (key === "Escape") return clearOrClose();
    if (rows().length) {
      if (key === "j") return moveCursor(1);
      if (key === "k") return moveCursor(-1);
      if (key === "x") return tickCursor();
    }
    return key !== "" && key !== "Enter" && follow(key);
  }

  /* Enter in a choice takes it: the button beside it is pressed. */
  function takeChoice(select) {
    const button = select.matches("select[data-key]") && select.parentElement.querySelector("button");
    if (button) button.click();
    return Boolean(button);
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing) {
      const sends = (event.ctrlKey || event.metaKey) && event.target.form;
      if (sends) event.target.form.requestSubmit();
      if (sends || takeChoice(event.target)) { event.preventDefault(); return; }
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || one("dialog[open]")) return;
    const key = keyOf(event);
    const inField = event.target.matches(FIELDS);
    if (inField && key === "Escape") {
      event.target.blur();
      event.preventDefault(); // or the browser stops what the next key asks for
      return;
    }
    if (inField || !("shortcuts" in document.body.dataset)) return;
    if (act(key)) event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-help]")) one("#keys")?.showModal();
    if (event.target.closest("[data-print]")) window.print();
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-select-all]")) {
      all("[data-row] [name=claim]").forEach((box) => { box.checked = event.target.checked; });
    }
    if (event.target.matches("[name=claim], [data-select-all]")) showSelected();
    const form = event.target.closest("form[data-submit-on-change]");
    if (form) form.requestSubmit();
  });

  document.addEventListener("reset", () => { setTimeout(showSelected); });

  /* A form that is sent brings the page anew; what was typed into the others stays. */
  const FIELD = "input:not([type=hidden]), textarea, select";
  const isTyped = (field) => (
    field.matches("[type=checkbox], [type=radio]") ? field.checked !== field.defaultChecked
      : field.matches("select") ? [...field.options].some((option) => option.selected !== option.defaultSelected)
        : field.value !== field.defaultValue);
  let kept = [];

  document.addEventListener("htmx:beforeSwap", (event) => {
    kept = [];
    if (event.detail.target.id !== "main" || event.detail.isError) return;
    const sent = event.detail.requestConfig.elt;
    kept = all("#main form[id]").filter((form) => form !== sent).map((form) => {
      const isRefused = form.querySelector(".sum"); // came back filled, so that nothing in it looks typed
      const typed = [...form.querySelectorAll(FIELD)].filter((field) => field.name && (isRefused || isTyped(field)));
      return { form, typed };
    });
  });

  function giveBack({ form, typed }) {
    const place = document.getElementById(form.id);
    if (!place) return;
    if (place.tagName !== "FORM") { // a form that was fetched into its place
      place.replaceWith(form);
      htmx.process(form);
      return;
    }
    for (const old of typed) {
      const same = [...place.querySelectorAll(FIELD)].find((field) => (
        field.name === old.name && (old.type !== "radio" || field.value === old.value)));
      if (!same) continue;
      if ("checked" in old) same.checked = old.checked;
      if (!same.matches("[type=checkbox], [type=radio]")) same.value = old.value;
      const folded = same.closest("details:not([open])");
      if (folded) folded.open = true;
    }
  }

  document.addEventListener("htmx:afterSwap", () => { kept.forEach(giveBack); kept = []; });
  document.addEventListener("htmx:beforeRequest", () => { one(".flashes")?.remove(); });

  /* After a page or a part of it arrives: what was refused takes the focus. */
  function settle() {
    document.documentElement.dataset.scripted = "";
    showSelected();
    one("[data-focus]")?.focus();
  }

  document.addEventListener("htmx:afterSettle", settle);
  settle();
})();
