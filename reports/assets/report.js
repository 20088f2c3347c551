// Draws the charts of a report from the data in the page. No library but ECharts, no network.
"use strict";

(() => {
  const { charts: figures, time, phases, faults, texts } = JSON.parse(document.getElementById("chart-data").textContent);
  const ON_SCREEN = { panelPx: 156 };
  const ON_PAPER = { panelPx: 118, width: 640 };
  const BETWEEN_PX = 46;
  const TOP_PX = 44;
  const BOTTOM_PX = 26;
  const BAR_PX = 34;
  const DAY_PX = 17;
  const TICKS_S = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400];
  const LEAST_BUCKETS = 5;
  const drawn = new Map();
  let medium = ON_SCREEN;
  let language = document.documentElement.lang;
  let said = texts[language];

  // The charts with the texts of the language in force: figures are in the page once.
  const charts = () =>
    figures.map((chart) => {
      const its = said.charts[chart.name];
      if (chart.cells) return { ...chart, ...its };
      const panels = chart.panels.map((panel, i) => ({
        ...panel,
        axis: its.panels[i].axis,
        limit: panel.limit === null ? null : [panel.limit, its.panels[i].limit],
        series: panel.series.map((series, n) => ({ ...series, name: its.panels[i].names[n] })),
      }));
      return { ...chart, panels, categories: its.categories };
    });

  // How wide a text is, about: Chinese is nearly twice as wide as Latin.
  const widthPx = (text) => [...text].reduce((sum, letter) => sum + (letter > "\u2e80" ? 12.5 : 7), 0);
  const filled = (text, parts) => text.replace(/\{(\w+)\}/g, (_, name) => parts[name]);
  const date = (iso) => filled(said.dates[Number(iso.slice(5, 7)) - 1], { day: Number(iso.slice(8, 10)) });

  // The buckets that all charts over time show: from the first, before the last. Numbers of buckets below count from `from`.
  const shown = { from: 0, to: time ? time.count : 0 };

  const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

  // Portal time at a bucket's start, in ms as if it were UTC; buckets are of equal width in the time of the run.
  const edgeMs = (n) => (time.edgesMs ? time.edgesMs[Math.min(n, time.count)] : time.startMs + n * time.widthS * 1000);
  const portalMs = (n) => edgeMs(n + shown.from);
  const count = () => shown.to - shown.from;
  const part = (values) => values.slice(shown.from, shown.to);

  function clock(n, withSeconds) {
    const moment = new Date(portalMs(n)).toISOString();
    const day = time.manyDays ? `${date(moment)} ` : "";
    return day + moment.slice(11, withSeconds ? 19 : 16);
  }

  // A clock of many speeds: days first, then ever rounder times between them, as far as there is room.
  function unevenTicks(width) {
    const apart = (count() * 76) / width;
    const placed = new Map([[0, "day"]]);
    for (const everyS of [86400, 43200, 21600, 7200, 3600, 1800, 600, 60]) {
      const turn = (n) => Math.floor(portalMs(n) / 1000 / everyS);
      for (let n = 1; n < count(); n += 1) {
        if (turn(n) === turn(n - 1) || [...placed.keys()].some((other) => Math.abs(other - n) < apart)) continue;
        placed.set(n, everyS === 86400 ? "day" : "hour");
      }
    }
    const day = (n) => new Date(portalMs(n)).toISOString().slice(0, 10);
    const label = (n) => {
      if (placed.get(n) === "day") return date(day(n));
      const before = Math.max(...[...placed.keys()].filter((other) => other < n));
      return `${day(before) === day(n) ? "" : `${date(day(n))} `}${new Date(portalMs(n)).toISOString().slice(11, 16)}`;
    };
    return { at: (n) => placed.has(n), label };
  }

  // Ticks stand on round times of the portal's clock.
  function ticks(width) {
    if (time.edgesMs) return unevenTicks(width);
    const most = Math.max(3, Math.floor(width / (time.manyDays ? 110 : 76)));
    const bucketS = time.widthS;
    const every = TICKS_S.find((s) => s >= bucketS && (count() * bucketS) / s <= most) || 86400;
    const start = (portalMs(0) / 1000) % 86400;
    const turn = (n) => Math.floor((start + n * bucketS) / every + 1e-9);
    return { at: (n) => turn(n) !== turn(n - 1), label: (n) => clock(n, every % 60 !== 0) };
  }

  // A value between two gaps would be a line without length: it gets a dot.
  function isolated(values) {
    return new Set(values.map((v, i) => (v !== null && values[i - 1] == null && values[i + 1] == null ? i : -1)));
  }

  // The highest point of a panel: of its lines, or of its areas on top of one another.
  function highest(panel) {
    const areas = panel.series.filter((s) => s.kind === "area").map((s) => part(s.values));
    const stacked = areas.length ? areas[0].map((_, i) => areas.reduce((sum, values) => sum + (values[i] ?? 0), 0)) : [];
    const lines = panel.series.filter((s) => s.kind === "line").flatMap((s) => part(s.values));
    return [...stacked, ...lines].reduce((top, v) => Math.max(top, v ?? 0), 0);
  }

  // Phases are shaded in turn; faults lie over them, in a colour of their own.
  function spans(isFirst, width) {
    const bucket = (at_s) => Math.max(0, Math.min(count() - 1, Math.round(at_s / time.widthS) - shown.from));
    const until = (span) => span.to_s ?? time.count * time.widthS;
    const inSight = (span) => span.from_s < shown.to * time.widthS && until(span) > shown.from * time.widthS;
    const area = (span, name, color, label) => [
      { xAxis: bucket(span.from_s), itemStyle: { color: style(color) || color }, label: { fontSize: 11, formatter: name, ...label } },
      { xAxis: Math.max(bucket(until(span)), bucket(span.from_s) + (color === "fault" ? 1 : 0)) },
    ];
    const fits = (span, name) => ((bucket(until(span)) - bucket(span.from_s)) / count()) * width > widthPx(name) + 14;
    const quiet = { color: style("quiet"), position: "top", distance: 3 };
    // In three rows: names of faults that follow each other closely would lie on one another.
    const loud = (i) => ({ color: style("bad"), position: "insideTop", distance: 3 + 14 * (i % 3), textBorderWidth: 0 });
    return {
      silent: true,
      data: [
        ...phases.flatMap((p, i) => inSight(p) ? [area(p, said.phases[i], i % 2 ? "phase" : "transparent", { ...quiet, show: isFirst && fits(p, said.phases[i]) })] : []),
        ...faults.flatMap((f, i) => inSight(f) ? [area(f, said.faults[i], "fault", { ...loud(i), show: isFirst })] : []),
      ],
    };
  }

  function limitMark(limit) {
    if (!limit) return undefined;
    return {
      silent: true,
      symbol: "none",
      lineStyle: { color: style("ink"), type: "dotted", width: 1.2 },
      label: { formatter: limit[1], position: "insideEndBottom", color: style("quiet"), fontSize: 11 },
      data: [{ yAxis: limit[0] }],
    };
  }

  function timeSeries(panel, index, width) {
    return panel.series.map((s, n) => {
      const values = part(s.values);
      const alone = isolated(values);
      const color = style(s.color);
      return {
        name: s.name,
        type: "line",
        xAxisIndex: index,
        yAxisIndex: index,
        data: values,
        stack: s.kind === "area" ? `areas-${index}` : undefined,
        areaStyle: s.kind === "area" ? { color, opacity: 0.75 } : undefined,
        lineStyle: { color, width: s.kind === "area" ? 0.5 : 1.8, type: s.dashed ? [5, 3] : "solid" },
        itemStyle: { color },
        symbol: "circle",
        showSymbol: true,
        symbolSize: (_, at) => (alone.has(at.dataIndex) ? 4 : 0),
        emphasis: { disabled: true },
        markArea: n === 0 ? spans(index === 0, width) : undefined,
        markLine: n === 0 ? limitMark(panel.limit) : undefined,
      };
    });
  }

  function common() {
    return {
      animation: false,
      backgroundColor: "transparent",
      textStyle: { fontFamily: style("font"), color: style("ink") },
      tooltip: {
        trigger: "axis",
        confine: true,
        backgroundColor: style("card"),
        borderColor: style("rule"),
        textStyle: { color: style("ink"), fontSize: 12 },
        valueFormatter: (v) => (v == null ? "–" : Number(v).toLocaleString("en", { maximumSignificantDigits: 4 })),
      },
    };
  }

  function valueAxis(panel, extra) {
    return {
      type: "value",
      min: 0,
      splitNumber: 4,
      ...(highest(panel) <= panel.leastTop ? { max: panel.leastTop, interval: panel.leastTop / 4 } : {}),
      splitLine: { lineStyle: { color: style("rule") } },
      axisLabel: { color: style("quiet"), fontSize: 11 },
      name: panel.axis,
      nameTextStyle: { color: style("quiet"), fontSize: 12, align: "left" },
      ...extra,
    };
  }

  function overTime(chart, width) {
    const left = 44;
    const tick = ticks(width - left);
    const last = chart.panels.length - 1;
    const indices = Array.from({ length: count() }, (_, i) => String(i));
    const option = common();
    option.axisPointer = { link: [{ xAxisIndex: "all" }], lineStyle: { color: style("quiet") }, label: { show: false } };
    option.grid = chart.panels.map((_, i) => ({
      left,
      right: 12,
      top: TOP_PX + i * (medium.panelPx + BETWEEN_PX),
      height: medium.panelPx,
    }));
    option.xAxis = chart.panels.map((_, i) => ({
      type: "category",
      gridIndex: i,
      data: indices,
      boundaryGap: false,
      axisLine: { lineStyle: { color: style("quiet") } },
      axisTick: { interval: (n) => tick.at(n) },
      axisLabel: {
        show: i === last,
        interval: (n) => tick.at(n),
        color: style("quiet"),
        fontSize: 11,
        formatter: (n) => tick.label(Number(n)),
        hideOverlap: true,
      },
      axisPointer: { label: { show: false } },
    }));
    option.yAxis = chart.panels.map((panel, i) =>
      valueAxis(panel, { gridIndex: i, nameLocation: "end", nameGap: i === 0 ? 23 : 10, nameTextStyle: { color: style("quiet"), fontSize: 12, align: "left", padding: [0, 0, 0, -left + 2] } })
    );
    option.series = chart.panels.flatMap((panel, i) => timeSeries(panel, i, width - left));
    option.tooltip.formatter = (points) => {
      const head = clock(points[0].dataIndex, true);
      const rows = points.map((p) => `<tr><td>${p.marker}${p.seriesName}</td><td style="text-align:right;padding-left:1em">${option.tooltip.valueFormatter(p.value)}</td></tr>`);
      return `<strong>${head}</strong><table style="font-size:12px">${rows.join("")}</table>`;
    };
    return option;
  }

  function overCategories(chart, width) {
    const panel = chart.panels[0];
    const left = Math.min(width * 0.42, 18 + Math.max(...chart.categories.map(widthPx)));
    const option = common();
    option.grid = [{ left, right: 20, top: 6, bottom: 44 }];
    option.yAxis = [{
      type: "category",
      data: chart.categories,
      inverse: true,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: style("quiet") } },
      axisLabel: { color: style("ink"), fontSize: 12, width: left - 10, overflow: "truncate" },
    }];
    option.xAxis = [valueAxis(panel, { nameLocation: "middle", nameGap: 26, nameTextStyle: { color: style("quiet"), fontSize: 12 } })];
    option.series = panel.series.map((s) => ({
      name: s.name,
      type: "bar",
      stack: "all",
      barWidth: "68%",
      data: s.values,
      itemStyle: { color: style(s.color) },
      emphasis: { disabled: true },
    }));
    return option;
  }

  // A calendar: a square for each hour of each day, drawn as points, as the bundled ECharts has no heat map of its own.
  function calendar(chart, width) {
    const left = 76;
    const cell = (width - left - 8) / 24;
    const option = common();
    const hours = Array.from({ length: 24 }, (_, hour) => hour);
    const apart = cell < 16 ? 6 : 3;
    const plain = { type: "category", axisLine: { show: false }, axisTick: { show: false }, splitArea: { show: false } };
    option.grid = [{ left, right: 8, top: 4, height: chart.days.length * DAY_PX }];
    option.xAxis = [{ ...plain, data: hours, axisLabel: { interval: (n) => n % apart === 0, formatter: (n) => filled(said.hour, { hour: n }), color: style("quiet"), fontSize: 11 } }];
    option.yAxis = [{ ...plain, data: chart.days, inverse: true, axisLabel: { interval: 0, color: style("quiet"), fontSize: 11 } }];
    const known = new Set(chart.cells.map(([hour, day]) => `${hour} ${day}`));
    const gaps = chart.days.flatMap((_, day) => hours.filter((hour) => !known.has(`${hour} ${day}`)).map((hour) => [hour, day]));
    const squares = { type: "scatter", symbol: "rect", symbolSize: [Math.max(2, cell - 1.5), DAY_PX - 1.5], emphasis: { disabled: true } };
    option.series = [
      { ...squares, data: gaps, itemStyle: { color: style("unmeasured"), opacity: 1 } },
      { ...squares, data: chart.cells.map(([hour, day, level, value]) => ({ value: [hour, day, value], itemStyle: { color: style(`heat${level}`), opacity: 1 } })) },
    ];
    option.tooltip.trigger = "item";
    option.tooltip.formatter = (point) => {
      const [hour, day, value] = point.value;
      const figure = value === undefined ? said.unmeasured : `${chart.shows}: ${option.tooltip.valueFormatter(value)}`;
      const when = filled(said.hours, { day: chart.days[day], from: hour, to: hour + 1 });
      return `<strong>${when}</strong><br>${figure}`;
    };
    return option;
  }

  function draw(chart) {
    const box = document.getElementById(`chart-${chart.name}`);
    if (!box) return;
    drawn.get(chart.name)?.dispose();
    const across_px = medium.width || box.clientWidth;
    if (chart.days) {
      const height = chart.days.length * DAY_PX + 30;
      box.style.height = `${height}px`;
      const picture = echarts.init(box, null, { renderer: "svg", width: across_px, height });
      picture.setOption(calendar(chart, across_px));
      drawn.set(chart.name, picture);
      return;
    }
    const across = chart.categories.length > 0;
    const panels = chart.panels.length;
    const height = across
      ? chart.categories.length * BAR_PX + 54
      : TOP_PX + panels * medium.panelPx + (panels - 1) * BETWEEN_PX + BOTTOM_PX;
    box.style.height = `${height}px`;
    const picture = echarts.init(box, null, { renderer: "svg", width: across_px, height });
    picture.setOption(across ? overCategories(chart, across_px) : overTime(chart, across_px));
    drawn.set(chart.name, picture);
  }

  const drawAll = () => charts().forEach(draw);
  const overTimeAlone = () => charts().filter((chart) => !chart.days && chart.categories.length === 0);

  // One range for all charts over time: by two sliders, or by drawing across a chart.
  const range = () => document.getElementById("range");

  function sayRange() {
    const form = range();
    form.from.value = shown.from;
    form.to.value = shown.to;
    form.from_clock.value = clock(0, true);
    form.to_clock.value = clock(count(), true);
    const whole = count() === time.count;
    form.classList.toggle("part", !whole);
    form.querySelector("button").disabled = whole;
  }

  function showRange(from, to) {
    [shown.from, shown.to] = [from, to];
    sayRange();
    overTimeAlone().forEach(draw);
  }

  function offerRange() {
    const form = range();
    if (!form || time.count <= LEAST_BUCKETS || !overTimeAlone().length) return;
    form.hidden = false;
    form.from.max = form.to.max = time.count;
    form.from.oninput = () => showRange(Math.min(Number(form.from.value), shown.to - LEAST_BUCKETS), shown.to);
    form.to.oninput = () => showRange(shown.from, Math.max(Number(form.to.value), shown.from + LEAST_BUCKETS));
    form.onreset = (event) => { event.preventDefault(); showRange(0, time.count); };
    form.onsubmit = (event) => event.preventDefault();
    overTimeAlone().forEach(pickOn);
    sayRange();
  }

  // Drawing across is for a mouse: a finger that moves over a chart scrolls the page.
  function pickOn(chart) {
    const box = document.getElementById(`chart-${chart.name}`);
    if (!box) return;
    box.classList.add("picking");
    box.onpointerdown = (down) => {
      if (down.pointerType !== "mouse" || down.button !== 0) return;
      const left = box.getBoundingClientRect().left;
      const mark = Object.assign(document.createElement("div"), { className: "picked" });
      const ends = (move) => [down.clientX - left, move.clientX - left].sort((a, b) => a - b);
      const bucketAt = (x) => Math.max(0, Math.min(count(), drawn.get(chart.name).convertFromPixel({ xAxisIndex: 0 }, x)));
      const follow = (move) => {
        const [from, to] = ends(move);
        box.append(mark);
        Object.assign(mark.style, { left: `${from}px`, width: `${to - from}px` });
      };
      const finish = (up) => {
        removeEventListener("pointermove", follow);
        mark.remove();
        const [from, to] = ends(up).map((x) => shown.from + bucketAt(x));
        if (to - from >= LEAST_BUCKETS) showRange(from, to);
      };
      down.preventDefault();
      addEventListener("pointermove", follow);
      addEventListener("pointerup", finish, { once: true });
    };
  }

  // The table behind a chart is made when it is opened.
  function rowsOf(chart) {
    if (chart.cells) {
      const rows = chart.days.map((day) => [day, ...Array(24).fill(null)]);
      chart.cells.forEach(([hour, day, , value]) => { rows[day][hour + 1] = value; });
      const hours = Array.from({ length: 24 }, (_, hour) => filled(said.hour, { hour }));
      return [[`${said.day} (${chart.shows})`, ...hours], ...rows];
    }
    const across = chart.categories.length > 0;
    const series = chart.panels.flatMap((panel) => panel.series.map((s) => ({ head: `${s.name} (${panel.axis})`, values: s.values })));
    const first = across ? chart.categories : Array.from({ length: time.count }, (_, n) => clock(n - shown.from, true));
    return [[across ? said.step : said.time, ...series.map((s) => s.head)], ...first.map((head, n) => [head, ...series.map((s) => s.values[n])])];
  }

  function fillTable(details) {
    const chart = charts().find((one) => one.name === details.dataset.chart);
    const [heads, ...rows] = rowsOf(chart);
    const table = document.createElement("table");
    const line = (cells, tag, parent) => {
      const row = parent.insertRow();
      cells.forEach((value) => {
        const cell = row.appendChild(document.createElement(tag));
        if (tag === "th") cell.scope = "col";
        cell.textContent = typeof value === "number" ? value.toLocaleString("en", { maximumSignificantDigits: 15 }) : value ?? "";
      });
    };
    line(heads, "th", table.createTHead());
    const body = table.createTBody();
    rows.forEach((cells) => line(cells, "td", body));
    details.querySelector(".scroll").replaceChildren(table);
  }

  const page = document.getElementById("page");
  const pages = new Map([...document.querySelectorAll("template.page")].map((template) => [template.lang, template]));

  // What follows from the language that is shown: charts, tables, and the switch to the other one.
  function dress() {
    said = texts[language];
    offerRange();
    drawAll();
    page.querySelectorAll("details.figures").forEach((details) => {
      details.ontoggle = () => details.open && fillTable(details);
    });
    const other = [...pages.keys()].find((name) => name !== language);
    const button = page.querySelector("button.language");
    if (!button || !other) return;
    Object.assign(button, { hidden: false, lang: other, textContent: texts[other].name });
    button.onclick = () => speak(other);
  }

  // The page in the other language takes the place of this one, which waits in its template; the reader stays in the section.
  function speak(other) {
    const sections = [...page.querySelectorAll("section")].reverse();
    const at = sections.find((section) => section.getBoundingClientRect().top <= 1)?.id;
    pages.get(language).content.append(...page.childNodes);
    language = other;
    page.append(pages.get(language).content);
    document.documentElement.lang = language;
    document.title = pages.get(language).title;
    dress();
    if (at) document.getElementById(at)?.scrollIntoView();
    else page.querySelector("button.language")?.focus();
  }

  dress();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawAll());

  let timer = 0;
  let lastWidth = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth === lastWidth) return;
    lastWidth = innerWidth;
    clearTimeout(timer);
    timer = setTimeout(() => drawAll(), 120);
  });

  // On paper charts are as wide as the sheet and by day, whatever the screen was.
  addEventListener("beforeprint", () => {
    document.documentElement.classList.add("paper");
    medium = ON_PAPER;
    drawAll();
  });
  addEventListener("afterprint", () => {
    document.documentElement.classList.remove("paper");
    medium = ON_SCREEN;
    drawAll();
  });
})();
