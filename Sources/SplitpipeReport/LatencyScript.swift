/// Computes latencies from the rows of the page as the reader moves link, device and server.
let latencyScript = """
  (function () {
    "use strict";
    const data = JSON.parse(document.getElementById("latency-data").textContent);
    const element = (name) => document.getElementById("latency-" + name);
    const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const short = (value) => Number(value.toPrecision(3)).toString();
    const scales = {
      link: { read: (v) => 1e6 * 10 ** v, show: (v) => short(v / 1e6) + " Mbit/s" },
      trip: { read: (v) => v / 1e3, show: (v) => short(v * 1e3) + " ms" },
      device: { read: (v) => 10 ** v, show: (v) => "× " + short(v) },
      server: { read: (v) => 10 ** v, show: (v) => "× " + short(v) } };
    const names = Object.keys(scales);
    // The exact numbers of the command hold until a control is moved.
    const values = { link: data.link, trip: data.roundTrip, device: data.device, server: data.server };
    element("link").value = Math.log10(data.link / 1e6);
    element("trip").value = data.roundTrip * 1e3;
    element("device").value = Math.log10(data.device);
    element("server").value = Math.log10(data.server);

    function parts(row) {
      const link = row.bytes > 0 ? row.bytes * 8 / values.link + values.trip : 0;
      return [row.device / values.device, link, row.server / values.server].map((s) => s * 1e3);
    }

    const colours = ["#0072b2", "#e69f00", "#009e73"];
    const chart = new Chart(document.getElementById("latency"), { type: "bar",
      data: { labels: data.rows.map((r) => r.name),
        datasets: ["device", "link", "server"].map((label, index) => (
          { label, data: [], backgroundColor: colours[index], borderWidth: 0 })) },
      options: { animation: false, responsive: true, maintainAspectRatio: false, indexAxis: "y",
        devicePixelRatio: Math.max(2, window.devicePixelRatio || 1),
        scales: { x: { stacked: true, grid: {}, ticks: {}, title: { display: true, text: "ms" } },
          y: { stacked: true, grid: {}, ticks: { autoSkip: false } } },
        plugins: { legend: { position: "bottom", labels: {} }, tooltip: { callbacks: {
          label: (item) => item.dataset.label + ": " + short(item.raw) + " ms" } } } } });

    function update() {
      for (const name of names) element(name + "-text").textContent = scales[name].show(values[name]);
      const all = data.rows.map(parts);
      const sums = all.map((p) => p[0] + p[1] + p[2]);
      const best = sums.indexOf(Math.min(...sums));
      chart.data.labels = data.rows.map((r, i) => (i === best ? "\\u25b8 " : "") + r.name);
      chart.data.datasets.forEach((set, part) => { set.data = all.map((p) => p[part]); });
      element("answer").textContent = "Fastest: " + data.rows[best].name + ", " + short(sums[best]) +
        " ms (device " + short(all[best][0]) + ", link " + short(all[best][1]) + ", server " +
        short(all[best][2]) + ")";
      document.documentElement.dataset.fastest = data.rows[best].name;
      colour();
    }

    function colour() {
      for (const name of ["x", "y"]) {
        const scale = chart.options.scales[name];
        scale.ticks.color = style("--text"); scale.grid.color = style("--line");
      }
      chart.options.scales.x.title.color = style("--text");
      chart.options.plugins.legend.labels.color = style("--text");
      chart.update("none");
    }

    for (const name of names) {
      element(name).addEventListener("input", () => {
        values[name] = scales[name].read(Number(element(name).value));
        update();
      });
    }
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", colour);
    window.matchMedia("print").addEventListener("change", () => { chart.resize(); colour(); });
    update();
  })();
  """
