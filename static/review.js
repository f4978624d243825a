/* The reviewing page: saves while one writes, and takes scores from the keyboard.
   Without this script the same form works by its buttons. */
"use strict";

const PAUSE = 2000; // ms of silence before a save
const AGAIN = 10000; // ms until the next attempt without a connection
const KEYS_OFF = "review.keys.off";

const form = document.querySelector("form.cj-score");
const keysSwitch = document.querySelector("[data-keys-switch]");

if (keysSwitch) {
  keysSwitch.closest("[data-needs-script]").hidden = false;
  keysSwitch.checked = !localStorage.getItem(KEYS_OFF);
  keysSwitch.addEventListener("change", () => {
    if (keysSwitch.checked) localStorage.removeItem(KEYS_OFF);
    else localStorage.setItem(KEYS_OFF, "1");
  });
}

if (form) {
  const status = form.querySelector("[data-saved]");
  const short = document.querySelector("[data-saved-short]");
  let dirty = false;
  let saving = null;
  let timer = 0;
  let stopped = false;
  let lostAt = "";

  for (const button of form.querySelectorAll("[data-without-script]")) button.hidden = true;
  form.elements.page.value = crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random()}`;

  /* Saving --------------------------------------------------------------------------- */

  const told = new Map();
  for (const template of form.querySelectorAll("template[data-state]")) told.set(template.dataset.state, template);

  function tell(state) {
    status.className = "cj-save";
    if (["saving", "dirty"].includes(state)) status.classList.add("cj-save--wait");
    else status.classList.add("cj-save--bad");
    status.replaceChildren(told.get(state).content.cloneNode(true));
    short.replaceChildren(status.querySelector("svg").cloneNode(true));
    const clock = status.querySelector("b");
    if (clock) clock.textContent = lostAt;
    const retry = status.querySelector("[data-retry]");
    if (retry) retry.addEventListener("click", () => save());
  }

  function tellSaved(answer) {
    status.className = "cj-save";
    status.innerHTML = answer.saved;
    short.innerHTML = status.querySelector("svg").outerHTML + " " + (answer.saved.match(/\d\d:\d\d/) || [""])[0];
    form.querySelector("[data-sum]").innerHTML = answer.sum;
    form.querySelector("[data-left]").innerHTML = answer.left;
    const judged = document.querySelector("[data-judged]");
    judged.textContent = judged.textContent.replace(/\d+/, answer.judged);
  }

  function touched() {
    if (stopped) return;
    if (!dirty && !saving) tell("dirty");
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  }

  async function save() {
    clearTimeout(timer);
    if (saving) await saving;
    if (!dirty || stopped) return !stopped;
    dirty = false;
    tell("saving");
    saving = send().finally(() => { saving = null; });
    return saving;
  }

  async function send() {
    form.elements.step.value = Number(form.elements.step.value) + 1;
    const told = new FormData(form);
    let response;
    try {
      response = await fetch(form.action, { method: "POST", body: told, headers: { Accept: "application/json" }, signal: AbortSignal.timeout(20000) });
    } catch {
      return later("offline");
    }
    if (response.redirected || response.status === 403) return (await freshToken()) ? send() : later("signedout");
    if (response.status === 409) return clash((await response.json()).clash);
    if (response.status === 423 || response.status === 404) { stopped = true; tell("locked"); return false; }
    if (response.status === 422) { dirty = true; tell("long"); return false; }
    if (!response.ok) return later("offline");
    const answer = await response.json();
    form.elements.revision.value = answer.revision;
    lostAt = "";
    tellSaved(answer);
    if (dirty) touched();
    return true;
  }

  function later(state) {
    dirty = true;
    lostAt = lostAt || new Date().toTimeString().slice(0, 5);
    tell(state);
    clearTimeout(timer);
    timer = setTimeout(save, AGAIN);
    return false;
  }

  /* After signing in elsewhere the page's token is of the session before: take the new one, once. */
  let tokenAsked = 0;
  async function freshToken() {
    if (Date.now() - tokenAsked < AGAIN / 2) return false;
    tokenAsked = Date.now();
    try {
      const response = await fetch(location.pathname);
      if (response.redirected || !response.ok) return false;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const token = page.querySelector("form.cj-score [name=csrfmiddlewaretoken]");
      if (!token) return false;
      for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token.value;
      return true;
    } catch {
      return false;
    }
  }

  function clash(html) {
    stopped = true;
    dirty = true;
    const place = document.getElementById("clash-here");
    place.innerHTML = html;
    form.inert = true;
    tell("clash");
    place.scrollIntoView({ block: "start" });
    return false;
  }

  form.addEventListener("input", touched);
  form.addEventListener("change", (event) => {
    if (event.target.type === "radio") showChoice(event.target);
    if (dirty) { clearTimeout(timer); timer = setTimeout(save, event.target.type === "radio" ? 300 : 0); }
  });
  addEventListener("online", () => { if (dirty) save(); });
  addEventListener("beforeunload", (event) => { if (dirty || saving) event.preventDefault(); });
  document.addEventListener("submit", (event) => { if (event.target.closest("#clash")) dirty = false; });

  /* Moving to another application waits for the save. */
  for (const link of document.querySelectorAll(".cj-queue a, .cj-jump + a")) {
    link.addEventListener("click", async (event) => {
      if (!dirty && !saving) return;
      event.preventDefault();
      if (await save()) { dirty = false; location.assign(link.href); }
    });
  }

  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (button && button.name === "open") {
      event.preventDefault();
      unfold(button.value === "notes" ? "[data-notes]" : `[data-criterion="${button.value}"]`);
    } else if (saving) {
      event.preventDefault();
      saving.then(() => form.requestSubmit(button));
    } else {
      clearTimeout(timer);
      dirty = false;
    }
  });

  /* The form ---------------------------------------------------------------------------- */

  function showChoice(radio) {
    const criterion = radio.closest("details");
    const words = radio.parentElement.querySelector("span").textContent;
    const value = radio.parentElement.querySelector("b").textContent;
    criterion.classList.add("is-set");
    criterion.querySelector("[data-words]").textContent = " · " + words;
    const box = criterion.querySelector("[data-value]");
    if (radio.value === "na") box.textContent = value;
    else { const strong = document.createElement("b"); strong.textContent = value; box.replaceChildren(strong); }
  }

  /* The notes and the comment show a tick once all of their fields say something. */
  function showWritten(details) {
    const fields = [...details.querySelectorAll("textarea")];
    const written = fields.every((field) => field.value.trim());
    if (written === details.classList.contains("is-set")) return;
    details.classList.toggle("is-set", written);
    const template = form.querySelector(`template[data-mark=${written ? "written" : "unwritten"}]`);
    details.querySelector("[data-value]").replaceChildren(template.content.cloneNode(true));
  }

  form.addEventListener("input", (event) => {
    const details = event.target.closest("[data-notes], [data-comment]");
    if (details) showWritten(details);
  });

  function unfold(selector) {
    const details = form.querySelector(`details${selector}`);
    if (!details) return;
    details.open = true;
    details.querySelector("input:checked, input, textarea").focus({ preventScroll: true });
    show(details);
  }

  function show(details) {
    details.scrollIntoView({ block: "nearest" });
    if (getComputedStyle(details.parentElement).overflowY === "auto") {
      const body = details.parentElement;
      if (details.offsetHeight > body.clientHeight) body.scrollTop = details.offsetTop - body.offsetTop;
    }
  }

  for (const details of form.querySelectorAll("details")) {
    details.addEventListener("toggle", () => { if (details.open) show(details); });
  }
  const opened = form.querySelector("details[open]");
  if (opened && opened.previousElementSibling) opened.parentElement.scrollTop = Math.max(0, opened.offsetTop - opened.parentElement.offsetTop - 80);

  form.addEventListener("click", (event) => {
    const link = event.target.closest(".cj-left a, a[href='#notes']");
    if (!link) return;
    event.preventDefault();
    const key = link.hash.slice(1);
    unfold(key === "notes" ? "[data-notes]" : `[data-criterion="${key.slice(1)}"]`);
  });

  /* Keys: the same ones in the Russian and the Latin layout ------------------------------- */

  form.addEventListener("keydown", (event) => {
    if (localStorage.getItem(KEYS_OFF)) return;
    const writing = event.target.tagName === "TEXTAREA";
    const details = event.target.closest("details") || form.querySelector("details[open]");
    if (event.ctrlKey && event.key === "Enter") {
      event.preventDefault();
      form.requestSubmit(form.querySelector("[name=hand_in]"));
    } else if (event.ctrlKey && !writing && ["ArrowLeft", "ArrowRight"].includes(event.key)) {
      const link = document.querySelector(event.key === "ArrowLeft" ? "a[rel=prev]" : "a[rel=next]");
      if (link) { event.preventDefault(); link.click(); }
    } else if (event.key === "Escape" && writing) {
      const chosen = details && (details.querySelector("input:checked") || details.querySelector("input[type=radio]"));
      if (chosen) { event.preventDefault(); chosen.focus(); }
    } else if (!writing && !event.ctrlKey && !event.altKey && !event.metaKey) {
      score(event, details);
    }
  });

  function score(event, details) {
    if (!details) return;
    const value = /^[0-5]$/.test(event.key) ? event.key : ["-", "−", "–"].includes(event.key) ? "na" : null;
    if (value !== null) {
      const radio = details.querySelector(`input[type=radio][value="${value}"]`);
      if (!radio) return;
      event.preventDefault();
      radio.focus();
      if (!radio.checked) radio.click();
    } else if (event.key === "Enter" && event.target.type === "radio") {
      event.preventDefault();
      const next = details.nextElementSibling;
      if (next) unfold(next.dataset.criterion ? `[data-criterion="${next.dataset.criterion}"]` : next.hasAttribute("data-notes") ? "[data-notes]" : "[data-comment]");
    }
  }

  /* Which section is being read ----------------------------------------------------------- */

  const places = new Map();
  for (const link of document.querySelectorAll(".cj-toc a")) {
    const section = document.getElementById(link.hash.slice(1));
    if (section) places.set(section, link);
  }
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      for (const link of places.values()) { link.parentElement.classList.remove("is-here"); link.removeAttribute("aria-current"); }
      const here = places.get(entry.target);
      here.parentElement.classList.add("is-here");
      here.setAttribute("aria-current", "true");
    }
  }, { rootMargin: "-20% 0px -70% 0px" });
  for (const section of places.keys()) seen.observe(section);
}
