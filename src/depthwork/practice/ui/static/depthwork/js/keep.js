// Small choices kept in this browser. Never a word of a client's: this storage is not sealed.
export function kept(name) {
  try {
    return localStorage.getItem("depthwork." + name);
  } catch {
    return null;
  }
}

export function keep(name, value) {
  try {
    if (value === null) localStorage.removeItem("depthwork." + name);
    else localStorage.setItem("depthwork." + name, value);
  } catch {
    // The choice then lasts as long as the page.
  }
}
