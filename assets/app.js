/* app.js: comforts only; every page works without it. */
(function () {
  "use strict";
  // A form is sent once: the second press of a slow button does nothing.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    if (form.method === "post") {
      form.dataset.sent = "1";
      setTimeout(function () { delete form.dataset.sent; }, 8000);
    }
  });
  // Coming back with the back button makes forms usable again.
  window.addEventListener("pageshow", function (event) {
    if (!event.persisted) return;
    document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
  });
  // Choosing in a filter filters at once.
  document.addEventListener("change", function (event) {
    var form = event.target.closest("form.filters, form.at-once");
    if (form && event.target.matches("select")) form.requestSubmit();
  });
  // "/" leads to the search box; j and k, or the arrows on a line of a table, go from line to line.
  document.addEventListener("keydown", function (event) {
    var typing = event.target.closest && event.target.closest("input, select, textarea, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/") {
      var box = document.querySelector("main input[type=search][name=q]") || document.querySelector(".find input");
      if (box) { box.focus(); box.select(); event.preventDefault(); }
      return;
    }
    if (event.key !== "j" && event.key !== "k") return;
    var lines = Array.prototype.slice.call(document.querySelectorAll("table.rows tbody th a, .hits a.hit"));
    if (!lines.length) return;
    var at = lines.indexOf(document.activeElement) + (event.key === "j" ? 1 : -1);
    lines[Math.max(0, Math.min(lines.length - 1, at))].focus();
    event.preventDefault();
  });
  // One box ticks the whole page.
  document.querySelectorAll(".tick-all").forEach(function (all) {
    var boxes = all.closest("table").querySelectorAll("tbody .tick input");
    all.hidden = false;
    all.addEventListener("change", function () { boxes.forEach(function (box) { box.checked = all.checked; }); });
  });
  // The village grid: arrow keys move, Enter opens (it is a link).
  document.addEventListener("keydown", function (event) {
    var cell = event.target.closest && event.target.closest(".c");
    if (!cell) return;
    var cells = Array.prototype.slice.call(document.querySelectorAll("a.c"));
    var i = cells.indexOf(cell), next = null;
    if (event.key === "ArrowRight") next = cells[i + 1];
    else if (event.key === "ArrowLeft") next = cells[i - 1];
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      var box = cell.getBoundingClientRect(), down = event.key === "ArrowDown", best = Infinity;
      cells.forEach(function (other) {
        var b = other.getBoundingClientRect(), dy = down ? b.top - box.top : box.top - b.top;
        if (dy <= 2) return;
        var far = dy * 4 + Math.abs(b.left - box.left);
        if (far < best) { best = far; next = other; }
      });
    }
    if (next) { next.focus(); event.preventDefault(); }
  });
  // On a narrow screen the menu shows where we are.
  var here = document.querySelector(".menu .on");
  if (here) here.parentNode.scrollLeft = here.offsetLeft - here.parentNode.offsetLeft - 24;
  // What was wrong is read first.
  var wrong = document.getElementById("wrong");
  if (wrong) wrong.focus();
  // On a phone the tree starts closed.
  if (window.matchMedia("(max-width: 760px)").matches)
    document.querySelectorAll(".tree details").forEach(function (details) { details.open = false; });
}());
