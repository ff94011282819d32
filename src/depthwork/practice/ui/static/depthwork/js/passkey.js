// A passkey that is declined or of another address: the login package says so to the console alone.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  document.getElementById("passkey-declined").hidden = false;
});
