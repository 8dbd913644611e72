/* chart.js: draws the numbers of a table once more as a chart; the table stays what counts. */
(function () {
  "use strict";
  var box = document.getElementById("chart");
  if (!box || !window.echarts) return;
  var css = getComputedStyle(document.documentElement);
  var colour = function (name) { return css.getPropertyValue(name).trim(); };
  var draw = function (data) {
    // Tells apart without colour: dark line, hollow marks, numbers written at every point.
    var chart = window.echarts.init(box, null, { renderer: "svg" });
    chart.setOption({
      animation: false, // a chart that is printed at once is whole
      textStyle: { fontFamily: colour("--sans") || "sans-serif", color: colour("--ink") },
      grid: { left: 12, right: 28, top: 34, bottom: 8, containLabel: true },
      tooltip: { trigger: "axis", renderMode: "richText", valueFormatter: function (value) { return value == null ? "—" : value + " " + data.unit; } },
      xAxis: { type: "category", data: data.periods, axisTick: { show: false }, axisLine: { lineStyle: { color: colour("--line") } }, axisLabel: { color: colour("--mute") } },
      yAxis: { type: "value", name: data.unit, nameTextStyle: { color: colour("--mute"), align: "left" }, minInterval: data.series.every(function (one) { return one.values.every(function (value) { return value === null || Number(value) % 1 === 0; }); }) ? 1 : 0, splitLine: { lineStyle: { color: colour("--line-soft") } }, axisLabel: { color: colour("--mute") } },
      series: data.series.map(function (one) {
        return { name: one.name, type: "line", data: one.values.map(function (value) { return value === null ? null : Number(value); }), symbol: "emptyCircle", symbolSize: 8, connectNulls: false,
          lineStyle: { color: colour("--s5"), width: 2 }, itemStyle: { color: colour("--s5") }, areaStyle: { color: colour("--s1"), opacity: 0.7 },
          label: { show: data.periods.length <= 12, position: "top", color: colour("--ink"), formatter: function (point) { return String(one.values[point.dataIndex]); } } };
      })
    });
    // The style sheet fits what has a view box to the paper; drawn at its size the words stay legible.
    var fit = function (width, height) {
      chart.resize({ width: width, height: height });
      chart.getZr().flush(); // now: paper does not wait for the next frame
      box.querySelector("svg").setAttribute("viewBox", "0 0 " + chart.getWidth() + " " + chart.getHeight());
    };
    window.addEventListener("resize", function () { fit("auto", "auto"); });
    window.addEventListener("beforeprint", function () { fit(640, 300); });
    window.addEventListener("afterprint", function () { fit("auto", "auto"); });
    fit("auto", "auto");
  };
  fetch(box.dataset.chart, { credentials: "same-origin", headers: { Accept: "application/json" } })
    .then(function (answer) { if (!answer.ok) throw new Error(String(answer.status)); return answer.json(); })
    .then(draw)
    .catch(function () { box.closest("section").hidden = true; });
}());
