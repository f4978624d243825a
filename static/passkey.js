"use strict";

// The ceremony itself is django-allauth's; this shows its button where a browser can do it, and
// says so when it came to nothing.
document.addEventListener("DOMContentLoaded", () => {
  const failed = document.querySelector("[data-passkey-failed]");
  if (!window.PublicKeyCredential) return;
  for (const part of document.querySelectorAll("[data-passkey]")) part.hidden = false;
  for (const part of document.querySelectorAll("[data-passkey-alternative]")) part.hidden = true;
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    if (failed) failed.hidden = false;
  });
});
