// A scene as SVG: what is in sight, with texts as texts.

const xml = (text) =>
  String(text)
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd")
    .replace(/[&<>"]/g, (found) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[found]);

const fixed = (value) => Math.round(value * 100) / 100;

function svgBox(box) {
  const [x, y] = toScreen(box.x, box.y);
  const [w, h] = [box.w * CAMERA.scale, box.h * CAMERA.scale];
  if (x > CAMERA.width || y > CAMERA.height || x + w < 0 || y + h < 0) return "";
  return `<rect x="${fixed(x)}" y="${fixed(y)}" width="${fixed(w)}" height="${fixed(h)}" rx="${fixed(Math.min(7, Math.min(w, h) * 0.15))}"`
    + ` fill="${css(box.fill)}" stroke="${css(box.ring ?? box.line)}" stroke-width="${box.ring ? 2.5 : 1}" opacity="${fixed(box.alpha)}">`
    + `<title>${xml(visible(idOf(box.node)))}</title></rect>`;
}

function svgLink(link) {
  const points = screenCurve(link.curve, 12).map((point) => point.map(fixed));
  const path = "M" + points.map((point) => point.join(" ")).join("L");
  const head = arrowOf(points, link.width).map((point) => point.map(fixed).join(",")).join(" ");
  const colour = css(link.colour);
  return `<g opacity="${fixed(link.alpha)}"><path d="${path}" fill="none" stroke="${colour}" stroke-width="${fixed(link.width)}"/>`
    + `<polygon points="${head}" fill="${colour}"/></g>`;
}

function svgText(label) {
  let text = label.text;
  while (text.length > 2 && widthOf(text, label.size, label.bold) > label.room + 4) text = text.slice(0, -2) + "…";
  return `<text x="${fixed(label.x)}" y="${fixed(label.y)}" font-size="${label.size}" font-weight="${label.bold ? 600 : 400}"`
    + ` fill="${css(label.colour)}" opacity="${fixed(label.alpha)}" text-anchor="${label.middle ? "middle" : "start"}"`
    + ` dominant-baseline="central">${xml(text)}</text>`;
}

function svgOf(scene) {
  const { width, height } = CAMERA;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${xml(FONT)}">`,
    `<title>${xml(visible(DATA.title))}</title>`,
    `<rect width="100%" height="100%" fill="${css(THEME.page)}"/>`,
    ...scene.boxes.map(svgBox).filter(Boolean),
    ...scene.links.map(svgLink),
    ...labelsOf(scene).map(svgText),
    "</svg>",
    "",
  ].join("\n");
}
