// What every editor does about words that have not arrived: who writes, a fresh token, and when to try again.
export const newWriter = () => (crypto.randomUUID ? crypto.randomUUID() : String(Math.random()).slice(2));

// A sign-in after an expiry brings another token; the page's own is then too old.
async function freshToken(form) {
  const answer = await fetch(window.location.href, { credentials: "same-origin", redirect: "manual" });
  if (!answer.ok) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const token = page.querySelector("form[data-seal] input[name=csrfmiddlewaretoken], form input[name=csrfmiddlewaretoken]");
  if (token) form.elements.csrfmiddlewaretoken.value = token.value;
  return Boolean(token);
}

export async function post(form, url, data, headers, again = true) {
  const answer = await fetch(url, { method: "POST", body: data(), headers, credentials: "same-origin", redirect: "manual" });
  if (answer.status === 403 && again && (await freshToken(form))) return post(form, url, data, headers, false);
  return answer;
}

// `waits()`: whether something waits; `troubled()`: whether the last sending failed; `stays()`: whether to warn.
export function tryAgain({ waits, troubled, stays, keep, send }) {
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "hidden" || !waits()) return;
    keep();
    send();
  });
  window.addEventListener("online", () => waits() && send());
  window.addEventListener("focus", () => waits() && troubled() && send());
  window.addEventListener("beforeunload", (event) => {
    if (stays()) event.preventDefault();
  });
}
