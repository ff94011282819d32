// Passages of a note: how words are remembered, drawn beneath the text without touching it.
import { say } from "./live.js";

const KINDS = ["recalled", "hazy", "reverie", "forgotten"];
const MARK = /\{(\/?)(recalled|hazy|reverie|forgotten)\}/g;

// From {hazy}...{/hazy} to plain words and ranges, and back. The server reads the same marks.
export function read(marked) {
  const ranges = [];
  const open = {};
  let plain = "";
  let last = 0;
  for (const found of marked.matchAll(MARK)) {
    plain += marked.slice(last, found.index);
    last = found.index + found[0].length;
    const kind = found[2];
    if (!found[1]) open[kind] = plain.length;
    else if (kind in open) {
      if (plain.length > open[kind]) ranges.push({ kind, start: open[kind], end: plain.length });
      delete open[kind];
    }
  }
  plain += marked.slice(last);
  for (const [kind, start] of Object.entries(open)) if (plain.length > start) ranges.push({ kind, start, end: plain.length });
  return { plain, ranges };
}

export function write(plain, ranges) {
  const marks = [];
  for (const { kind, start, end } of ranges) marks.push([start, 1, `{${kind}}`], [end, 0, `{/${kind}}`]);
  marks.sort((a, b) => a[0] - b[0] || a[1] - b[1] || (a[2] < b[2] ? -1 : 1));
  let out = "";
  let last = 0;
  for (const [place, , mark] of marks) {
    out += plain.slice(last, place) + mark;
    last = place;
  }
  return out + plain.slice(last);
}

// Ranges after the text changed from one to the other: what was typed belongs to no range but the one it stands in.
export function follow(ranges, before, after) {
  let head = 0;
  const short = Math.min(before.length, after.length);
  while (head < short && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < short - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  const end = before.length - tail;
  const shift = after.length - before.length;
  const added = end + shift;
  const moved = [];
  for (const range of ranges) {
    let { start: from, end: to } = range;
    if (from >= end) from += shift;
    else if (from > head) from = added;
    if (to > head && to >= end) to += shift;
    else if (to > head) to = head;
    if (to > from) moved.push({ ...range, start: from, end: to });
  }
  return moved;
}

export class Passages {
  constructor(form, area, ranges, changed) {
    this.area = area;
    this.under = form.querySelector(".under");
    this.changed = changed;
    this.bar = form.querySelector(".ways");
    this.before = area.value;
    this.ranges = ranges;
    if (this.bar) {
      this.bar.hidden = false;
      this.said = this.bar.querySelector("[data-way-said]");
      this.words = form.dataset;
      this.bar.addEventListener("click", (event) => {
        const button = event.target.closest("[data-way]");
        if (button) this.mark(button.dataset.way, button);
      });
      document.addEventListener("selectionchange", () => document.activeElement === this.area && this.press());
    }
    for (const words of form.querySelectorAll("[data-with-script]")) words.hidden = false;
    for (const words of form.querySelectorAll("[data-without-script]")) words.hidden = true;
    this.paint();
  }

  reset(ranges) {
    this.before = this.area.value;
    this.ranges = ranges;
    this.paint();
  }

  typed() {
    this.ranges = follow(this.ranges, this.before, this.area.value);
    this.before = this.area.value;
    this.paint();
    this.changed();
  }

  // The chosen words, without the spaces around them; nothing chosen: the passage the cursor stands in.
  chosen() {
    let { selectionStart: start, selectionEnd: end } = this.area;
    if (start === end) {
      const around = this.ranges.find((range) => range.start <= start && start <= range.end);
      return around ? [around.start, around.end] : null;
    }
    while (start < end && /\s/.test(this.area.value[start])) start += 1;
    while (end > start && /\s/.test(this.area.value[end - 1])) end -= 1;
    return start < end ? [start, end] : null;
  }

  mark(kind, button) {
    const place = this.chosen();
    if (!place) {
      this.tell(this.words.saysSelect);
      return;
    }
    const [start, end] = place;
    const had = this.ranges.some((range) => range.kind === kind && range.start <= start && end <= range.end);
    // A passage is remembered in one way: what it was before gives way where the two meet.
    const kept = [];
    for (const range of this.ranges) {
      if (range.end <= start || range.start >= end) kept.push(range);
      else {
        if (range.start < start) kept.push({ ...range, end: start });
        if (range.end > end) kept.push({ ...range, start: end });
      }
    }
    if (!had) kept.push({ kind, start, end });
    this.ranges = kept.sort((a, b) => a.start - b.start);
    this.paint();
    this.changed();
    this.area.focus();
    this.area.setSelectionRange(start, end);
    this.press();
    this.tell(`${had ? this.words.saysUnmarked : this.words.saysMarked} ${button.textContent.trim()}`);
  }

  tell(sentence) {
    this.said.textContent = sentence;
    say(sentence);
  }

  press() {
    const place = this.chosen();
    for (const button of this.bar.querySelectorAll("[data-way]")) {
      const on = place && this.ranges.some((r) => r.kind === button.dataset.way && r.start <= place[0] && place[1] <= r.end);
      button.setAttribute("aria-pressed", on ? "true" : "false");
    }
    this.said.textContent = "";
  }

  paint() {
    const text = this.area.value;
    const edges = new Set([0, text.length]);
    for (const { start, end } of this.ranges) edges.add(start).add(end);
    const places = [...edges].sort((a, b) => a - b);
    const pieces = [];
    for (let n = 0; n + 1 < places.length; n += 1) {
      const [start, end] = [places[n], places[n + 1]];
      const kinds = KINDS.filter((kind) => this.ranges.some((r) => r.kind === kind && r.start <= start && end <= r.end));
      const words = text.slice(start, end);
      if (!kinds.length) pieces.push(document.createTextNode(words));
      else {
        const span = document.createElement("span");
        span.className = kinds.join(" ");
        span.textContent = words;
        pieces.push(span);
      }
    }
    this.under.replaceChildren(...pieces);
  }
}
