// After a part of the page is exchanged: the focus goes where the reader expects, and a sentence says what changed.
//
// The server may name the place with data-focus on what it sends, and the sentence with data-says or with the
// header HX-Trigger: {"book:say": {"sentence": "Accepted. Two cues are left."}}.
import { say } from "./live.js";

let held = null;

function place(target) {
  const wanted = target.querySelector("[data-focus]") || (target.matches("[data-focus]") ? target : null);
  if (wanted) {
    if (!wanted.matches("a[href], button, input, select, textarea, summary, [tabindex]")) wanted.tabIndex = -1;
    wanted.focus();
    return;
  }
  // The element that was pressed is gone: stay beside it rather than fall back to the head of the page.
  if (document.activeElement && document.activeElement !== document.body) return;
  const again = held && held.id ? document.getElementById(held.id) : null;
  if (again) {
    again.focus();
    return;
  }
  if (target.isConnected) {
    target.tabIndex = -1;
    target.focus({ preventScroll: true });
  }
}

export function swap() {
  document.body.addEventListener("htmx:beforeRequest", () => {
    const element = document.activeElement;
    held = element && element !== document.body ? { id: element.id } : null;
  });
  document.body.addEventListener("htmx:afterSettle", (event) => {
    const target = event.detail.elt;
    // What comes by itself (data-quiet) takes no focus and says nothing.
    if (!target || !target.querySelector || target.closest("[data-quiet]")) return;
    place(target);
    const speaker = target.matches("[data-says]") ? target : target.querySelector("[data-says]");
    if (speaker) say(speaker.dataset.says);
  });
  document.body.addEventListener("book:say", (event) => say(event.detail.sentence || event.detail.value));
  document.body.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    if (status === 401 || status === 403) show("locked");
    else if (status === 409) show("changed");
    else show("failed");
  });
  document.body.addEventListener("htmx:sendError", () => {
    show("silent");
  });
}

// The sentences stand on the page, in its language.
function show(what) {
  const place = document.getElementById("failure");
  if (!place) return;
  const sentence = place.dataset[what];
  place.querySelector("p").textContent = sentence;
  place.hidden = false;
  say(sentence);
}
