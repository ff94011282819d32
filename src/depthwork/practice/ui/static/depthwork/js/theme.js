// Light, dark, or as the system has it. The choice stays in this browser.
import { keep } from "./keep.js";
import { say } from "./live.js";

const NEXT = { system: "light", light: "dark", dark: "system" };

function current() {
  return document.documentElement.dataset.theme || "system";
}

function show(button) {
  button.textContent = button.dataset[current()];
}

export function theme() {
  for (const button of document.querySelectorAll("[data-theme-switch]")) {
    button.hidden = false;
    show(button);
    button.addEventListener("click", () => {
      const next = NEXT[current()];
      if (next === "system") delete document.documentElement.dataset.theme;
      else document.documentElement.dataset.theme = next;
      keep("theme", next === "system" ? null : next);
      show(button);
      say(button.textContent);
    });
  }
}
