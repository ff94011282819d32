// The few things a page does by itself. Without this file every page reads and every form sends.
import { autosave } from "./autosave.js";
import { covering } from "./cover.js";
import { keys } from "./keys.js";
import { swap } from "./swap.js";
import { theme } from "./theme.js";

covering();
theme();
keys();
swap();
autosave();
document.body.addEventListener("htmx:load", (event) => autosave(event.detail.elt));

// A form that could not be taken opens on its summary of errors.
const summary = document.querySelector("[data-error-summary]");
if (summary) summary.focus();

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// A link into a fold opens it: what it leads to would else stay out of sight.
function unfold(hash) {
  const target = document.getElementById(hash.slice(1));
  if (!target || !target.closest("details:not([open])")) return;
  for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  target.scrollIntoView();
}
unfold(location.hash);
window.addEventListener("hashchange", () => unfold(location.hash));
document.addEventListener("click", (event) => unfold(event.target.closest("a[href^='#']")?.hash || ""));

// On a phone the head is a strip: the word where the reader stands is brought into it.
function bring() {
  for (const here of document.querySelectorAll(".places [aria-current]")) {
    const strip = here.parentElement;
    const [word, seen] = [here.getBoundingClientRect(), strip.getBoundingClientRect()];
    if (word.right > seen.right - 32) strip.scrollBy({ left: word.right - seen.right + 64 });
    else if (word.left < seen.left) strip.scrollBy({ left: word.left - seen.left - 64 });
  }
}
bring();
addEventListener("resize", bring);

// What folds out of the head folds back with Escape, or when the reader goes elsewhere.
for (const fold of document.querySelectorAll("[data-folds]")) {
  fold.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !fold.open) return;
    fold.open = false;
    fold.querySelector("summary").focus();
  });
  fold.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !fold.contains(event.relatedTarget)) fold.open = false;
  });
  document.addEventListener("pointerdown", (event) => {
    if (!fold.contains(event.target)) fold.open = false;
  });
}
