// The note editor: saves while one writes, marks how words are remembered, and loses nothing.
// It sends two seconds after a pause and at least every ten. What has not arrived stands here as ciphertext
// (sealed.js), and is taken out of the browser once it has.
import { say } from "./live.js";
import { Passages, read, write } from "./passages.js";
import { Sealed } from "./sealed.js";
import { newWriter, post, tryAgain } from "./unsent.js";

const PAUSE_MS = 2000;
const AT_MOST_MS = 10000;
const LOCAL_MS = 300;
const AGAIN_MS = 5000;
const HEADERS = { Accept: "application/json", "X-Autosave": "1" };

function edit(form) {
  const area = form.elements.text;
  const saved = form.querySelector("[data-saved]");
  const trouble = form.querySelector("[data-trouble]");
  const unlock = form.querySelector("[data-unlock-link]");
  const says = form.dataset;
  const writer = newWriter();
  const first = read(area.value);
  area.value = first.plain;
  const passages = new Passages(form, area, first.ranges, () => touched());
  const sealed = new Sealed(form.dataset.place, form.dataset.person, form.dataset.seal);
  delete form.dataset.seal;

  let seq = 0;
  let dirty = false;
  let sending = null;
  let leaving = false;
  let pause = 0;
  let cap = 0;
  let local = 0;
  let restored = [];
  let quiet = true; // whether the last word on saving was a good one

  const fields = () => {
    const found = {};
    for (const element of form.querySelectorAll("[data-also]")) {
      if (element.type === "radio" || element.type === "checkbox") {
        if (element.checked) found[element.name] = element.value;
      } else if (element.value) found[element.name] = element.value;
    }
    return found;
  };
  const provenance = () => new FormData(form).get("provenance") || "";
  const now = () => ({ text: write(area.value, passages.ranges), provenance: provenance(), fields: fields() });
  const same = (one, two) => one.text === two.text && JSON.stringify(one.fields) === JSON.stringify(two.fields);

  function tell(sentence, { aloud = false, bad = false } = {}) {
    if (saved) saved.textContent = bad ? "" : sentence;
    trouble.hidden = !bad;
    trouble.querySelector("p").textContent = bad ? sentence : "";
    if (aloud || (bad && quiet)) say(sentence);
    quiet = !bad;
  }

  // In the browser, until it has arrived
  async function keepLocal() {
    clearTimeout(local);
    local = 0;
    // They go out with the next sending; what the practice has of the last one does not make them old.
    await sealed.keep(writer, { ...now(), writer, seq: seq + 1, version: form.elements.draft_version.value, at: Date.now() });
  }

  async function dropLocal() {
    clearTimeout(local);
    local = 0;
    await sealed.drop([writer, ...restored]);
    restored = [];
  }

  // To the practice
  function touched() {
    dirty = true;
    if (!local) local = setTimeout(keepLocal, LOCAL_MS);
    clearTimeout(pause);
    pause = setTimeout(send, PAUSE_MS);
    if (!cap) cap = setTimeout(send, AT_MOST_MS);
  }

  function draftOf(what) {
    const data = new FormData();
    data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    data.set("base", form.elements.base.value);
    data.set("draft_version", form.elements.draft_version.value);
    data.set("writer", writer);
    data.set("seq", String(seq));
    data.set("text", what.text);
    data.set("provenance", what.provenance);
    data.set("fields", JSON.stringify(what.fields));
    return data;
  }

  function later(ms) {
    clearTimeout(pause);
    pause = setTimeout(send, ms);
  }

  function send() {
    if (!sending) sending = sendOnce().finally(() => (sending = null));
    return sending;
  }

  async function sendOnce() {
    clearTimeout(pause);
    clearTimeout(cap);
    cap = 0;
    if (!dirty || leaving || form.querySelector(".two-texts")) return;
    const what = now();
    seq += 1;
    let answer = null;
    try {
      answer = await post(form, form.dataset.draft, () => draftOf(what), HEADERS);
    } catch {
      await keepLocal();
      tell(says.saysAway, { bad: true });
      return later(AGAIN_MS);
    }
    if (answer.ok) {
      const body = await answer.json();
      form.elements.draft_version.value = body.version;
      unlock.hidden = true;
      tell(body.sentence, { aloud: !quiet });
      if (same(what, now())) {
        dirty = false;
        await dropLocal();
      } else touched();
      form.dispatchEvent(new CustomEvent("book:saved", { bubbles: true, detail: body }));
    } else await refused(answer);
  }

  async function refused(answer) {
    await keepLocal();
    if (answer.status === 409) return other(await answer.json());
    if (answer.status === 422) return tell((await answer.json()).sentence, { bad: true });
    if (answer.status === 404) return tell(says.saysGone, { bad: true });
    if (answer.status === 0 || answer.status === 401 || answer.status === 403) {
      unlock.hidden = false;
      tell(says.saysLocked, { bad: true });
    } else tell(says.saysFailed, { bad: true });
    return later(AGAIN_MS);
  }

  // Two windows
  function other(theirs) {
    for (const old of form.querySelectorAll(".two-texts")) old.remove();
    const part = form.querySelector("template[data-two]").content.cloneNode(true);
    const section = part.querySelector(".two-texts");
    section.querySelector("[data-mine]").textContent = area.value;
    section.querySelector("[data-theirs]").textContent = read(theirs.theirs).plain;
    section.addEventListener("click", (event) => {
      const choice = event.target.dataset && event.target.dataset.choose;
      if (choice) choose(choice, theirs, section);
    });
    form.querySelector(".paper").after(section);
    section.querySelector("h3").focus();
    tell(says.saysWindow, { bad: true });
  }

  function choose(choice, theirs, section) {
    const mine = write(area.value, passages.ranges).trim();
    if (choice === "theirs") put(theirs.theirs);
    else if (choice === "both") put(`${mine}\n\n${theirs.theirs}`);
    section.remove();
    form.elements.draft_version.value = theirs.version;
    form.elements.base.value = theirs.base;
    if (theirs.action) form.action = theirs.action;
    if (theirs.draft) form.dataset.draft = theirs.draft;
    trouble.hidden = true;
    area.focus();
    dirty = true;
    send();
  }

  function put(marked) {
    const { plain, ranges } = read(marked);
    area.value = plain;
    passages.reset(ranges);
  }

  function fill(found) {
    for (const [name, value] of Object.entries(found || {})) {
      while (!form.elements[name] && addTie());
      const held = form.elements[name];
      if (held) held.value = value; // a group of radios takes its value as well
    }
  }

  // What was left from before
  async function restore() {
    const found = (await sealed.all()).sort((a, b) => a.words.at - b.words.at);
    const page = now();
    const news = [];
    for (const one of found) {
      if (same(one.words, page) || !(one.words.text.trim() || Object.keys(one.words.fields).length)) await sealed.drop([one.writer]);
      else if (one.words.writer === says.writer && one.words.seq <= Number(says.seq)) await sealed.drop([one.writer]);
      else news.push(one);
    }
    if (!news.length || dirty) return;
    restored = news.map((one) => one.writer);
    const last = news[news.length - 1].words;
    let text = last.text;
    for (const { words } of news.slice(0, -1)) if (!text.includes(words.text.trim())) text = `${words.text.trim()}\n\n${text}`;
    const moved = last.version !== form.elements.draft_version.value && last.writer !== says.writer;
    put(text);
    fill(last.fields);
    dirty = true;
    tell(says.saysBack, { aloud: true });
    if (moved && page.text.trim() && !text.includes(page.text.trim())) {
      other({ theirs: page.text, version: form.elements.draft_version.value, base: form.elements.base.value });
    } else send();
  }

  // Keep
  form.addEventListener("submit", async (event) => {
    if (event.submitter && "plain" in event.submitter.dataset) {
      leaving = true;
      await dropLocal();
      return;
    }
    event.preventDefault();
    if (leaving || form.querySelector(".two-texts")) return;
    clearTimeout(pause);
    clearTimeout(cap);
    if (sending) await sending;
    if (form.querySelector(".two-texts")) return;
    leaving = true;
    tell(says.saysSaving);
    await keepLocal();
    try {
      const answer = await post(form, form.action, () => {
        const data = new FormData(form);
        data.set("text", write(area.value, passages.ranges));
        return data;
      }, HEADERS);
      if (answer.ok) {
        const body = await answer.json();
        await dropLocal();
        dirty = false;
        window.location.assign(body.url);
        return;
      }
      leaving = false;
      dirty = true;
      await refused(answer);
    } catch {
      leaving = false;
      dirty = true;
      tell(says.saysAway, { bad: true });
      later(AGAIN_MS);
    }
  });

  function addTie() {
    const rows = form.querySelectorAll("[data-tie]");
    if (!rows.length || rows.length >= 40) return false;
    const last = rows[rows.length - 1];
    const next = last.cloneNode(true);
    next.dataset.tie = String(rows.length);
    for (const input of next.querySelectorAll("input")) {
      input.name = input.name.replace(/\d+$/, String(rows.length));
      input.setAttribute("aria-label", input.getAttribute("aria-label").replace(/\d+$/, String(rows.length + 1)));
      input.value = "";
    }
    last.after(next);
    return next;
  }
  const more = form.querySelector("[data-more-ties]");
  if (more) {
    more.hidden = false;
    more.addEventListener("click", () => {
      const made = addTie();
      if (made) made.querySelector("input").focus();
    });
  }

  area.addEventListener("input", () => passages.typed());
  form.addEventListener("input", (event) => {
    if (event.target !== area) touched();
  });
  tryAgain({ waits: () => dirty, troubled: () => !quiet, stays: () => dirty && !leaving, keep: keepLocal, send });
  restore();
}

export function writing(root = document) {
  for (const form of root.querySelectorAll("form[data-writing]")) {
    if (form.dataset.open) continue;
    form.dataset.open = "yes";
    edit(form);
  }
}

writing();
document.body.addEventListener("htmx:load", (event) => writing(event.detail.elt));
