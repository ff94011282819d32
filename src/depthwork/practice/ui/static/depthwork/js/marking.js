// Marking an hour: words are selected by mouse, finger or keyboard; the palette asks what they are.
// The server sets the column anew after each act.
import { attributesOf, gathered, ranked } from "./codes.js";
import { say } from "./live.js";
import { boundary, column, fromSelection, plain, runsLeft, said, wordsOf } from "./words.js";

const marker = document.getElementById("marker");
const field = (name) => marker.elements.namedItem(name);
let shelf = null;
let chosen = null; // { start, end, quote } of the selected words
let editing = null; // the entry that is being changed
let sought = null; // the range of the selected words: the browser forgets its selection once the palette is written in
let cursor = null; // { turn, from, to }: words under the keyboard's hand

// The keyboard's hand: words of one turn, shown as the browser's own selection.
function select(turn, from, to) {
  const paragraph = said(turn);
  const words = wordsOf(plain(paragraph));
  if (words.length === 0) return;
  cursor = { turn, from: Math.max(0, Math.min(from, words.length - 1)), to: Math.max(0, Math.min(to, words.length - 1)) };
  const low = Math.min(cursor.from, cursor.to);
  const high = Math.max(cursor.from, cursor.to);
  const [startNode, startAt] = boundary(paragraph, words[low][0]);
  const [endNode, endAt] = boundary(paragraph, words[high][1]);
  const range = document.createRange();
  // A boundary at the end of a node belongs to the next one, or a mark's last letter would be taken too.
  range.setStart(startNode, startAt);
  range.setEnd(endNode, endAt);
  const selection = document.getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
  const taken = !editing && fromSelection(); // the next key may come before the browser tells
  if (taken) open(taken);
}

function moveTurn(step) {
  const turns = [...column().querySelectorAll("[data-turn]")];
  const here = document.activeElement?.closest?.("[data-turn]") || cursor?.turn;
  let at = turns.indexOf(here);
  if (at < 0) at = turns.findIndex((turn) => turn.getBoundingClientRect().bottom > 120) - (step > 0 ? 1 : 0);
  const next = turns[Math.max(0, Math.min(turns.length - 1, at + step))];
  if (!next) return;
  cursor = null;
  document.getSelection().removeAllRanges();
  close({ keep: true });
  next.focus();
}

function onArrow(event, turn) {
  const text = plain(said(turn));
  const way = (event.key === "ArrowRight") !== runsLeft(text) ? 1 : -1; // to the left, where Hebrew and Arabic go on
  const count = wordsOf(text).length;
  if (!cursor || cursor.turn !== turn) {
    select(turn, way > 0 ? 0 : count - 1, way > 0 ? 0 : count - 1);
  } else if (event.shiftKey) {
    const jump = event.ctrlKey || event.metaKey ? (way > 0 ? count : -count) : way;
    select(turn, cursor.from, cursor.to + jump);
  } else {
    const next = (way > 0 ? Math.max(cursor.from, cursor.to) : Math.min(cursor.from, cursor.to)) + way;
    select(turn, next, next);
  }
}

// The palette
async function codes() {
  if (!shelf) {
    const answer = await fetch(marker.dataset.codes, { credentials: "same-origin" });
    shelf = (await answer.json()).constructs;
  }
  return shelf;
}

function open(words) {
  chosen = words;
  field("start").value = words.start;
  field("end").value = words.end;
  const selection = document.getSelection();
  sought = !editing && selection.rangeCount ? selection.getRangeAt(0).cloneRange() : null;
  if (window.CSS.highlights && sought) CSS.highlights.set("chosen", new Highlight(sought));
  const quote = words.quote.replace(/\s+/g, " ");
  marker.querySelector("[data-quote]").textContent = quote.length > 180 ? `“${quote.slice(0, 110)} … ${quote.slice(-60)}”` : `“${quote}”`;
  document.getElementById("marker-says").textContent = "";
  marker.hidden = false;
  reveal();
}

// The words that are asked about stay in sight above the palette.
function reveal() {
  const words = editing ? document.querySelector(`mark[aria-details="${CSS.escape(editing.id)}"]`) : sought;
  if (!words) return;
  const below = words.getBoundingClientRect().bottom + 24 - marker.getBoundingClientRect().top;
  if (below > 0) window.scrollBy(0, below);
}

