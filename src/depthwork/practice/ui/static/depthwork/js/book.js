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
