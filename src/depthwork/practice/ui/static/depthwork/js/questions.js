// A form that keeps each answer as it is given, also on a bad connection.
// What could not be sent waits in this phone's storage and is dropped once it has arrived, when the form's time is
// over, or when the reader clears the phone. Without this file the form sends as a whole.

const form = document.querySelector("form[data-questions]");

const PAUSE_MS = 400;
const AGAIN_MS = [1000, 2000, 4000, 8000, 15000];

class Waiting {
  constructor(id, until) {
    this.name = `depthwork.form.${id}`;
    this.until = until ? Date.parse(until) : Date.now() + 72 * 3600 * 1000;
    this.items = new Map();
    try {
      const found = JSON.parse(localStorage.getItem(this.name) || "null");
      if (found && found.until > Date.now()) this.items = new Map(Object.entries(found.items));
      else localStorage.removeItem(this.name);
    } catch {
      // Then it waits in the page only.
    }
  }

  put(item, value) {
    this.items.set(item, value);
    this.write();
  }

  // Only what was sent is dropped: an answer changed in the meantime still waits.
  drop(sent) {
    for (const [item, value] of sent) if (this.items.get(item) === value) this.items.delete(item);
    this.write();
  }

  clear() {
    this.items.clear();
    this.write();
  }

  write() {
    try {
      if (this.items.size === 0) localStorage.removeItem(this.name);
      else localStorage.setItem(this.name, JSON.stringify({ until: this.until, items: Object.fromEntries(this.items) }));
    } catch {
      // As above.
    }
  }
}

// What waits for a form whose time is over goes, whichever form is opened.
function sweep() {
  try {
    for (const name of Object.keys(localStorage).filter((one) => one.startsWith("depthwork.form."))) {
      const found = JSON.parse(localStorage.getItem(name) || "null");
      if (!found || !(found.until > Date.now())) localStorage.removeItem(name);
    }
  } catch {
    // As above.
  }
}

function clock() {
  return new Date().toLocaleTimeString(document.documentElement.lang || undefined, { timeStyle: "short", hourCycle: "h23" });
}

