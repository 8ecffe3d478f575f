// The charts: drawn as SVG at the size they are shown, so that text stays readable on a phone.

const bandClass = (index) => (index < 3 ? `ok${index}` : index === 3 ? "warning" : "error");

// How many functions of each size, in steps of 50 tokens, with the limit drawn in.
function histogram(width) {
  const { step, counts } = data.histogram;
  const height = 250;
  const edge = { left: 40, right: 10, top: 28, bottom: 40 };
  const plotWidth = width - edge.left - edge.right;
  const plotHeight = height - edge.top - edge.bottom;
  const top = Math.log10(Math.max(...counts, 9) + 1);
  const barWidth = plotWidth / counts.length;
  const x = (bin) => edge.left + bin * barWidth;
  const y = (count) => edge.top + plotHeight * (1 - Math.log10(count + 1) / top);
  const chart = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": "Histogram of functions by tokens" });
  for (let count = 1; Math.log10(count + 1) <= top; count *= 10) {
    chart.append(
      svg("line", { x1: edge.left, x2: width - edge.right, y1: y(count), y2: y(count), class: "grid" }),
      svg("text", { x: edge.left - 8, y: y(count) + 4, class: "tick end" }, short(count)),
    );
  }
  counts.forEach((count, bin) => {
    const last = bin === counts.length - 1;
    const name = last ? `over ${number(bin * step)}` : `${number(bin * step + 1)}–${number((bin + 1) * step)}`;
    const band = last || bin * step >= 1000 ? "error" : bin * step >= data.limit ? "warning" : "ok0";
    const attributes = { x: x(bin) + 1, width: Math.max(barWidth - 2, 1), rx: 2, class: `column ${band}` };
    if (count) chart.append(svg("rect", { ...attributes, y: y(count), height: height - edge.bottom - y(count) }));
    chart.append(svg("rect", {
      x: x(bin), width: barWidth, y: edge.top, height: plotHeight, class: "hit",
      "data-tip": `${name} tokens: ${plural(count, "function")}`,
    }));
  });
  chart.append(...histogramAxis(x, step, counts.length, { width, height, edge }));
  return chart;
}

function histogramAxis(x, step, bins, { width, height, edge }) {
  const base = height - edge.bottom;
  const limit = x(data.limit / step);
  const every = width < 480 ? 10 : 4;
  const parts = [svg("line", { x1: edge.left, x2: width - edge.right, y1: base, y2: base, class: "axis" })];
  for (let bin = 0; bin < bins; bin += every) {
    parts.push(svg("text", { x: x(bin), y: base + 17, class: "tick middle" }, number(bin * step)));
  }
  parts.push(
    svg("text", { x: width - edge.right, y: base + 34, class: "tick end" }, "tokens of a function"),
    svg("line", { x1: limit, x2: limit, y1: edge.top - 12, y2: base, class: "limit" }),
    svg("text", { x: limit + 6, y: edge.top - 4, class: "limit-name" }, `limit ${number(data.limit)}`),
  );
  return parts;
}

// One bar of parts that add up to everything: [{value, kind, tip}].
function stackedBar(parts, label) {
  const total = parts.reduce((sum, part) => sum + part.value, 0) || 1;
  return el("div", { class: "stack", role: "img", "aria-label": label },
    parts.filter((part) => part.value).map((part) => {
      const piece = el("span", { class: `piece ${part.kind}`, "data-tip": part.tip });
      piece.style.flexGrow = String(part.value / total);
      return piece;
    }));
}

function ring(share, label) {
  const radius = 62;
  const around = 2 * Math.PI * radius;
  const state = share >= 0.99 ? "good" : share >= 0.95 ? "fair" : "poor";
  const arc = { cx: 80, cy: 80, r: radius, fill: "none", "stroke-width": 13 };
  return svg("svg", { viewBox: "0 0 160 160", class: `ring ${state}`, role: "img", "aria-label": `${percent(share)} ${label}` },
    svg("circle", { ...arc, class: "ring-track" }),
    svg("circle", { ...arc, class: "ring-value", "stroke-linecap": share > 0.02 ? "round" : "butt", "stroke-dasharray": `${around * share} ${around}`, transform: "rotate(-90 80 80)" }),
    svg("text", { x: 80, y: 88, class: "ring-number" }, percent(share).replace(" ", "\u2009")));
}

// Rows of name, bar and figure: [{name, title, parts, total, figure, onclick}], bars on one scale.
function barRows(rows, scale, mark) {
  return el("ul", { class: "rows" }, rows.map((row) => {
    const bar = el("span", { class: "track" }, row.parts.filter((part) => part.value).map((part) => {
      const piece = el("span", { class: `piece ${part.kind}` });
      piece.style.width = `${(100 * part.value) / scale}%`;
      return piece;
    }));
    if (mark !== undefined) {
      const line = el("span", { class: "mark" });
      line.style.left = `${(100 * mark) / scale}%`;
      bar.append(line);
    }
    const cells = [el("span", { class: "row-name" }, row.name), el("span", { class: "row-figure" }, row.figure), bar];
    const shown = row.onclick
      ? el("button", { type: "button", class: "row", onclick: row.onclick, "data-tip": row.tip }, cells)
      : el("div", { class: "row", "data-tip": row.tip }, cells);
    return el("li", {}, shown);
  }));
}
