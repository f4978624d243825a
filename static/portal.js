// Copies a private link. The button is shown only where the browser can copy; the link stands
// beside it as text either way.
"use strict";
(() => {
  if (!navigator.clipboard) return;
  document.querySelectorAll("button[data-copy]").forEach((button) => {
    const said = document.createElement("span");
    said.setAttribute("role", "status");
    said.className = "small";
    button.after(" ", said);
    button.hidden = false;
    button.addEventListener("click", async () => {
      const text = document.getElementById(button.dataset.copy).textContent.trim();
      try {
        await navigator.clipboard.writeText(text);
        said.textContent = button.dataset.copied;
        setTimeout(() => { said.textContent = ""; }, 4000);
      } catch { /* refused: the text can still be selected by hand */ }
    });
  });
})();
