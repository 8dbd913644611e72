/* meeting.js: the arrows lead from speaker to speaker; the page works by its links without it. */
(function () {
  "use strict";
  document.addEventListener("keydown", function (event) {
    var typing = event.target.closest && event.target.closest("input, select, textarea");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    var keys = { ArrowRight: "next", PageDown: "next", " ": "next", ArrowLeft: "prev", PageUp: "prev" };
    var way = keys[event.key];
    if (event.key === " " && event.target.closest && event.target.closest("a, button, summary")) return;
    var link = way && document.querySelector(".turn-ways a[rel=" + way + "]");
    if (event.key === "f" && document.fullscreenEnabled) {
      if (document.fullscreenElement) document.exitFullscreen(); else document.documentElement.requestFullscreen();
      event.preventDefault();
      return;
    }
    if (!link) return;
    event.preventDefault();
    link.click();
  });
}());
