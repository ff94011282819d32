// While someone writes a statement, the lines that share its words come to the shelf; a line can be dragged to a
// statement. Without this file "cite a line" leads to a page that does the same.
const shelf = document.getElementById("offers");
let waiting = null;
let asked = 0;

function token() {
  const field = document.querySelector("input[name=csrfmiddlewaretoken]");
  return field ? field.value : "";
}

async function offer(area) {
  const turn = ++asked;
  const body = new URLSearchParams({ words: area.value, statement: area.dataset.statement || "" });
  try {
    const answer = await fetch(area.dataset.offers, {
      method: "POST",
      body,
      headers: { "X-CSRFToken": token() },
      redirect: "error",
    });
    if (!answer.ok || turn !== asked) return;
    const made = new DOMParser().parseFromString(await answer.text(), "text/html");
    shelf.replaceChildren(...made.body.childNodes);
  } catch {
    // The shelf stays as it is; what is being written is not touched.
  }
}

for (const area of document.querySelectorAll("[data-offers]")) {
  const soon = (pause) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => offer(area), pause);
  };
  area.addEventListener("input", () => soon(500));
  area.addEventListener("focus", () => soon(150));
}

document.addEventListener("dragstart", (event) => {
  const line = event.target.closest ? event.target.closest("[data-key-of]") : null;
  if (!line) return;
  event.dataTransfer.setData("text/x-depthwork-line", line.dataset.keyOf);
  event.dataTransfer.effectAllowed = "link";
});

for (const place of document.querySelectorAll("[data-drop]")) {
  const isLine = (event) => event.dataTransfer.types.includes("text/x-depthwork-line");
  place.addEventListener("dragover", (event) => {
    if (!isLine(event)) return;
    event.preventDefault();
    place.classList.add("over");
  });
  place.addEventListener("dragleave", () => place.classList.remove("over"));
  place.addEventListener("drop", (event) => {
    if (!isLine(event)) return;
    event.preventDefault();
    place.classList.remove("over");
    const form = place.querySelector("form");
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "key";
    field.value = event.dataTransfer.getData("text/x-depthwork-line");
    form.append(field);
    form.action = place.dataset.drop;
    form.requestSubmit();
  });
}

// Words in the fields of other statements, and of those to come, are kept before the page moves on. A lost race is
// shown by the page itself. What was refused (data-unkept) is not kept yet, though the page came with it.
const before = new Map(
  [...document.querySelectorAll("textarea[data-offers]")].map((area) => [area, "unkept" in area.dataset ? null : area.defaultValue]),
);

function unsaved(except) {
  return [...before].filter(([area, words]) => area.form !== except && area.value !== words && area.value.trim());
}

let leaving = false;

document.addEventListener("submit", async (event) => {
  const others = unsaved(event.target);
  if (!others.length) {
    leaving = true; // these words travel with the form: nothing to warn of, also when a line was dropped
    return;
  }
  event.preventDefault();
  for (const [area] of others) {
    try {
      const answer = await fetch(area.form.action, { method: "POST", body: new FormData(area.form) });
      if (!answer.ok) {
        area.form.submit();
        return;
      }
      before.set(area, area.value);
    } catch {
      area.focus();
      return;
    }
  }
  event.target.requestSubmit(event.submitter || undefined);
});

window.addEventListener("beforeunload", (event) => {
  if (!leaving && unsaved(null).length) event.preventDefault();
});
