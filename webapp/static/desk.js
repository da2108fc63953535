/* Proposal Desk, desk pages: keys, selection, preview. Everything here has a visible control too. */
(function () {
  "use strict";
  var root = document.documentElement;
  var desk = document.querySelector(".desk");
  var view = document.querySelector(".desk > .view");
  var wide = window.matchMedia("(min-width: 56.01rem)");
  var anchor = null, last = null, gone = 0, wanted = 0, pending;

  function all(selector, within) {
    return Array.prototype.slice.call((within || document).querySelectorAll(selector));
  }
  function rows() {
    return all("[data-rows] .row");
  }
  function link(row) {
    return row && row.querySelector(".row__t a");
  }
  function here() {
    return document.activeElement.closest(".row") || last || document.querySelector(".row[aria-current]");
  }
  document.addEventListener("focusin", function (event) {
    last = event.target.closest(".row") || last;
  });

  /* Selection ------------------------------------------------------------ */
  function boxes() {
    return all("[data-rows] .row > input[type=checkbox]");
  }
  function count() {
    var chosen = 0;
    boxes().forEach(function (box) {
      box.closest(".row").classList.toggle("row--sel", box.checked);
      if (box.checked) chosen += 1;
    });
    all("[data-bulk]").forEach(function (bulk) {
      var words = bulk.querySelector("[data-bulk-count]");
      bulk.hidden = !chosen;
      words.textContent = bulk.dataset.words.replace("{n}", new Intl.NumberFormat(root.lang || "en").format(chosen));
    });
  }
  function select(row, upToHere) {
    var list = rows(), box = row && row.querySelector("input[type=checkbox]");
    if (!box) return;
    var from = list.indexOf(anchor), to = list.indexOf(row);
    if (upToHere && from >= 0) {
      list.slice(Math.min(from, to), Math.max(from, to) + 1).forEach(function (one) {
        one.querySelector("input[type=checkbox]").checked = true;
      });
    } else box.checked = !box.checked;
    anchor = row;
    count();
  }
  document.addEventListener("change", count);
  document.addEventListener("click", function (event) {
    if (!event.target.closest(".bulk__clear")) return;
    event.preventDefault();
    boxes().forEach(function (box) { box.checked = false; });
    count();
    var first = link(here() || rows()[0]);
    if (first) first.focus();
  });

  /* Preview -------------------------------------------------------------- */
  function previews() {
    return view && !view.hidden && wide.matches;
  }
  function mark(row) {
    rows().forEach(function (one) {
      one.classList.toggle("row--on", one === row);
      if (one === row) one.setAttribute("aria-current", "true");
      else one.removeAttribute("aria-current");
    });
  }
  /* From here to the answer no key acts: what is shown is not yet what is marked. */
  function announce(row) {
    mark(row);
    view.setAttribute("aria-busy", "true");
  }
  function preview(row) {
    var address = link(row) && link(row).dataset.preview, turn = (wanted += 1);
    if (!address || !previews()) return;
    announce(row);
    fetch(address, { credentials: "same-origin", headers: { "X-Preview": "1" } })
      .then(function (answer) {
        if (!answer.ok || answer.redirected) throw new Error(answer.status);
        return answer.text();
      })
      .then(function (text) {
        if (turn !== wanted) return;
        var page = new DOMParser().parseFromString(text, "text/html");
        var found = page.querySelector(".desk > .view") || page.body;
        view.replaceChildren.apply(view, Array.from(found.childNodes));
        view.removeAttribute("aria-busy");
      })
      .catch(function () { if (turn === wanted) location.href = link(row).href; });
  }
  document.addEventListener("click", function (event) {
    var target = event.target.closest("a[data-preview]");
    /* detail 0: the Enter key, which opens in full; so does a second click. */
    if (!target || !event.detail || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    var row = target.closest(".row");
    if (!previews() || row.hasAttribute("aria-current")) return;
    event.preventDefault();
    preview(row);
  });

  /* Keys ----------------------------------------------------------------- */
  function on() {
    try { return localStorage.getItem("pd-keys") !== "off"; } catch (e) { return true; }
  }
  var toggle = document.querySelector("[data-keys-switch]");
  function showState() {
    root.classList.toggle("keys-on", on());
    all("[data-all-keys]").forEach(function (list) { list.hidden = false; });
    if (!toggle) return;
    toggle.hidden = false;
    toggle.textContent = on() ? toggle.dataset.on : toggle.dataset.off;
    toggle.setAttribute("aria-pressed", String(on()));
  }
  if (toggle) {
    toggle.addEventListener("click", function () {
      try { localStorage.setItem("pd-keys", on() ? "off" : "on"); } catch (e) { /* stays on */ }
      showState();
    });
  }
  function move(step) {
    var list = rows(), at = list.indexOf(here());
    var next = list[Math.max(0, Math.min(list.length - 1, at < 0 ? 0 : at + step))];
    if (!next) return;
    link(next).focus();
    clearTimeout(pending);
    if (!previews() || !link(next).dataset.preview || next.hasAttribute("aria-current")) return;
    announce(next);
    pending = setTimeout(function () { preview(next); }, 200);
  }
  function section(step) {
    var heads = all("main h2"), top = 90;
    var places = heads.map(function (head) { return head.getBoundingClientRect().top; });
    var next = step > 0
      ? heads[places.findIndex(function (place) { return place > top; })]
      : heads[places.filter(function (place) { return place < top - 20; }).length - 1];
    if (next) { next.tabIndex = -1; next.focus(); next.scrollIntoView(); }
  }
  function score(key) {
    var group = document.activeElement.closest("fieldset");
    var box = group && group.querySelector('input[type=radio][value="' + key + '"]');
    if (box) { box.focus(); box.click(); }
    return box;
  }
  function act(key) {
    var inView = previews() && view.getAttribute("aria-busy") !== "true" ? view : null;
    var place = inView || document.querySelector(".view--page, main:not(.main--desk)");
    var found = (place && place.querySelector('[data-key="' + key + '"]')) || (key === "u" && document.querySelector('[data-key="u"]'));
    if (!found) return false;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(found.tagName)) found.focus();
    else found.click();
    return true;
  }
  function go(selector) {
    var target = document.querySelector(selector);
    if (target) location.href = target.href;
  }
  function focusOn(selector) {
    var target = document.querySelector(selector);
    if (target) target.focus();
    return target;
  }
  function letter(event) {
    if (/^[\x20-\x7e]$/.test(event.key)) return event.key.toLowerCase();
    var code = /^Key([A-Z])$/.exec(event.code) || /^Digit([0-9])$/.exec(event.code);
    return code ? code[1].toLowerCase() : event.key;
  }
  var does = {
    j: function () { move(1); },
    k: function () { move(-1); },
    x: function (event) { select(here(), event.shiftKey); },
    o: function () { if (link(here())) location.href = link(here()).href; },
    v: function () {
      if (!view) return;
      view.hidden = !view.hidden;
      desk.classList.toggle("desk--two", view.hidden);
      if (!view.hidden && here()) preview(here());
    },
    "/": function () { return focusOn("input[type=search]"); },
    f: function () { return focusOn(".chips a"); },
    n: function () { section(1); },
    p: function () { section(-1); },
    "?": function () {
      var list = document.querySelector("[data-all-keys]");
      if (list) { list.open = !list.open; list.querySelector("summary").focus(); }
    },
    Escape: function () {
      var row = document.querySelector(".row[aria-current]") || rows()[0];
      if (link(row)) link(row).focus();
    },
    g: function () { gone = Date.now(); }
  };
  var places = { q: ".bar__nav a", c: '.bar__nav a[href^="/calls"]', r: '.bar__nav a[href^="/register"]' };
  document.addEventListener("keydown", function (event) {
    var target = event.target, key = letter(event);
    var typing = target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName) ||
      (target.tagName === "INPUT" && !/^(checkbox|radio|button|submit)$/.test(target.type));
    if (event.isComposing || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || !on()) return;
    if (typing && !(key === "Escape" && target.type === "search" && !target.value)) return;
    if (Date.now() - gone < 1500 && places[key]) {
      gone = 0;
      event.preventDefault();
      return go(places[key]);
    }
    if (/^[1-5]$/.test(key) ? score(key) : act(key)) return event.preventDefault();
    if (does[key]) {
      if (key !== "Escape") event.preventDefault();
      does[key](event);
    }
  });

  /* The bell of a page that stays open: asked once a minute while somebody looks at it. */
  function bell() {
    var place = document.querySelector("[data-alerts]");
    if (!place || document.hidden) return;
    fetch(place.dataset.alerts, { credentials: "same-origin", redirect: "error" }).then(function (answer) {
      return answer.ok ? answer.text() : null;
    }).then(function (text) {
      var number = text !== null && /^\d*\+?$/.test(text.trim()) ? text.trim() : null;
      var shown = place.querySelector(".count");
      if (number === null || number === (shown ? shown.textContent : "")) return;
      if (shown) shown.remove();
      if (!number) return;
      shown = document.createElement("span");
      shown.className = "count";
      shown.textContent = number;
      place.appendChild(shown);
    }).catch(function () { /* the line is down: the next minute asks again */ });
  }
  window.setInterval(bell, 60000);

  showState();
  count();
})();
