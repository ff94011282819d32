// One key covers the page, whatever is on it. Covering is not locking: the cover says so.
// Every tab of the practice is covered together, and a reload stays covered.
const NAME = "depthwork.covered";
let before = { title: "", focus: null };
let channel = null;

function remember(covered) {
  try {
    if (covered) sessionStorage.setItem(NAME, "yes");
    else sessionStorage.removeItem(NAME);
  } catch {
    // Without storage the cover holds for this page alone.
  }
}

export function isCovered() {
  return "covered" in document.documentElement.dataset;
}

export function cover({ tell = true } = {}) {
  const dialog = document.getElementById("cover");
  if (!dialog || dialog.open) return;
  before = { title: document.title, focus: document.activeElement };
  document.documentElement.dataset.covered = "yes";
  document.title = "Depthwork";
  remember(true);
  for (const open of document.querySelectorAll("dialog[open]")) open.close();
  dialog.showModal();
  if (tell && channel) channel.postMessage("cover");
}

export function uncover() {
  const dialog = document.getElementById("cover");
  if (dialog && dialog.open) dialog.close();
  delete document.documentElement.dataset.covered;
  document.title = before.title || document.title;
  remember(false);
  if (before.focus && before.focus.isConnected) before.focus.focus();
}

export function covering() {
  const dialog = document.getElementById("cover");
  if (!dialog) return;
  if ("BroadcastChannel" in window) {
    channel = new BroadcastChannel("depthwork");
    channel.addEventListener("message", (event) => {
      if (event.data === "cover") cover({ tell: false });
    });
  }
  for (const button of document.querySelectorAll("[data-cover]")) {
    button.hidden = false;
    button.addEventListener("click", () => cover());
  }
  dialog.querySelector("[data-uncover]").addEventListener("click", uncover);
  // Escape would close the dialog under the reader's hand; only the same key or the button uncovers.
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  document.addEventListener("keydown", (event) => {
    // Control and Alt together are AltGr on some systems, and the backslash a letter; on a Mac, Option types it.
    const isLetter = event.altKey && !/Mac/.test(navigator.platform);
    if (event.key === "\\" && event.ctrlKey && !isLetter && !event.metaKey) {
      event.preventDefault();
      if (isCovered()) uncover();
      else cover();
    }
  });
  if (isCovered()) cover();
}
