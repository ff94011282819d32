// Single-letter keys, and the list of them behind `?`.
//
// An element takes a key with data-key="a". Inside [data-key-scope] the key works only while the focus is in
// that scope (the keys of one cue); outside, anywhere on the page. Nothing fires while someone is writing, and
// all of them can be switched off, for those who speak to their machine (WCAG 2.1.4).
import { kept, keep } from "./keep.js";
import { cover, isCovered, uncover } from "./cover.js";
import { say } from "./live.js";

function isWriting(element) {
  if (!element) return false;
  if (element.isContentEditable) return true;
  if (element.tagName === "SELECT" || element.tagName === "TEXTAREA") return true;
  return element.tagName === "INPUT" && !["radio", "checkbox", "button", "submit"].includes(element.type);
}

// What counts is the sign that was typed: on many keyboards the backslash stands behind AltGr or Option.
function isHeld(event) {
  if (event.metaKey) return true;
  return event.key === "\\" ? event.ctrlKey && !event.altKey : event.ctrlKey || event.altKey;
}

// Where the keyboard is set to another script, the key is known by its place.
function letterOf(event) {
  const place = /^[ -~]$/.test(event.key) ? null : /^Key([A-Z])$/.exec(event.code);
  return place ? place[1].toLowerCase() : event.key;
}

function areOn() {
  return kept("keys") !== "off";
}

function isShown(element) {
  return element.getClientRects().length > 0 && !element.disabled;
}

function holderOf(key, focus) {
  const escaped = CSS.escape(key);
  const scope = focus && focus.closest ? focus.closest("[data-key-scope]") : null;
  if (scope) {
    const inside = [...scope.querySelectorAll(`[data-key="${escaped}"]`)].find(isShown);
    if (inside) return inside;
  }
  return [...document.querySelectorAll(`[data-key="${escaped}"]`)].find(
    (element) => isShown(element) && !element.closest("[data-key-scope]"),
  );
}

function act(element) {
  if (element.matches("input, textarea, select, [tabindex='-1']")) element.focus();
  else element.click();
}

function listed() {
  const rows = new Map();
  for (const element of document.querySelectorAll("[data-key]")) {
    if (rows.has(element.dataset.key)) continue;
    const copy = element.cloneNode(true);
    for (const inner of copy.querySelectorAll("kbd, .unseen")) inner.remove();
    const words = element.dataset.keyLabel || copy.textContent.trim() || element.getAttribute("aria-label");
    if (words) rows.set(element.dataset.key, words);
  }
  return rows;
}

function fill(dialog) {
  const list = dialog.querySelector("[data-keys-list]");
  for (const old of list.querySelectorAll("[data-made]")) old.remove();
  for (const [key, words] of listed()) {
    const term = document.createElement("dt");
    const symbol = document.createElement("kbd");
    const meaning = document.createElement("dd");
    symbol.textContent = key;
    term.append(symbol);
    meaning.textContent = words;
    term.dataset.made = meaning.dataset.made = "yes";
    list.append(term, meaning);
  }
  dialog.querySelector("[data-keys-on]").checked = areOn();
}

export function keys() {
  const dialog = document.getElementById("keys");
  const open = () => {
    if (!dialog || dialog.open || isCovered()) return;
    fill(dialog);
    dialog.showModal();
  };
  for (const button of document.querySelectorAll("[data-keys-open]")) {
    button.hidden = false;
    button.addEventListener("click", open);
  }
  if (dialog) {
    dialog.querySelector("[data-keys-on]").addEventListener("change", (event) => {
      keep("keys", event.target.checked ? null : "off");
      say(event.target.checked ? dialog.dataset.on : dialog.dataset.off);
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || isHeld(event) || event.isComposing) return;
    if (!areOn() || isWriting(document.activeElement)) return;
    if (event.key === "\\") {
      event.preventDefault();
      if (isCovered()) uncover();
      else cover();
      return;
    }
    if (isCovered() || event.key.length !== 1) return;
    if (event.key === "?") {
      event.preventDefault();
      open();
      return;
    }
    if (document.querySelector("dialog[open]")) return;
    const holder = holderOf(letterOf(event), document.activeElement);
    if (!holder) return;
    event.preventDefault();
    act(holder);
  });
}
