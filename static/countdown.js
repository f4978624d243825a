// Keeps "3 days 4 hours left" true by the server's clock, and says politely when one hour and
// ten minutes are left. The words come from the page; without this file they just stand.
"use strict";
(() => {
  const HOUR = 3600e3, TEN_MINUTES = 600e3;

  // How far the page is from being asked for, however long the device slept in between.
  const elapsed = () => Math.max(performance.now(), Date.now() - performance.timeOrigin);

  // A page out of the browser's own cache carries an old "now": there the device's clock is nearer.
  const visit = performance.getEntriesByType("navigation")[0];
  const stale = visit && visit.type === "back_forward" && visit.transferSize === 0;

  const plural = (n, forms) => {
    if (forms === 1) return 0;
    if (forms === 2) return n === 1 ? 0 : 1;
    if (n % 10 === 1 && n % 100 !== 11) return 0;
    return [2, 3, 4].includes(n % 10) && ![12, 13, 14].includes(n % 100) ? 1 : 2;
  };

  // The same as instants.remaining on the server: the two largest units, cut down.
  const words = (left, grammar) => {
    if (left <= 0) return grammar.past;
    const minutes = Math.floor(left / 60e3);
    const counts = [
      ["day", Math.floor(minutes / 1440)],
      ["hour", Math.floor(minutes / 60) % 24],
      ["minute", minutes % 60],
    ];
    const first = counts.findIndex(([, n]) => n > 0);
    if (first < 0) return grammar.left.under[0].replace("{span}", grammar.under);
    const [unit, n] = counts[first];
    const span = counts.slice(first, first + 2).filter(([, n]) => n > 0)
      .map(([unit, n]) => {
        const forms = grammar.units[unit];
        return `${n}\u00a0${forms[plural(n, forms.length)]}`;
      }).join(" ");
    const phrases = grammar.left[unit];
    return phrases[plural(n, phrases.length)].replace("{span}", span);
  };

  const run = (told) => {
    const { now, closes, grammar } = told.dataset;
    const forms = JSON.parse(grammar);
    const status = told.nextElementSibling;
    const left = () => closes - (stale ? Date.now() : Number(now) + elapsed());
    let before = left(), timer;

    const say = (text) => { if (status.textContent !== text) status.textContent = text; };
    const tick = () => {
      clearTimeout(timer);
      const rest = left();
      const text = words(rest, forms);
      if (told.textContent !== text) told.textContent = text;
      if (rest <= 0 && before > 0) say(status.dataset.over);
      else if (rest > 0 && rest <= TEN_MINUTES && before > TEN_MINUTES) say(status.dataset.minutes);
      else if (rest > TEN_MINUTES && rest <= HOUR && before > HOUR) say(status.dataset.hour);
      before = rest;
      if (rest > 0) timer = setTimeout(tick, Math.min(rest + 50, rest > 2 * HOUR ? 30e3 : 1e3));
    };
    tick();
    addEventListener("pageshow", tick);
    document.addEventListener("visibilitychange", () => { if (!document.hidden) tick(); });
  };

  document.querySelectorAll("[data-countdown]").forEach(run);
})();
