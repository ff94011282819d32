// A form with data-autosave saves itself a moment after the last key, and says so in words.
//
// Another room may keep a sealed draft first: listen for "book:draft" on the form and hand event.detail.until()
// a promise; sending waits for it. Nothing is kept in the browser here: what is typed stands in the form.
import { say } from "./live.js";

const PAUSE_MS = 1500;
const AGAIN_MS = 15000;

function clock(moment) {
  return moment.toLocaleTimeString(document.documentElement.lang || undefined, { hour: "2-digit", minute: "2-digit" });
}

function watch(form) {
  const place = form.querySelector("[data-saved]") || document.querySelector(`[data-saved="${CSS.escape(form.id)}"]`);
  let timer = null;
  let sending = false;
  let dirty = false;
  let troubled = false;

  const tell = (sentence, aloud = false) => {
    if (place) place.textContent = sentence;
    if (aloud) say(sentence);
  };

  async function save() {
    if (sending) return;
    window.clearTimeout(timer);
    const data = new FormData(form);
    const waiting = [];
    const draft = new CustomEvent("book:draft", {
      bubbles: true,
      cancelable: true,
      detail: { data, until: (promise) => waiting.push(promise) },
    });
    if (!form.dispatchEvent(draft)) return;
    sending = true;
    dirty = false;
    let wait = null;
    try {
      await Promise.allSettled(waiting);
      const answer = await fetch(form.dataset.autosave || form.action, {
        method: "POST",
        body: data,
        headers: { "X-Autosave": "1", Accept: "application/json" },
        credentials: "same-origin",
        redirect: "manual",
      });
      if (answer.ok) {
        const body = await answer.json().catch(() => ({}));
        // A version moves on with each save, so that two windows cannot silently overwrite one another.
        if (body.version !== undefined && form.elements.version) form.elements.version.value = body.version;
        tell(body.sentence || `Saved ${clock(new Date())}`, troubled);
        troubled = false;
        form.dispatchEvent(new CustomEvent("book:saved", { bubbles: true, detail: body }));
      } else {
        dirty = true;
        if (answer.status === 409) tell("Changed in another window since you opened it. Copy your words, then open the page again.", true);
        else if (answer.status === 400 || answer.status === 422) tell("Not saved yet: something in the form needs mending.", true);
        else if (answer.status === 0 || answer.status === 401 || answer.status === 403) {
          tell("Locked. Your words are still here: unlock in another tab, and they are saved.", !troubled);
          wait = AGAIN_MS;
        } else wait = AGAIN_MS;
        if (wait && answer.status >= 500) tell("Not saved: the practice could not write. It is tried again; your words are still here.", !troubled);
        troubled = true;
      }
    } catch {
      dirty = true;
      tell("Not saved: the practice does not answer. It is tried again; your words are still here.", !troubled);
      troubled = true;
      wait = AGAIN_MS;
    } finally {
      sending = false;
    }
    if (wait) timer = window.setTimeout(save, wait);
    else if (dirty && !troubled) timer = window.setTimeout(save, PAUSE_MS);
  }

  form.addEventListener("input", () => {
    dirty = true;
    window.clearTimeout(timer);
    timer = window.setTimeout(save, PAUSE_MS);
  });
  form.addEventListener("submit", () => {
    dirty = false;
    window.clearTimeout(timer);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && dirty) save();
  });
  window.addEventListener("beforeunload", (event) => {
    if (dirty) event.preventDefault();
  });
}

export function autosave(root = document) {
  for (const form of root.querySelectorAll("form[data-autosave]")) {
    if (form.dataset.watched) continue;
    form.dataset.watched = "yes";
    watch(form);
  }
}
