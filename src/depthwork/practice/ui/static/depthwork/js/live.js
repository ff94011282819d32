// One polite voice a page. Says what changed, once, in a sentence.
export function say(sentence) {
  const region = document.getElementById("live");
  if (!region || !sentence) return;
  region.textContent = "";
  // Cleared first, so that the same sentence twice is spoken twice.
  window.setTimeout(() => {
    region.textContent = sentence;
  }, 60);
}
