// Draws a run while it lasts, from /live.json: as a page of its own, and as a tab of Locust's web UI.
"use strict";

(() => {
  const ASK_MS = 2000;
  const TAB_MS = 250;
  const root = document.getElementById("rehearse-live");
  const address = root.dataset.live;
  const tab = root.dataset.tab; // of Locust's web UI; empty on the page
  const charts = [];
  let points = [];
  let drawnRun = null;
  let asking = false;

  root.innerHTML = `
    <dl class="figures" aria-live="off"></dl>
    <ul class="notes" role="status"></ul>
    <div class="panels">
      <section><h2>Arrivals</h2><p class="sub">a second, planned and started</p><div class="chart" data-chart="arrivals"></div></section>
      <section><h2>Lag</h2><p class="sub">95th percentile of pages in ms: since the answer was wanted, and since the request was sent</p><div class="chart" data-chart="lag"></div></section>
      <section><h2>Pages</h2><p class="sub">a second: as asked for (goodput), and refused, failed or given up</p><div class="chart" data-chart="pages"></div></section>
      <section><h2>Waiting by resource</h2><p class="sub">requests waiting on average, over the last samples</p>
        <table><thead><tr><th>resource</th><th></th><th>waiting</th><th class="use">in use</th><th>of</th></tr></thead><tbody></tbody></table></section>
    </div>`;

  const style = (name) => getComputedStyle(root).getPropertyValue(`--${name}`).trim();
  const count = (n) => Math.round(n).toLocaleString("en");
  const two = (n) => String(n).padStart(2, "0");
  const length = (s) => `${Math.floor(s / 60)}:${two(Math.floor(s % 60))}`;

  const PANELS = {
    arrivals: [["planned", "due_per_s", "planned", 6], ["started", "started_per_s", "started"]],
    lag: [["intended latency", "intended_p95_ms", "intended"], ["service latency", "service_p95_ms", "service"]],
    pages: [["goodput", "ok_per_s", "ok"], ["others", "others_per_s", "void"]],
  };

  function draw() {
    for (const { chart, lines } of charts) {
      const text = { color: style("quiet") };
      chart.setOption({
        animation: false,
        grid: { left: 8, right: 12, top: 30, bottom: 4, containLabel: true },
        legend: { top: 0, left: 0, icon: "roundRect", itemHeight: 3, textStyle: text },
        tooltip: { trigger: "axis", axisPointer: { label: { formatter: ({ value }) => length(value) } } },
        xAxis: { type: "value", min: "dataMin", max: "dataMax", axisLabel: { ...text, formatter: length, hideOverlap: true, showMinLabel: true }, splitLine: { show: false }, axisLine: { lineStyle: { color: style("line") } } },
        yAxis: { type: "value", min: 0, axisLabel: text, splitNumber: 3, splitLine: { lineStyle: { color: style("line") } } },
        series: lines.map(([name, key, color, width]) => ({
          name,
          type: "line",
          symbol: "none",
          connectNulls: false,
          data: points.map((p) => [p.at_s, p[key]]),
          lineStyle: { color: style(color), width: width || 1.8, opacity: width ? 0.45 : 1 },
          itemStyle: { color: style(color) },
        })),
      });
    }
  }

  function element(name, text, className) {
    const it = document.createElement(name);
    if (text !== undefined) it.textContent = text;
    if (className) it.className = className;
    return it;
  }

  function figures(now) {
    // The portal's clock is in UTC+8, as it was sent, whatever the zone of whoever looks.
    const clock = `${now.portal_time.slice(0, 10)} ${now.portal_time.slice(11, 19)}`;
    return [
      ["portal time", clock],
      ["speed", `${now.speed >= 10 ? count(now.speed) : Number(now.speed.toFixed(2))}×`],
      ["run time", `${length(now.run_s)} of ${length(now.planned_length_s)}`],
      ["planned by now", count(now.due)],
      ["started", count(now.started)],
      ["of all", count(now.planned)],
      ["inside", count(now.inside)],
      ["requests", count(now.requests)],
    ];
  }

  function say(lines) {
    root.querySelector(".notes").replaceChildren(...lines.map(([kind, text]) => element("li", text, kind)));
  }

  function show(now) {
    root.querySelector(".figures").replaceChildren(
      ...figures(now).map(([name, value]) => {
        const pair = element("div");
        pair.append(element("dt", name), element("dd", value));
        return pair;
      }),
    );
    const said = [
      ...(now.has_begun ? [] : [["quiet", "The load has not begun."]]),
      ...now.warnings.map((it) => [it.standing, `${it.standing === "void" ? "The run is void: " : "Warning: "}${it.sentence}`]),
      ...now.faults.map((it) => ["fault", `Fault under way: ${it.words}`]),
    ];
    say(said);
    const most = Math.max(1, ...now.resources.map((it) => it.waiting));
    const rows = [...now.resources].sort((a, b) => b.waiting - a.waiting || b.in_use / b.capacity - a.in_use / a.capacity);
    root.querySelector("tbody").replaceChildren(
      ...rows.map((it) => {
        const row = element("tr");
        const bar = element("td", undefined, "bar");
        const length = element("i");
        length.style.width = `${(100 * it.waiting) / most}%`;
        bar.append(length);
        const capacity = it.capacity ? count(it.capacity) : "";
        row.append(element("td", it.title), bar, element("td", it.waiting.toFixed(1)), element("td", count(it.in_use)), element("td", capacity));
        return row;
      }),
    );
  }

  function shade() {
    const [r, g, b] = getComputedStyle(document.body).backgroundColor.match(/[\d.]+/g).map(Number);
    const byPage = tab && (r || g || b) ? r + g + b < 384 : matchMedia("(prefers-color-scheme: dark)").matches;
    if (!tab) document.body.style.background = byPage ? "#1b1f24" : "#ffffff";
    root.classList.toggle("dark", byPage);
  }

  async function now(since) {
    const answer = await fetch(`${address}?since=${since}`, { cache: "no-store" });
    return answer.status === 200 ? answer.json() : null;
  }

  async function ask() {
    if (root.hidden || asking) return;
    asking = true;
    shade();
    try {
      const since = points.length ? points[points.length - 1].at_s : 0;
      let it = await now(since);
      if (it && it.run !== drawnRun) {
        points = []; // another run than the one that was drawn: from its beginning
        drawnRun = it.run;
        if (since) it = await now(0);
      }
      if (it) {
        points = [...points, ...it.points].slice(-1800);
        show(it);
        draw();
      } else {
        say([["quiet", points.length ? "The run is over: this is how it stood." : "No run is under way, or it is being prepared."]]);
      }
    } catch {
      say([["quiet", points.length ? "The run is over, or cannot be reached: this is how it stood." : "The run cannot be reached."]]);
    } finally {
      asking = false;
    }
  }

  function begin() {
    for (const place of root.querySelectorAll("[data-chart]")) {
      charts.push({ chart: echarts.init(place, null, { renderer: "svg" }), lines: PANELS[place.dataset.chart] });
    }
    addEventListener("resize", () => charts.forEach(({ chart }) => chart.resize()));
  }

  if (tab) {
    setInterval(() => {
      // Locust's page makes and removes its tabs as it likes; the panel goes below them, wherever they are now.
      const place = document.querySelector('[role="tablist"]')?.closest(".MuiContainer-root");
      const hidden = !place || new URLSearchParams(location.search).get("tab") !== tab;
      if (place && root.parentElement !== place) place.append(root);
      if (hidden === root.hidden) return;
      root.hidden = hidden;
      if (hidden) return;
      if (!charts.length) begin();
      charts.forEach(({ chart }) => chart.resize());
      ask();
    }, TAB_MS);
  } else {
    begin();
    ask();
  }
  setInterval(ask, ASK_MS);
})();
