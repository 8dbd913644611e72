/* screen.js: the big screen turns its boards and shows at once what has changed; without it every page still reads. */
(function () {
  "use strict";
  // The address of a screen ends with #TOKEN, which no server sees; it is sent once, in a form, and taken out of the address.
  var open = document.getElementById("open");
  if (open && /^#hjs_[\w-]+$/.test(location.hash)) {
    document.getElementById("token").value = location.hash.slice(1);
    history.replaceState(null, "", location.pathname);
    open.requestSubmit();
    return;
  }
  var main = document.getElementById("screen"), state = document.getElementById("state");
  if (!main || !window.EventSource) return;
  var TURN = 25000, HOLD = 60000;
  var source = null, held = false, quiet = 0, wait = 2000;
  var board = function () { return main.querySelector(".whole"); };
  var say = function (text, kind) { state.textContent = text; state.className = kind; };
  var clock = function () { return new Date().toLocaleTimeString("zh-CN", { hour12: false }); };
  var numbers = function () {
    var found = {};
    main.querySelectorAll(".side .fig").forEach(function (tile) { found[tile.querySelector("span").textContent] = tile.querySelector("b").textContent; });
    main.querySelectorAll(".middle a.c").forEach(function (cell) { found[cell.getAttribute("href")] = cell.getAttribute("aria-label"); });
    return found;
  };
  var show = function (html) {
    var before = numbers(), same = board() && board().dataset.board, at = document.activeElement, href = at && main.contains(at) ? at.getAttribute("href") : null;
    main.innerHTML = html;
    main.querySelectorAll(".side .fig").forEach(function (tile) {
      var old = before[tile.querySelector("span").textContent];
      if (old !== undefined && old !== tile.querySelector("b").textContent) tile.classList.add("changed");
    });
    if (same === board().dataset.board) main.querySelectorAll(".middle a.c").forEach(function (cell) {
      var old = before[cell.getAttribute("href")];
      if (old !== undefined && old !== cell.getAttribute("aria-label")) cell.classList.add("changed");
    });
    var again = href && main.querySelector("a[href='" + CSS.escape(href).replace(/\\(?=[^0-9a-f])/gi, "") + "']");
    if (again) again.focus();
    say(main.dataset.live + " " + clock(), "live");
  };
  var listen = function (name) {
    if (source) source.close();
    source = new EventSource(main.dataset.events + encodeURIComponent(name));
    source.addEventListener("board", function (event) { wait = 2000; show(event.data); });
    source.addEventListener("over", function () { source.close(); say(main.dataset.over, "lost"); setTimeout(function () { location.reload(); }, 5000); });
    source.onerror = function () {
      say(main.dataset.lost + " " + clock(), "lost");
      if (source.readyState !== EventSource.CLOSED) return;
      // The server refused: try again, less and less often; it may be starting anew.
      setTimeout(function () { listen(board() ? board().dataset.board : name); }, wait);
      wait = Math.min(wait * 2, 60000);
    };
  };
  listen(board().dataset.board);
  // Somebody who reads or moves among the cells is not turned away.
  ["pointermove", "keydown", "focusin"].forEach(function (kind) { main.addEventListener(kind, function () { quiet = Date.now() + HOLD; }); });
  setInterval(function () {
    if (!held && Date.now() > quiet && board()) listen(board().dataset.next);
  }, TURN);
  main.addEventListener("click", function (event) {
    var link = event.target.closest && event.target.closest(".turns a:not(.away)");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    listen(new URL(link.href).searchParams.get("board"));
  });
  var turn = document.getElementById("turn"), full = document.getElementById("full");
  turn.hidden = false;
  turn.addEventListener("click", function () {
    held = !held;
    turn.setAttribute("aria-pressed", String(held));
    turn.textContent = held ? main.dataset.go : main.dataset.pause;
  });
  if (document.fullscreenEnabled) {
    full.hidden = false;
    full.addEventListener("click", function () { if (document.fullscreenElement) document.exitFullscreen(); else document.documentElement.requestFullscreen(); });
  }
  // The grid by keyboard.
  main.addEventListener("keydown", function (event) {
    var cell = event.target.closest && event.target.closest("a.c");
    var step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 10, ArrowUp: -10 }[event.key];
    if (!cell || !step) return;
    var cells = Array.prototype.slice.call(main.querySelectorAll("a.c"));
    cells[Math.max(0, Math.min(cells.length - 1, cells.indexOf(cell) + step))].focus();
    event.preventDefault();
  });
}());
