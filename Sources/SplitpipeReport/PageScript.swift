/// Hands the plots to Chart.js. Series differ by mark and dash as well as by colour (Okabe and Ito);
/// colours of text and lines are those of the page, also after the reader switches or prints.
let pageScript = """
  (function () {
    "use strict";
    const plots = JSON.parse(document.getElementById("plots").textContent);
    const colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c8c8c"];
    const marks = ["circle", "triangle", "rect", "rectRot", "star", "crossRot", "cross"];
    const dashes = [[], [8, 4], [2, 3], [10, 3, 2, 3], [5, 5], [14, 4], [3, 6]];
    const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const format = (value) => Number(value.toPrecision(4)).toString();

    function axis(spec, plot) {
      const tick = spec.isLogarithmic
        ? { autoSkip: false, maxRotation: 0, callback: (v) => [1, 2, 5].includes(Number(v.toExponential()[0])) &&
            Math.abs(Math.log10(v / Number(v.toExponential()[0])) % 1) < 1e-9 ? format(v) : "" }
        : spec.isWhole ? { stepSize: 1, precision: 0 } : {};
      const scale = { type: spec.isLogarithmic ? "logarithmic" : "linear", ticks: tick,
        title: { display: true, text: spec.title }, grid: {} };
      if (spec.isLogarithmic) {
        // Left to itself the axis begins at a power of ten, far from the first point.
        const name = spec === plot.x ? "x" : "y";
        const all = plot.series.flatMap((s) => s.points.map((p) => p[name])).filter((v) => v > 0);
        const ends = [Math.min(...all) * 0.85, Math.max(...all) * 1.15];
        if (all.length) Object.assign(scale, { min: ends[0], max: ends[1] });
      }
      return scale;
    }

    function datasets(plot) {
      if (plot.kind === "bars") {
        const values = plot.series[0].points.map((p) => p.y);
        return [{ label: plot.x.title, data: values, borderWidth: 1,
          backgroundColor: values.map((v) => (v < 0 ? colours[1] : colours[0])) }];
      }
      let place = -1;
      return plot.series.map((series) => {
        if (!series.isReference) place += 1;
        const colour = series.isReference ? null : colours[place % colours.length];
        return { label: series.name, data: series.points, isReference: series.isReference,
          borderColor: colour, backgroundColor: colour, borderWidth: 2,
          borderDash: series.isReference ? [3, 3] : dashes[place % dashes.length],
          pointStyle: series.isReference || plot.isDense ? "line" : marks[place % marks.length],
          pointRadius: series.isReference || plot.isDense ? 0 : 6, pointBorderWidth: 2, tension: 0 };
      });
    }

    // Levels carry their name themselves, at their left end.
    const levelNames = { id: "levelNames", afterDatasetsDraw(chart) {
      const context = chart.ctx;
      chart.data.datasets.forEach((set, index) => {
        const first = set.isReference ? chart.getDatasetMeta(index).data[0] : null;
        if (!first) return;
        context.save();
        context.font = "12px system-ui, sans-serif";
        context.fillStyle = style("--text");
        context.textBaseline = "bottom";
        context.fillText(set.label, first.x + 4, first.y - 2);
        context.restore();
      });
    } };

    function configuration(plot) {
      const bars = plot.kind === "bars";
      return { type: bars ? "bar" : "line", plugins: [levelNames],
        data: { datasets: datasets(plot),
          labels: bars ? plot.series[0].points.map((p) => p.label) : undefined },
        options: { animation: false, responsive: true, maintainAspectRatio: false,
          devicePixelRatio: Math.max(2, window.devicePixelRatio || 1),
          indexAxis: bars ? "y" : "x", parsing: bars ? undefined : false,
          scales: bars
            ? { x: axis(plot.x, plot), y: { title: { display: false }, grid: {},
                ticks: { autoSkip: false } } }
            : { x: axis(plot.x, plot), y: Object.assign(
                plot.y.isLogarithmic ? {} : { grace: plot.isDense ? 0 : "8%" },
                axis(plot.y, plot)) },
          plugins: {
            legend: { display: !bars, position: "bottom",
              labels: { usePointStyle: true, padding: 16,
                filter: (item, data) => !data.datasets[item.datasetIndex].isReference } },
            tooltip: { callbacks: bars ? {} : {
              label: (item) => item.dataset.label + ": " + item.raw.label } } } } };
    }

    function colour(chart) {
      const text = style("--text"), line = style("--line");
      for (const name of ["x", "y"]) {
        const scale = chart.options.scales[name];
        scale.ticks.color = text; scale.title.color = text; scale.grid.color = line;
      }
      chart.options.plugins.legend.labels.color = text;
      for (const set of chart.data.datasets) {
        if (set.isReference) { set.borderColor = text; set.backgroundColor = text; }
      }
      chart.update("none");
    }

    function isDrawn(canvas) {
      const size = [canvas.width, canvas.height];
      if (!size[0] || !size[1]) return false;
      const pixels = canvas.getContext("2d").getImageData(0, 0, size[0], size[1]).data;
      const middle = [size[0] / 4, size[0] * 0.95, size[1] / 20, size[1] * 0.8].map(Math.floor);
      const seen = new Set();
      for (let y = middle[2]; y < middle[3]; y += 1) {
        for (let x = middle[0]; x < middle[1]; x += 1) {
          const at = 4 * (y * size[0] + x);
          if (pixels[at + 3] > 128) {
            seen.add((pixels[at] << 16) | (pixels[at + 1] << 8) | pixels[at + 2]);
          }
        }
      }
      return seen.size > 1;
    }

    const charts = plots.map((plot, index) => {
      const canvas = document.getElementById("plot" + index);
      const chart = new Chart(canvas, configuration(plot));
      colour(chart);
      canvas.dataset.drawn = String(isDrawn(canvas));
      return chart;
    });
    const root = document.documentElement;
    root.dataset.plots = String(charts.length);
    root.dataset.overflows = String(root.scrollWidth > root.clientWidth);
    const recolour = () => charts.forEach((chart) => { chart.resize(); colour(chart); });
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);
    window.matchMedia("print").addEventListener("change", recolour);
    window.addEventListener("beforeprint", recolour);
    window.addEventListener("afterprint", recolour);
  })();
  """