function begin() {
  const words = form.dataset;
  sweep();
  const waiting = new Waiting(words.questions, words.until);
  const said = form.querySelector("[data-saved]");
  const count = form.querySelector("[data-count]");
  const panel = document.getElementById("crisis-panel");
  const csrf = form.elements.csrfmiddlewaretoken.value;
  let timer = null;
  let busy = null;
  let misses = 0;
  let sending = false;

  const showCrisis = () => {
    if (panel && panel.hidden) {
      panel.hidden = false;
      panel.focus();
    }
  };

  function valueOf(name) {
    const field = form.elements[name];
    return field instanceof RadioNodeList ? field.value : field ? field.value : "";
  }

  function put(name, value) {
    const field = form.elements[name];
    if (!field) return;
    if (field instanceof RadioNodeList) {
      for (const one of field) one.checked = one.value === value;
    } else if (field.type === "radio") field.checked = field.value === value;
    else field.value = value;
  }

  const all = [...form.querySelectorAll("[data-item]")];
  let wanted = new Set(all.filter((part) => part.dataset.unasked === undefined).map((part) => part.dataset.item));
  const parts = () => all.filter((part) => wanted.has(part.dataset.item));

  async function flush() {
    if (busy) return busy;
    if (waiting.items.size === 0) return true;
    window.clearTimeout(timer);
    const batch = [...waiting.items];
    const body = new URLSearchParams(batch);
    body.set("csrfmiddlewaretoken", csrf);
    busy = (async () => {
      try {
        const answer = await fetch(words.save, {
          method: "POST",
          body,
          headers: { "X-Questions": "1" },
          credentials: "same-origin",
          redirect: "manual",
        });
        const told = await answer.json().catch(() => ({}));
        if (answer.status === 410) {
          said.textContent = told.sentence || "";
          return false;
        }
        if (!answer.ok) throw new Error(String(answer.status));
        waiting.drop(batch);
        misses = 0;
        for (const part of form.querySelectorAll("[data-item]")) {
          const wrong = told.wrong && told.wrong[part.dataset.item];
          if (wrong) part.setAttribute("aria-invalid", "true");
          else part.removeAttribute("aria-invalid");
        }
        if (told.crisis) showCrisis();
        if (told.asked) {
          wanted = new Set(told.asked);
          arrange();
        }
        said.textContent = `${words.kept} ${clock()}.`;
        count.textContent = told.count || "";
        return true;
      } catch {
        said.textContent = words.waiting;
        const wait = AGAIN_MS[Math.min(misses, AGAIN_MS.length - 1)];
        misses += 1;
        timer = window.setTimeout(flush, wait);
        return false;
      } finally {
        busy = null;
      }
    })();
    const kept = await busy;
    if (kept && waiting.items.size > 0) timer = window.setTimeout(flush, 0);
    return kept;
  }

  function changed(event) {
    const field = event.target;
    if (!field.name || !field.closest("[data-item]")) return;
    if (field.dataset.crisis !== undefined && field.checked) showCrisis();
    waiting.put(field.name, valueOf(field.name));
    window.clearTimeout(timer);
    timer = window.setTimeout(flush, PAUSE_MS);
  }

  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  window.addEventListener("online", () => {
    misses = 0;
    flush();
    if (sending) deliver();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") flush();
  });

  // The whole form goes out with the sending, so that nothing depends on the single saves having arrived.
  async function deliver() {
    sending = true;
    window.clearTimeout(timer);
    if (busy) await busy;
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { "X-Questions": "1" },
        credentials: "same-origin",
        redirect: "manual",
      });
      const told = await answer.json().catch(() => ({}));
      if (answer.ok) {
        sending = false;
        waiting.clear();
        window.location.assign(told.go);
      } else if (answer.status === 410 || answer.status === 422) {
        sending = false;
        said.textContent = told.sentence || "";
        for (const name of Object.keys(told.wrong || {})) {
          const part = form.querySelector(`[data-item="${CSS.escape(name)}"]`);
          if (part) {
            part.setAttribute("aria-invalid", "true");
            part.scrollIntoView();
          }
        }
      } else throw new Error(String(answer.status));
    } catch {
      said.textContent = words.unsent;
      window.setTimeout(() => sending && deliver(), AGAIN_MS[Math.min(misses++, AGAIN_MS.length - 1)]);
    }
  }

  form.addEventListener("submit", (event) => {
    if (event.submitter && event.submitter.dataset.decline !== undefined) {
      waiting.clear();
      return;
    }
    event.preventDefault();
    if (!sending) deliver();
  });

  const clearing = document.querySelector("[data-clear-form]");
  if (clearing) {
    clearing.addEventListener("submit", () => {
      window.clearTimeout(timer);
      waiting.clear();
    });
  }

  // One question at a time: the others are hidden, and the keys of the form stay where they are.
  const switcher = form.querySelector("[data-one-switch]");
  const steps = form.querySelector("[data-steps]");
  let one = false;
  let at = 0;
  function arrange() {
    const now = parts();
    at = Math.min(Math.max(at, 0), now.length - 1);
    for (const part of all) part.hidden = one ? part !== now[at] : !wanted.has(part.dataset.item);
    form.querySelector(".send").hidden = one && at < now.length - 1;
    previous.disabled = at === 0;
    next.hidden = at >= now.length - 1;
    place.textContent = `${words.step} ${at + 1} / ${now.length}`;
  }

  function step(by) {
    at += by;
    arrange();
    const first = parts()[at]?.querySelector("input:checked, input, textarea");
    if (first) first.focus();
  }

  const button = (label, by) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "button";
    made.textContent = label;
    made.addEventListener("click", () => step(by));
    steps.append(made);
    return made;
  };
  const previous = button(words.previous, -1);
  const next = button(words.next, 1);
  const place = document.createElement("span");
  place.className = "label";
  steps.append(place);
  switcher.hidden = false;
  switcher.addEventListener("click", () => {
    one = !one;
    switcher.setAttribute("aria-pressed", String(one));
    switcher.textContent = one ? words.all : words.one;
    steps.hidden = !one;
    arrange();
  });
  arrange();

  for (const [item, value] of waiting.items) put(item, value);
  flush();
}

if (form) begin();