// Back to the choice of constructs, with the same words.
function again() {
  delete marker.dataset.stage;
  marker.querySelector("[data-code-part]").hidden = true;
  field("construct").value = field("code").value = "";
  for (const button of marker.querySelectorAll("[data-construct]")) button.setAttribute("aria-pressed", "false");
  marker.querySelector("[data-construct]").focus();
}

function close({ keep = false } = {}) {
  if (!marker || marker.hidden) return;
  marker.hidden = true;
  const back = editing;
  editing = null;
  chosen = null;
  sought = null;
  window.CSS.highlights?.delete("chosen");
  field("code").value = "";
  field("construct").value = "";
  field("version").value = "";
  delete marker.dataset.stage;
  marker.querySelector("[data-code-part]").hidden = true;
  marker.querySelector("[data-remove]").hidden = true;
  document.getElementById("marker-alike").textContent = "";
  for (const button of marker.querySelectorAll("[data-construct]")) button.setAttribute("aria-pressed", "false");
  if (!keep) (back || cursor?.turn)?.focus?.();
}

function construct(id) {
  return shelf.find((one) => one.id === id);
}

async function pick(id, { code = "", attributes = {} } = {}) {
  await codes();
  const one = construct(id);
  if (!one || !chosen) return;
  field("construct").value = id;
  for (const button of marker.querySelectorAll("[data-construct]"))
    button.setAttribute("aria-pressed", String(button.dataset.construct === id));
  const part = marker.querySelector("[data-code-part]");
  part.hidden = false;
  const input = document.getElementById("marker-code");
  const known = one.codes.find((c) => c.code === code);
  input.value = one.free ? attributes.label || "" : known ? known.name : code;
  marker.querySelector("[data-code-label]").textContent = one.free ? `${one.name}: ${marker.dataset.few}` : one.name;
  attributesOf(marker, one, attributes);
  offer(one, known ? "" : input.value, code);
  marker.dataset.stage = "code";
  input.focus({ preventScroll: true });
  input.select();
  reveal();
}

function offer(one, letters, present = "") {
  const list = document.getElementById("marker-list");
  list.replaceChildren();
  list.hidden = one.free;
  if (one.free) {
    field("code").value = "theme";
    marker.querySelector("[data-keep]").disabled = false;
    return;
  }
  ranked(one, letters).forEach((c, at) => {
    const option = document.createElement("li");
    option.id = `code-${at}`;
    option.setAttribute("role", "option");
    option.dataset.code = c.code;
    if (c.sphere) option.dataset.sphere = c.sphere;
    const name = document.createElement("b");
    name.textContent = c.name;
    const what = document.createElement("span");
    what.textContent = c.definition;
    option.append(name, what);
    list.append(option);
  });
  const wanted = present && [...list.children].find((option) => option.dataset.code === present);
  mark(wanted || list.firstElementChild);
}

function mark(option) {
  const list = document.getElementById("marker-list");
  for (const other of list.children) other.setAttribute("aria-selected", String(other === option));
  const input = document.getElementById("marker-code");
  if (option) {
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
    field("code").value = option.dataset.code;
    if (option.dataset.sphere) {
      const sphere = marker.querySelector(`[name="attribute-sphere"][value="${option.dataset.sphere}"]`);
      if (sphere) sphere.checked = true;
    }
  } else {
    input.removeAttribute("aria-activedescendant");
    field("code").value = "";
  }
  marker.querySelector("[data-keep]").disabled = !option;
}

function send(url) {
  field("attributes").value = JSON.stringify(gathered(marker, construct(field("construct").value)));
  const values = Object.fromEntries(["start", "end", "construct", "code", "attributes", "version"].map((n) => [n, field(n).value]));
  const area = column();
  window.htmx.ajax("POST", `${url}?${area.dataset.query}`, { target: "#column", swap: "outerHTML", values, source: marker });
}

function edit(entry) {
  const data = entry.dataset;
  editing = entry;
  const text = [...column().querySelectorAll(`mark[aria-details="${CSS.escape(entry.id)}"]`)].map(plain).join(" ");
  open({ start: Number(data.start), end: Number(data.end), quote: text });
  field("version").value = data.version || "";
  marker.querySelector("[data-remove]").hidden = !data.remove;
  pick(data.construct, { code: data.code, attributes: JSON.parse(data.attributes || "{}") });
}

function alike() {
  const area = column();
  const query = new URLSearchParams({ start: chosen.start, end: chosen.end });
  window.htmx.ajax("GET", `${area.dataset.alike}?${query}`, { target: "#marker-alike", swap: "innerHTML" });
}

