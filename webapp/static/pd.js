/* Proposal Desk, for everyone: saves steps, never needed. Character counts, autosave with a copy on
   the device while the line is down, progress of files, a question before unsaved text is left. */
(function () {
  "use strict";
  var root = document.documentElement;
  var PREFIX = "pd:";
  var FORTNIGHT = 14 * 86400000;
  var NEVER = /^(csrf_token|form_key|base_version|seen|then|keep-.*)$/;
  var LANG = root.lang === "en" || !root.lang ? "en-GB" : root.lang;

  function all(selector, within) {
    return Array.prototype.slice.call((within || document).querySelectorAll(selector));
  }
  function shown(n) {
    return new Intl.NumberFormat(LANG).format(n);
  }
  function say(words, n) {
    return words.replace("{n}", n);
  }
  function make(tag, className, text) {
    var element = document.createElement(tag);
    if (className) element.className = className;
    if (text) element.textContent = text;
    return element;
  }

  /* Counting ------------------------------------------------------------- */
  function length(text) {
    return Array.from(text.replace(/\r\n?/g, "\n").normalize("NFC").trim()).length;
  }
  function count(box) {
    var area = box.querySelector("textarea,input");
    var line = box.querySelector(".chars__n");
    var voice = box.querySelector("[role=status]");
    var most = Number(box.dataset.chars);
    var timer;
    function update() {
      var left = most - length(area.value);
      var words = say(left < 0 ? box.dataset.overWords : box.dataset.leftWords, shown(Math.abs(left)));
      if (area.value) line.textContent = words;
      line.classList.toggle("chars__n--over", left < 0);
      clearTimeout(timer);
      timer = setTimeout(function () { voice.textContent = left < 50 ? words : ""; }, 1000);
    }
    area.addEventListener("input", update);
    if (area.value) update();
  }

  /* The copy on this device ---------------------------------------------- */
  var store = (function () {
    try {
      localStorage.setItem(PREFIX, "1");
      localStorage.removeItem(PREFIX);
      return root.hasAttribute("data-shared") ? null : localStorage;
    } catch (e) {
      return null;
    }
  })();
  function sweep(everything) {
    try {
      Object.keys(localStorage).forEach(function (key) {
        if (key.indexOf(PREFIX) !== 0) return;
        var at = 0;
        try { at = JSON.parse(localStorage.getItem(key)).at; } catch (e) { /* not readable: it goes */ }
        if (everything || !(Date.now() - at < FORTNIGHT)) localStorage.removeItem(key);
      });
    } catch (e) { /* no storage on this device */ }
  }
  function secret(form) {
    return all("[type=password],[autocomplete=one-time-code]", form).map(function (el) { return el.name; });
  }
  function fields(form) {
    var hidden = secret(form);
    return Array.from(new FormData(form)).filter(function (pair) {
      return typeof pair[1] === "string" && !NEVER.test(pair[0]) && hidden.indexOf(pair[0]) < 0;
    });
  }
  function fill(form, pairs) {
    var given = {};
    pairs.forEach(function (pair) { (given[pair[0]] = given[pair[0]] || []).push(pair[1]); });
    Array.from(form.elements).forEach(function (el) {
      if (!el.name || NEVER.test(el.name) || el.type === "file" || el.type === "submit" || el.type === "hidden") return;
      var values = given[el.name] || [];
      if (el.type === "checkbox" || el.type === "radio") el.checked = values.indexOf(el.value) >= 0;
      else if (values.length) el.value = values.shift();
      el.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }

  /* Autosave ------------------------------------------------------------- */
  function autosave(form) {
    var words = form.dataset;
    var key = PREFIX + words.account + ":" + words.autosave;
    var base = form.elements.base_version, seen = form.elements.seen;
    var place = form.querySelector("[data-saved]") || form.appendChild(make("p", "saved"));
    var timer, pause = 5000, busy = false, dirty = false, stopped = false, sent = false, changes = 0, waiting = null;
    var before = JSON.stringify(fields(form));
    place.setAttribute("role", "status");

    function tell(text, wrong) {
      place.textContent = text;
      place.classList.toggle("saved--wrong", Boolean(wrong));
    }
    function later(wait) {
      clearTimeout(timer);
      timer = setTimeout(save, wait);
    }
    function keep() {
      if (!store) return false;
      try {
        store.setItem(key, JSON.stringify({ at: Date.now(), base: base.value, seen: seen && seen.value, fields: fields(form) }));
        return true;
      } catch (e) {
        return false;
      }
    }
    function failed(text, again) {
      tell(keep() ? text : words.unsaved, true);
      if (again) {
        later(pause);
        pause = Math.min(pause * 2, 120000);
      } else stopped = true;
    }
    function answered(response, mark) {
      if (response.redirected || response.status === 401 || response.status === 403) return failed(words.signedout, false);
      if (response.status === 409) return failed(words.stale, false);
      if (!response.ok) throw new Error(response.status);
      return response.json().then(function (answer) {
        base.value = answer.version;
        if (seen && answer.seen) seen.value = answer.seen;
        pause = 5000;
        if (store) store.removeItem(key);
        tell(answer.message);
        dirty = changes !== mark;
        if (dirty) later(3000);
        else before = JSON.stringify(fields(form));
      });
    }
    function save() {
      if (busy || stopped || sent || !dirty) return;
      var mark = changes, body = new FormData(), cut = new AbortController();
      Array.from(new FormData(form)).forEach(function (pair) {
        if (typeof pair[1] === "string") body.append(pair[0], pair[1]);
      });
      busy = true;
      tell(words.saving);
      var limit = setTimeout(function () { cut.abort(); }, 20000);
      fetch(form.getAttribute("action") || location.href, { method: "POST", body: body, headers: { "X-Autosave": "1" }, credentials: "same-origin", signal: cut.signal })
        .then(function (response) { return answered(response, mark); })
        .catch(function () { failed(words.offline, true); })
        .then(function () {
          clearTimeout(limit);
          busy = false;
          if (waiting) form.requestSubmit(waiting.by);
        });
    }
    function changed() {
      if (JSON.stringify(fields(form)) === before && !dirty) return;
      dirty = true;
      changes += 1;
      later(3000);
    }
    form.addEventListener("input", changed);
    form.addEventListener("change", function () { changed(); if (dirty) later(200); });
    form.addEventListener("submit", function (event) {
      /* What is on its way would make this look older than what is kept: it goes first. */
      if (busy) {
        event.preventDefault();
        waiting = { by: event.submitter || undefined };
        return;
      }
      waiting = null;
      sent = true; clearTimeout(timer);
      if (dirty && navigator.onLine === false) keep();
    });
    window.addEventListener("online", function () { if (dirty) later(0); });
    window.addEventListener("pageshow", function () { sent = false; });
    window.addEventListener("beforeunload", function (event) {
      if (sent || !dirty || keep()) return;
      event.preventDefault();
      event.returnValue = "";
    });
    offer();

    /* Text of an earlier visit that never reached the server. */
    function offer() {
      var kept = null;
      try { kept = store && JSON.parse(store.getItem(key)); } catch (e) { kept = null; }
      if (!kept) return;
      if (JSON.stringify(kept.fields) === before) return store.removeItem(key);
      var when = new Date(kept.at).toLocaleString(LANG, { day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" });
      var box = make("div", "notice notice--warn kept");
      var inner = box.appendChild(make("div"));
      box.setAttribute("role", "status");
      inner.appendChild(make("p")).appendChild(make("strong", "", words.kept.replace("{time}", when)));
      var row = inner.appendChild(make("div", "btns"));
      var text = inner.appendChild(make("div", "kept__t"));
      text.hidden = true;
      kept.fields.forEach(function (pair) {
        if (pair[1]) text.appendChild(make("p", "", pair[1])).dir = "auto";
      });
      function act(label, doing) {
        var button = row.appendChild(make("button", "btn btn--quiet btn--small", label));
        button.type = "button";
        button.addEventListener("click", doing);
      }
      act(words.send, function () {
        fill(form, kept.fields);
        /* What was saved since then, by somebody else or on another device, is not written over. */
        base.value = kept.base;
        if (seen && kept.seen) seen.value = kept.seen;
        box.remove();
        dirty = true;
        changes += 1;
        save();
        form.querySelector("input:not([type=hidden]),textarea,select").focus();
      });
      act(words.show, function () { text.hidden = !text.hidden; });
      act(words.delete, function () { store.removeItem(key); box.remove(); });
      form.insertBefore(box, form.firstChild);
    }
  }

  /* Two texts were shown: the copy on this device goes when the person sends what they made of them. */
  function merged(mark) {
    mark.form.addEventListener("submit", function () {
      if (store && navigator.onLine !== false) store.removeItem(PREFIX + mark.dataset.merge);
    });
  }

  /* The choice of articles ------------------------------------------------ */
  function picker(box) {
    var boxes = all("[name=articles]", box), rows = all("[data-primary]", box), strip = box.querySelector("[data-strip]");
    function draw(numbers, main) {
      var cells = make("span", "strip strip--l"), n;
      cells.setAttribute("role", "img");
      cells.setAttribute("aria-label", (main ? strip.dataset.stripMain : strip.dataset.strip).replace("{articles}", numbers.join(", ")).replace("{main}", main));
      for (n = 1; n <= Number(strip.dataset.size); n += 1) cells.appendChild(make("i", n === main ? "main" : numbers.indexOf(n) < 0 ? "" : "on"));
      strip.replaceChildren(numbers.length ? cells : "");
    }
    function update() {
      var numbers = boxes.filter(function (el) { return el.checked; }).map(function (el) { return Number(el.value); }).sort(function (a, b) { return a - b; });
      var main = 0;
      boxes.forEach(function (el) { el.parentElement.classList.toggle("pick--on", el.checked); });
      rows.forEach(function (row) {
        var number = Number(row.dataset.primary), radio = row.querySelector("input");
        row.hidden = numbers.indexOf(number) < 0;
        radio.checked = !row.hidden && (radio.checked || numbers.length === 1);
        if (radio.checked) main = number;
      });
      box.querySelector("[data-none]").hidden = numbers.length > 0;
      box.querySelector("[data-picked]").textContent = say(box.dataset.count, shown(numbers.length));
      draw(numbers, main);
    }
    box.addEventListener("change", update);
    update();
  }

  /* Articles suggested while the summary is typed -------------------------- */
  function suggest(box) {
    var form = box.closest("form"), place = box.querySelector("[data-suggested]");
    var named = ["title", "summary"].map(function (name) { return form.elements[name]; });
    var timer = 0, turn = 0, asked = null;
    if (!window.fetch || named.some(function (el) { return !el; })) return;
    function ask() {
      var body = new FormData(), mine = (turn += 1);
      var texts = named.map(function (el) { return el.value; });
      if (asked === texts.join("\n")) return;
      asked = texts.join("\n");
      body.append("csrf_token", form.elements.csrf_token.value);
      named.forEach(function (el, index) { body.append(el.name, texts[index]); });
      fetch(box.dataset.suggest, { method: "POST", body: body, credentials: "same-origin" }).then(function (answer) {
        return answer.ok ? answer.text() : null;
      }).then(function (text) {
        if (text === null || mine !== turn) return;
        place.replaceChildren.apply(place, Array.from(new DOMParser().parseFromString(text, "text/html").body.childNodes));
      }).catch(function () { asked = null; });
    }
    function later(event) {
      if (event && event.isComposing) return;
      window.clearTimeout(timer);
      timer = window.setTimeout(ask, 600);
    }
    named.forEach(function (el) {
      el.addEventListener("input", later);
      el.addEventListener("compositionend", function () { later(null); });
    });
    if (named[1].value) ask();
  }

  /* Files ---------------------------------------------------------------- */
  function upload(form) {
    var box = form.querySelector("[data-progress]");
    var again = make("button", "btn btn--quiet btn--small", form.dataset.again);
    if (!box || !window.FormData) return;
    var bar = box.querySelector("progress"), voice = box.querySelector("[role=status]"), button = null;
    again.type = "button";
    again.addEventListener("click", send);
    form.addEventListener("submit", function (event) {
      if (!all("input[type=file]", form).some(function (input) { return input.files.length; })) return;
      event.preventDefault();
      button = event.submitter;
      send();
    });
    function lost() {
      voice.textContent = form.dataset.failed;
      bar.hidden = true;
      box.appendChild(again);
    }
    function send() {
      var body = new FormData(form), request = new XMLHttpRequest();
      if (button && button.name) body.append(button.name, button.value);
      again.remove();
      box.hidden = bar.hidden = false;
      bar.value = 0;
      request.open("POST", (button && button.getAttribute("formaction")) || form.getAttribute("action") || location.href);
      request.upload.onprogress = function (event) {
        if (!event.lengthComputable) return;
        var part = event.loaded / event.total;
        bar.value = 100 * part;
        voice.textContent = say(form.dataset.sending, new Intl.NumberFormat(LANG, { style: "percent" }).format(part));
      };
      request.onerror = lost;
      request.onload = function () { show(request); };
      request.send(body);
    }
    function show(request) {
      var page = new DOMParser().parseFromString(request.responseText, "text/html");
      var main = page.querySelector("main");
      if (!main) return lost();
      all("[autofocus]", main).forEach(function (el) { el.removeAttribute("autofocus"); });
      if (request.responseURL) history.replaceState(null, "", request.responseURL);
      document.title = page.title;
      document.querySelector("main").replaceWith(main);
      start(main);
      var first = main.querySelector("[data-focus],h1");
      if (first) { first.tabIndex = -1; first.focus(); }
    }
  }

  /* Beginning ------------------------------------------------------------ */
  function start(within) {
    all("[data-chars]", within).forEach(count);
    all("form[data-autosave]", within).forEach(autosave);
    all("form[data-upload]", within).forEach(upload);
    all("[data-picker]", within).forEach(picker);
    all("[data-suggest]", within).forEach(suggest);
    all("[data-merge]", within).forEach(merged);
  }
  all("form[data-signout]").forEach(function (form) {
    form.addEventListener("submit", function () { sweep(true); });
  });
  sweep(false);
  start(document);
  /* The errors have autofocus; this is for browsers that know it on controls only. */
  window.addEventListener("load", function () {
    var wrong = document.querySelector("[data-focus]");
    if (wrong && document.activeElement === document.body) wrong.focus();
  });
})();
