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
  // What is being written is kept as a draft when the writer stops for a while or leaves.
  document.querySelectorAll("form[data-kept]").forEach(function (form) {
    var timer = 0, said = form.querySelector(".draft-state"), where = form.querySelector("button[formaction]").formAction;
    var body = function () {
      var data = new FormData(form), plain = form.enctype === "multipart/form-data" ? new FormData() : new URLSearchParams();
      data.forEach(function (value, name) { if (typeof value === "string" && name !== "form_key") plain.append(name, value); });
      return plain;
    };
    var keep = function () {
      timer = 0;
      fetch(where, { method: "POST", body: body(), redirect: "manual" }).then(function (answer) {
        if (answer.type === "opaqueredirect" && said) said.textContent = form.dataset.kept + " " + new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
      }, function () { timer = setTimeout(keep, 30000); });
    };
    form.addEventListener("input", function () { clearTimeout(timer); timer = setTimeout(keep, 8000); });
    form.addEventListener("submit", function () { clearTimeout(timer); timer = 0; });
    window.addEventListener("pagehide", function () { if (timer) { clearTimeout(timer); navigator.sendBeacon(where, body()); } });
  });
  // Coming back with the back button makes forms usable again.
  window.addEventListener("pageshow", function (event) {
    if (!event.persisted) return;
    document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
  });
  // Choosing in a filter filters at once.
  document.addEventListener("change", function (event) {
    var form = event.target.closest("form.filters, form.at-once");
    if (form && event.target.matches("select, input[type=checkbox]")) form.requestSubmit();
  });
  // An address that the server gives without its own name: the browser knows the name it asked.
  document.querySelectorAll("input[data-rootless]").forEach(function (box) {
    box.value = location.origin + box.value;
    box.nextElementSibling.hidden = true;
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
    // Rows one by one: to the next and the one before.
    var way = document.querySelector(".one-way");
    if (way) {
      var next = event.key === "j" || event.key === "ArrowRight", back = event.key === "k" || event.key === "ArrowLeft";
      var link = next ? way.querySelector("a[rel=next]") : back ? way.querySelector("a[rel=prev]") : null;
      if (link) link.click();
      if (next || back) event.preventDefault();
      return;
    }
    if (event.key !== "j" && event.key !== "k") return;
    if (document.querySelector("form.queue")) return; // has keys of its own
    var lines = Array.prototype.slice.call(document.querySelectorAll("table.rows tbody th a, .hits a.hit"));
    if (!lines.length) return;
    var at = lines.indexOf(document.activeElement) + (event.key === "j" ? 1 : -1);
    lines[Math.max(0, Math.min(lines.length - 1, at))].focus();
    event.preventDefault();
  });
  // A kept sentence goes into the opinion.
  document.querySelectorAll(".phrases").forEach(function (row) { row.hidden = false; });
  document.addEventListener("click", function (event) {
    var chip = event.target.closest && event.target.closest("[data-insert]");
    var box = chip && document.getElementById(chip.dataset.insert);
    if (!box) return;
    box.value = box.value ? box.value.replace(/\s+$/, "") + "\n" + chip.textContent : chip.textContent;
    box.focus();
  });
  // One box ticks the whole page.
  document.querySelectorAll(".tick-all").forEach(function (all) {
    var boxes = all.closest("table").querySelectorAll("tbody .tick input");
    all.hidden = false;
    all.addEventListener("change", function () { boxes.forEach(function (box) { box.checked = all.checked; }); });
  });
  // The review queue: everything by keyboard. The bar of a group acts on what is ticked in it.
  var queues = Array.prototype.slice.call(document.querySelectorAll("form.queue"));
  var lineOf = function () { return document.activeElement.closest && document.activeElement.closest("form.queue li"); };
  var boxes = function (form) { return Array.prototype.slice.call(form.querySelectorAll("input[name=item]")); };
  var count = function (form) {
    var said = form.querySelector(".queue-count"), n = boxes(form).filter(function (box) { return box.checked; }).length;
    if (said) said.textContent = n ? said.dataset.text + " " + n : "";
  };
  var focusLine = function (step) {
    var all = Array.prototype.slice.call(document.querySelectorAll("form.queue li a.hit"));
    var line = lineOf(), at = line ? all.indexOf(line.querySelector("a.hit")) + step : 0;
    if (all.length) all[Math.max(0, Math.min(all.length - 1, at))].focus();
  };
  // Writes for the group of the line; what is not ticked by hand is the line itself.
  var write = function (back) {
    var line = lineOf(), form = line ? line.closest("form") : queues.length ? queues[0] : null;
    if (!form) return;
    var box = form.querySelector("input[name=opinion]");
    var button = form.querySelector(back ? "button[value=send_back], button[value=object]" : ".queue-bar button");
    if (!box || !button) return;
    if (line && !boxes(form).some(function (one) { return one.checked; })) line.querySelector("input[name=item]").checked = true;
    count(form);
    form.dataset.act = button.value;
    form.dataset.line = line ? Array.prototype.indexOf.call(form.querySelectorAll("li"), line) : 0;
    box.focus();
  };
  queues.forEach(function (form) {
    count(form);
    form.addEventListener("change", function () { count(form); });
    form.addEventListener("keydown", function (event) {
      if (event.target.name !== "opinion") return;
      if (event.key === "Escape") {
        var line = form.querySelectorAll("li")[form.dataset.line || 0];
        if (line) line.querySelector("a.hit").focus();
        event.preventDefault();
      } else if (event.key === "Enter" && !event.isComposing) {
        var button = form.dataset.act && form.querySelector("button[value='" + form.dataset.act + "']");
        event.preventDefault();
        form.requestSubmit(button || undefined);
      }
    });
  });
  document.querySelectorAll(".only-script").forEach(function (part) { part.hidden = false; });
  document.addEventListener("keydown", function (event) {
    var typing = event.target.closest && event.target.closest("input:not([type=checkbox]), select, textarea, dialog");
    if (!queues.length || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    var line = lineOf();
    if (event.key === "j" || (event.key === "ArrowDown" && line)) focusLine(1);
    else if (event.key === "k" || (event.key === "ArrowUp" && line)) focusLine(-1);
    else if (event.key === "g") {
      var next = queues[line ? queues.indexOf(line.closest("form")) + 1 : 0] || queues[0];
      next.querySelector("li a.hit").focus();
    } else if (event.key === "x" && line) {
      var box = line.querySelector("input[name=item]");
      if (box) box.click();
    } else if (event.key === "X" && line) {
      var all = boxes(line.closest("form")), rest = all.some(function (one) { return !one.checked; });
      all.forEach(function (one) { one.checked = rest; });
      count(line.closest("form"));
    } else if (event.key === "a" && line) write(false);
    else if (event.key === "b" && line) write(true);
    else if (event.key === "?") document.getElementById("keys").showModal();
    else return;
    event.preventDefault();
  });
  // A long batch is gone on with by itself.
  var goOn = document.querySelector("form.go-on");
  if (goOn) goOn.requestSubmit();
  // The village grid: arrow keys move, Enter opens (it is a link), R opens the rows behind.
  var cellsBox = document.getElementById("cells"), cellSays = document.getElementById("cell-says");
  var rowsOf = function (cell) { return cellsBox.dataset.rows + cell.getAttribute("href").replace(/^.*\/orgs\//, "").replace(/\?.*$/, ""); };
  var sayCell = function (event) {
    var cell = event.target.closest && event.target.closest("#cells a.c");
    if (!cell || !cellSays) return;
    var link = document.createElement("a"), rows = document.createElement("a");
    link.href = cell.href; link.textContent = cell.getAttribute("aria-label");
    rows.href = rowsOf(cell); rows.textContent = cellsBox.dataset.says;
    cellSays.replaceChildren(link, " · ", rows);
  };
  if (cellsBox) {
    cellsBox.addEventListener("focusin", sayCell);
    cellsBox.addEventListener("mouseover", sayCell);
  }
  document.addEventListener("keydown", function (event) {
    var cell = event.target.closest && event.target.closest("a.c");
    if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
    var cells = Array.prototype.slice.call(document.querySelectorAll("a.c"));
    var i = cells.indexOf(cell), next = null;
    if (event.key === "ArrowRight") next = cells[i + 1];
    else if (event.key === "ArrowLeft") next = cells[i - 1];
    else if (event.key === "Home") next = cells[0];
    else if (event.key === "End") next = cells[cells.length - 1];
    else if ((event.key === "r" || event.key === "R") && cellsBox) location.assign(rowsOf(cell));
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