// An entry and its words light up together.
function light(entry, on) {
  for (const mark of document.querySelectorAll(`mark[aria-details="${CSS.escape(entry.id)}"]`)) mark.classList.toggle("lit", on);
}

function arrive() {
  const area = column();
  for (const hidden of area.querySelectorAll("[data-needs-script], [data-edit][hidden]")) hidden.hidden = false;
  const go = area.querySelector("[data-go]");
  if (!go) return;
  const place = document.getElementById(go.dataset.go);
  if (!place) return;
  if (!place.hasAttribute("tabindex") && !place.matches("button, a")) place.tabIndex = -1;
  place.focus({ preventScroll: place === area });
}

function start() {
  codes();
  arrive();
  // While the button is down the palette stays away: it would come under the hand that selects.
  let pressing = false;
  const look = () => {
    if (editing || pressing) return;
    const words = fromSelection();
    if (words) open(words);
  };
  document.addEventListener("pointerdown", (event) => {
    pressing = event.pointerType === "mouse" && !marker.contains(event.target);
  });
  for (const name of ["pointerup", "pointercancel"])
    document.addEventListener(name, () => {
      pressing = false;
      window.setTimeout(look);
    });
  document.addEventListener("selectionchange", look);
  document.addEventListener("click", (event) => {
    const target = event.target;
    const button = target.closest("button, li[role=option], mark");
    if (!button) return;
    if (button.matches("[data-turn-next]")) moveTurn(1);
    else if (button.matches("[data-turn-before]")) moveTurn(-1);
    else if (button.matches("[data-cue-next]")) {
      const cues = [...column().querySelectorAll(".entry.cue")];
      const at = cues.indexOf(document.activeElement?.closest(".entry.cue"));
      cues[(at + 1) % cues.length]?.focus();
    } else if (button.matches("[data-edit]")) edit(button.closest(".entry"));
    else if (button.matches("#marker [data-construct]")) pick(button.dataset.construct);
    else if (button.matches("#marker [data-again]")) again();
    else if (button.matches("#marker [data-close]")) close();
    else if (button.matches("#marker [data-alike-these]")) alike();
    else if (button.matches("#marker [data-remove]")) {
      const entry = editing;
      window.htmx.ajax("POST", `${entry.dataset.remove}?${column().dataset.query}`, {
        target: "#column", swap: "outerHTML", values: { version: entry.dataset.version }, source: marker,
      });
    } else if (button.matches("#marker-list [role=option]")) {
      mark(button);
      document.getElementById("marker-code").focus();
    } else if (button.matches("mark") && document.getSelection().isCollapsed) {
      document.getElementById(button.getAttribute("aria-details"))?.scrollIntoView({ block: "nearest" });
    }
  });
  for (const [name, on] of [["mouseover", true], ["focusin", true], ["mouseout", false], ["focusout", false]])
    document.addEventListener(name, (event) => {
      const entry = event.target.closest?.(".entry[id]");
      if (entry) light(entry, on);
    });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !marker.hidden) {
      event.preventDefault();
      close();
      return;
    }
    const turn = event.target.closest?.("[data-turn]");
    if (turn && event.target === turn && (event.key === "ArrowRight" || event.key === "ArrowLeft")) {
      event.preventDefault();
      onArrow(event, turn);
    }
  });
  const input = document.getElementById("marker-code");
  input.addEventListener("input", () => {
    const one = construct(field("construct").value);
    if (one) offer(one, input.value);
  });
  input.addEventListener("keydown", (event) => {
    const list = document.getElementById("marker-list");
    const now = list.querySelector("[aria-selected=true]");
    if (event.key === "Backspace" && input.value === "") {
      event.preventDefault();
      again();
      return;
    }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const next = event.key === "ArrowDown" ? now?.nextElementSibling : now?.previousElementSibling;
      if (next) mark(next);
    }
  });
  marker.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    if (!chosen || !field("construct").value || !field("code").value) return;
    send(editing ? editing.dataset.post : column().dataset.make);
  });
  document.body.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.elt.id !== "column" && event.detail.target?.id !== "column") return;
    close({ keep: true });
    cursor = null;
    document.getSelection().removeAllRanges();
    arrive();
  });
  document.body.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status === 422) say(event.detail.xhr.responseText);
  });
}

if (marker && column()) start();
