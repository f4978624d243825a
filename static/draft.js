/* Saves what is typed, counts it, sends files. Everything works without it.

   It has no words of its own: they stand in the page, in the reader's language. What is typed is
   saved a moment after the last key by the same POST as the button's; until the site has said
   that it has it, a copy lies in this browser (localStorage), and is offered after a crash. */
(() => {
  "use strict";

  // Counting: the same arithmetic as applications/counting.py, from the same ranges.
  const UNKEEPABLE = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]/g;
  const UNSEEN = /[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\u{1f3fb}-\u{1f3ff}\u{e0020}-\u{e007f}\xad\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/gu;
  const JOINED = /\u200d[\u2190-\u2bff\u{10000}-\u{10ffff}]|\u200d/gu;
  const FLAG = /[\u{1f1e6}-\u{1f1ff}]{2}/gu;
  const AROUND = /^[ \t\n\xa0\u2028\u2029\u202f\u3000]+|[ \t\n\xa0\u2028\u2029\u202f\u3000]+$/g;

  const signs = (text) => {
    const plain = text.replace(/\r\n?/g, "\n").replace(UNKEEPABLE, "").normalize("NFC");
    const seen = plain.replace(UNSEEN, "").replace(AROUND, "").replace(JOINED, "");
    return [...seen.replace(FLAG, "F")].length;
  };

  const language = document.documentElement.lang;
  const grouped = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, language === "en" ? "," : "\xa0");

  const count = (area) => {
    const box = area.closest(".mb-3").querySelector(".counter");
    const least = +box.dataset.least, most = +box.dataset.most, here = signs(area.value);
    let state = here && here < least ? "few" : here > most ? "over" : "fine";
    if (state === "fine" && most - here < Math.floor(most / 20)) state = "near";
    const left = { few: least - here, over: here - most, near: most - here }[state];
    box.querySelector("b").textContent = grouped(here);
    for (const one of box.querySelectorAll("[data-when]")) {
      one.hidden = one.dataset.when !== state || !here;
      const figure = one.querySelector("b");
      if (figure && !one.hidden) figure.textContent = grouped(left);
      if (!one.hidden && box.dataset.state !== state) {
        box.querySelector("[role=status]").textContent = one.textContent;
      }
    }
    box.dataset.state = state;
    box.nextElementSibling.value = Math.min(here, most);
  };

  for (const area of document.querySelectorAll("textarea")) {
    if (area.closest(".mb-3").querySelector(".counter")) {
      area.addEventListener("input", () => count(area));
      count(area);
    }
  }

  // The copy in this browser. A browser that keeps nothing (private windows) only loses the copy.
  const shelf = {
    get(key) { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
    put(key, value) { try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* full */ } },
    drop(key) { try { localStorage.removeItem(key); } catch { /* nothing kept */ } },
  };

  // The page that follows a save says so in its address: then the copy has done its work.
  const here = new URL(location), kept = here.searchParams.get("kept");
  if (kept) {
    shelf.drop(`draft/${here.pathname.match(/\d{3}-\d{3}/)}/${kept}`);
    here.searchParams.delete("kept");
    history.replaceState(history.state, "", here);
  }

  const form = document.querySelector("form[data-draft]");
  if (form) {
    const PAUSE = 1500, AGAIN = 15000;  // milliseconds
    const key = "draft/" + form.dataset.draft;
    const line = form.querySelector(".saved"), state = line.querySelector(".st");
    const revision = form.elements.revision, step = form.elements.step, token = form.elements.csrfmiddlewaretoken;
    let timer, sending = false, leaving = false, blocked = false;

    const typed = () => {
      const data = new FormData(form);
      ["csrfmiddlewaretoken", "revision", "page", "step"].forEach((name) => data.delete(name));
      return JSON.stringify([...data]);
    };
    let known = typed();  // what the site has

    const say = (look, words) => {
      if (state.textContent !== words) {
        state.className = "st st-" + look;
        state.firstElementChild.textContent = words;
      }
    };

    const later = (pause) => { clearTimeout(timer); timer = setTimeout(save, pause); };

    const save = async () => {
      const now = typed();
      if (sending || leaving || blocked || now === known) return;
      sending = true;
      step.value = +step.value + 1;
      say("part", line.dataset.saving);
      try {
        const response = await fetch(form.action, {
          method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "error",
          headers: { Accept: "application/json" }, signal: AbortSignal.timeout(30000),
        });
        const answer = (response.headers.get("Content-Type") || "").includes("json")
          ? await response.json() : {};
        if (response.ok) {
          known = now;
          revision.value = answer.revision;
          if (typed() === now) shelf.drop(key);
          say(answer.late ? "near" : "done", answer.late || answer.words);
        } else if (answer.token) {
          token.value = answer.token;
          later(0);
        } else if (response.status === 409) {
          blocked = true;  // the button shows both texts
          say("bad", answer.words);
        } else {
          say("bad", line.dataset.refused);
          if (response.status >= 500 || response.status === 429) later(AGAIN);
        }
      } catch {
        say("near", line.dataset.offline);
        later(AGAIN);
      } finally {
        sending = false;
      }
      if (typed() !== now && !blocked) later(PAUSE);
    };

    const changed = () => {
      const next = +step.value + 1, fields = JSON.parse(typed());
      shelf.put(key, { at: Date.now(), page: form.elements.page.value, step: next, fields });
      later(PAUSE);
    };
    form.addEventListener("input", changed);
    form.addEventListener("change", changed);
    form.addEventListener("submit", () => {
      step.value = +step.value + 1;
      leaving = true;
      clearTimeout(timer);
    });
    addEventListener("pageshow", () => { leaving = false; });
    addEventListener("online", () => later(0));
    document.addEventListener("visibilitychange", () => document.hidden && later(0));

    const fill = (fields) => {
      for (const control of form.elements) {
        if (!control.name || control.type === "hidden" || control.type === "submit") continue;
        const values = fields.filter(([name]) => name === control.name).map(([, value]) => value);
        if (control.type === "checkbox" || control.type === "radio") {
          control.checked = values.includes(control.value);
        } else if (values.length) {
          control.value = values[0];
        }
      }
      form.querySelectorAll("textarea").forEach((area) => area.closest(".mb-3").querySelector(".counter") && count(area));
    };

    const copy = shelf.get(key);
    const has = copy && copy.page === form.dataset.page && copy.step <= +form.dataset.step;
    if (copy && !has && JSON.stringify(copy.fields) !== known) {
      const offer = form.querySelector("template[data-offer]").content.firstElementChild;
      const written = new Date(copy.at);
      offer.querySelector("[data-when]").textContent = written.toLocaleString(
        language === "tg" ? "ru" : language, { dateStyle: "short", timeStyle: "short" });
      offer.querySelector("[data-take]").addEventListener("click", () => {
        fill(copy.fields);
        offer.remove();
        changed();
      });
      offer.querySelector("[data-drop]").addEventListener("click", () => {
        shelf.drop(key);
        offer.remove();
      });
      form.querySelector("h1").before(offer);
    } else if (copy) {
      shelf.drop(key);
    }
  }

  // Files go one by one as soon as they are chosen, and can be sent again without the form.
  const files = document.querySelector("form[data-files]");
  if (files) {
    const size = (bytes) => (bytes / 1048576).toLocaleString(language, { maximumFractionDigits: 1 });

    const settle = (row) => {  // a row leaves the page
      const list = row.parentElement;
      row.remove();
      list.hidden = !list.children.length;
    };

    // `instead` is a row whose file this one is sent in place of: it goes once this one is taken.
    const send = (input, file, row, instead) => {
      const request = new XMLHttpRequest(), data = new FormData();
      const bar = row.querySelector("progress"), told = row.querySelector("[role=status]");
      const button = row.querySelector("[data-again]"), other = row.querySelector("[data-instead]");
      const drop = instead && instead.querySelector("[name=drop]");
      const fail = (words, again) => {
        row.className = "failed";
        bar.hidden = true;
        told.textContent = words;
        button.textContent = again ? button.dataset.again : button.dataset.drop;
        button.onclick = again ? () => {
          row.className = "";
          bar.hidden = false;
          button.textContent = button.dataset.cancel;
          send(input, file, row, instead);
        } : () => { settle(row); input.focus(); };
        other.hidden = again;
      };
      button.dataset.cancel = button.dataset.cancel || button.textContent;
      button.onclick = () => { request.abort(); settle(row); };
      data.append("csrfmiddlewaretoken", files.elements.csrfmiddlewaretoken.value);
      data.append(input.name, file, file.name);
      if (drop) data.append("instead", drop.value);
      request.upload.onprogress = (event) => {
        bar.value = 100 * event.loaded / event.total;
        told.textContent = `${button.dataset.sent} ${size(event.loaded)} / ${size(event.total)} MB`;
      };
      request.onload = () => {
        let answer = {};
        try { answer = JSON.parse(request.responseText); } catch { /* a page, not an answer */ }
        if (answer.token) {
          files.elements.csrfmiddlewaretoken.value = answer.token;
          send(input, file, row, instead);
        } else if (answer.items && answer.items.length) {
          if (drop) settle(instead);
          row.outerHTML = answer.items.join("");
          files.querySelector("[data-room]").textContent = answer.room;
        } else {
          fail(answer.error || button.dataset.broken, !answer.error || answer.again);
        }
      };
      request.onerror = request.ontimeout = () => fail(button.dataset.broken, true);
      request.open("POST", files.action);
      request.setRequestHeader("Accept", "application/json");
      request.timeout = 600000;
      request.send(data);
    };

    let chosen = null;  // the row in place of whose file another is being chosen
    files.addEventListener("click", (event) => {
      const other = event.target.closest("[data-instead]");
      if (!other) return;
      event.preventDefault();
      chosen = other.closest("li");
      other.closest("[data-kind]").querySelector("input").click();
    });
    files.addEventListener("cancel", () => { chosen = null; }, true);

    files.addEventListener("change", (event) => {
      const input = event.target, list = input.closest("[data-kind]").querySelector(".files");
      const blank = files.querySelector("template[data-row]").content.firstElementChild;
      for (const file of input.files) {
        const row = blank.cloneNode(true);
        row.querySelector(".name").textContent = file.name;
        row.querySelector(".type").textContent = file.name.split(".").pop().slice(0, 4).toUpperCase();
        list.hidden = false;
        list.append(row);
        send(input, file, row, chosen);
        if (chosen && !chosen.querySelector("[name=drop]")) settle(chosen);
        chosen = null;
      }
      input.value = "";
    });
  }
})();
