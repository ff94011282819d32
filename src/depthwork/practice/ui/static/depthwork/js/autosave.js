// A form with data-autosave saves itself a moment after the last key and at least every ten seconds while one
// writes, and says so in words.
// With data-seal what has not arrived yet stands in this browser as ciphertext (sealed.js). Fields named was_... hold
// what a text was: where two windows wrote, the practice makes one of the two by it.
import { say } from "./live.js";
import { Sealed } from "./sealed.js";
import { newWriter, post, tryAgain } from "./unsent.js";

const PAUSE_MS = 1500;
const AT_MOST_MS = 10000;
const LOCAL_MS = 300;
const AGAIN_MS = 5000;
const OWN = new Set(["csrfmiddlewaretoken", "version"]);

function hide(form, name, value) {
  const field = form.elements[name] || form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name }));
  field.value = value;
}

function watch(form) {
  const place = form.querySelector("[data-saved]") || document.querySelector(`[data-saved="${CSS.escape(form.id)}"]`);
  const writer = newWriter();
  const says = { ...form.dataset };
  let sealed = new Sealed(form.dataset.place, form.dataset.person, form.dataset.seal);
  delete form.dataset.seal;
  let pause = 0;
  let cap = 0;
  let local = 0;
  let sending = null;
  let dirty = false;
  let leaving = false;
  let stopped = false; // another window wrote: only a person's own act goes on
  let troubled = false;
  let restored = [];

  const tell = (sentence, aloud = false) => {
    if (place) place.textContent = sentence;
    if (aloud) say(sentence);
  };
  const version = () => (form.elements.version ? form.elements.version.value : "");
  const now = () => Object.fromEntries([...new FormData(form)].filter(([name]) => !OWN.has(name)));
  const words = (values) => JSON.stringify(Object.entries(values).filter(([name]) => !name.startsWith("was_")).sort());

  async function keepLocal() {
    clearTimeout(local);
    local = 0;
    await sealed.keep(writer, { values: now(), version: version(), at: Date.now() });
  }

  async function dropLocal() {
    clearTimeout(local);
    local = 0;
    await sealed.drop([writer, ...restored]);
    restored = [];
  }

  function touched() {
    dirty = true;
    if (!local) local = setTimeout(keepLocal, LOCAL_MS);
    clearTimeout(pause);
    pause = setTimeout(save, PAUSE_MS);
    if (!cap) cap = setTimeout(save, AT_MOST_MS);
  }

  function data(submitter) {
    const body = new FormData(form);
    if (submitter && submitter.name) body.set(submitter.name, submitter.value);
    return body;
  }

  function save() {
    if (!sending) sending = saveOnce().finally(() => (sending = null));
    return sending;
  }

  async function saveOnce() {
    clearTimeout(pause);
    clearTimeout(cap);
    cap = 0;
    if (!dirty || leaving || stopped) return;
    const sent = now();
    try {
      const answer = await post(form, form.dataset.autosave || form.action, data, { "X-Autosave": "1", Accept: "application/json" });
      if (answer.ok) return await arrived(sent, await answer.json().catch(() => ({})));
      await refused(answer);
    } catch {
      await away();
    }
  }

  async function arrived(sent, body) {
    // A version moves on with each save, so that two windows cannot silently overwrite one another.
    if (body.version !== undefined) hide(form, "version", body.version);
    for (const [name, value] of Object.entries(sent)) if (form.elements[`was_${name}`]) form.elements[`was_${name}`].value = value;
    tell(body.sentence, troubled);
    troubled = false;
    if (words(sent) === words(now())) {
      dirty = false;
      await dropLocal();
    }
    if (body.url) {
      // It has an address of its own now, and what waits in the browser waits under that.
      form.dataset.autosave = body.url;
      form.action = body.url;
      await dropLocal();
      sealed = new Sealed(body.place, says.person, body.seal);
    }
    if (dirty) touched();
    form.dispatchEvent(new CustomEvent("book:saved", { bubbles: true, detail: body }));
  }

  async function refused(answer) {
    await keepLocal();
    let again = true;
    if (answer.status === 409) {
      stopped = true;
      again = false;
      tell(says.saysWindow, true);
    } else if (answer.status === 400 || answer.status === 422) {
      again = false;
      tell(says.saysMend, true);
    } else if (answer.status === 0 || answer.status === 401 || answer.status === 403) {
      tell(says.saysLocked, !troubled);
    } else tell(says.saysFailed, !troubled);
    troubled = true;
    if (again) pause = setTimeout(save, AGAIN_MS);
  }

  async function away() {
    await keepLocal();
    tell(says.saysAway, !troubled);
    troubled = true;
    pause = setTimeout(save, AGAIN_MS);
  }

  // What was left from before
  async function restore() {
    const found = (await sealed.all()).sort((a, b) => a.words.at - b.words.at);
    if (!found.length || dirty) return;
    const last = found[found.length - 1].words;
    if (words(last.values) === words(now())) return sealed.drop(found.map((one) => one.writer));
    restored = found.map((one) => one.writer);
    for (const [name, value] of Object.entries(last.values)) if (form.elements[name]) form.elements[name].value = value;
    if (form.elements.version && last.version) form.elements.version.value = last.version;
    tell(says.saysBack, true);
    touched();
  }

  form.addEventListener("input", touched);
  form.addEventListener("submit", async (event) => {
    const by = event.submitter;
    if (by && by.formNoValidate) {
      leaving = true;
      dirty = false;
      return; // the note is taken out
    }
    event.preventDefault();
    if (leaving) return;
    if (sending) await sending;
    leaving = true;
    await keepLocal();
    try {
      const answer = await post(form, form.action, () => data(by), { Accept: "application/json" });
      if (answer.ok) {
        const body = await answer.json();
        await dropLocal();
        dirty = false;
        window.location.assign(body.url);
        return;
      }
      if (answer.status === 409 || answer.status === 422) {
        // The practice answers and wants a person: it shows what it has, beside these words.
        await dropLocal();
        dirty = false;
        if (by && by.name) hide(form, by.name, "yes");
        HTMLFormElement.prototype.submit.call(form);
        return;
      }
      leaving = false;
      dirty = true;
      await refused(answer);
    } catch {
      leaving = false;
      dirty = true;
      await away();
    }
  });
  tryAgain({ waits: () => dirty, troubled: () => troubled, stays: () => dirty && !leaving, keep: keepLocal, send: save });
  restore();
}

export function autosave(root = document) {
  for (const form of root.querySelectorAll("form[data-autosave]")) {
    if (form.dataset.watched) continue;
    form.dataset.watched = "yes";
    watch(form);
  }
}
