// Runs before the first paint, so that neither the wrong ground nor a covered page is seen for an instant.
// A classic script on purpose: a module would run after the page was drawn.
(function () {
  "use strict";
  // Text becomes markup in one way: parsed apart from the page, as htmx does. innerHTML and its like are refused.
  if (window.trustedTypes) trustedTypes.createPolicy("default", { createHTML: (s, _, sink) => (/parse/.test(sink) ? s : null) });
  var root = document.documentElement;
  root.dataset.js = "on";
  try {
    var theme = localStorage.getItem("depthwork.theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    if (sessionStorage.getItem("depthwork.covered") === "yes") root.dataset.covered = "yes";
  } catch (refused) {
    // Nothing is kept: the system's scheme.
  }
})();
