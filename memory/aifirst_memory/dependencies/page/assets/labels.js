// The texts of a scene for the screen as it is: what fits into its box, in the largest of a few sizes that do.

const FONT = 'Inter, "Segoe UI", system-ui, -apple-system, "Noto Sans", "DejaVu Sans", sans-serif';
const SIZES = [20, 16, 13, 11];
const MOST_LABELS = 600;
const ruler = document.createElement("canvas").getContext("2d");
const WIDTHS = [new Map(), new Map()]; // of plain and bold texts at 100 pixels

const fontOf = (size, bold) => `${bold ? 600 : 400} ${size}px ${FONT}`;

function widthOf(text, size, bold) {
  const known = WIDTHS[bold ? 1 : 0];
  let width = known.get(text);
  if (width === undefined) {
    ruler.font = fontOf(100, bold);
    width = ruler.measureText(text).width;
    if (known.size > 20000) known.clear();
    known.set(text, width);
  }
  return (width * size) / 100;
}

// As much of a text as there is room for, with an ellipsis; worked out once for about the same room.
const CUT = new Map();
function cutTo(text, size, bold, room) {
  const key = `${size}${bold ? "b" : "n"}${room >> 3} ${text}`;
  let cut = CUT.get(key);
  if (cut === undefined) {
    let [low, high] = [1, text.length];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (widthOf(text.slice(0, middle) + "…", size, bold) <= (room >> 3) * 8) low = middle;
      else high = middle - 1;
    }
    if (CUT.size > 20000) CUT.clear();
    const start = text.slice(0, low).replace(/[\s….]+$/, "");
    CUT.set(key, (cut = start.length > 2 ? start + "…" : ""));
  }
  return cut;
}

const fitted = (text, size, bold, room) => (widthOf(text, size, bold) <= room ? text : cutTo(text, size, bold, room));

// A name of any length, no longer than anyone would read on a box.
const boxName = (node) => {
  const name = nameOf(node);
  return name.length > 80 ? name.slice(0, 79) + "…" : name;
};

const NAMES = new Map();
function cachedName(node) {
  let name = NAMES.get(node);
  if (name === undefined) NAMES.set(node, (name = boxName(node)));
  return name;
}

// What stands under a name, unless the view says something else.
const noteAt = (box) => (box.note ||= NOTES.get(box.node) ?? NOTES.set(box.node, noteOf(box.node)).get(box.node));
const NOTES = new Map();

function openLabel(box, x, y, w, h, put) {
  const head = headOf(box) * CAMERA.scale;
  if (head < 10 || w < 30) return;
  const size = head < 16 ? 11 : head < 30 ? 13 : head < 52 ? 16 : 20;
  const left = x + Math.min(14, 5 + head * 0.14);
  put({ text: fitted(cachedName(box.node), size, true, w - 14), size, bold: true, x: left, y: y + head / 2 + 1, room: w - 12, middle: false, colour: box.ink,
    alpha: box.alpha });
  const after = left + widthOf(cachedName(box.node), size, true) + 10;
  if (head >= 30 && noteAt(box) && after + widthOf(box.note, 11, false) < x + w) {
    put({ text: box.note, size: 11, bold: false, x: after, y: y + head / 2 + 2, room: 400, middle: false, colour: box.faint, alpha: box.alpha });
  }
}

function closedLabel(box, x, y, w, h, put) {
  if (w < 26 || h < 12) return;
  const text = cachedName(box.node);
  const bold = TREE.kind[box.node] <= FOLDER;
  const room = w - 8;
  const size = SIZES.find((size) => size * (size > 13 ? 3.2 : 1.2) < h && widthOf(text, size, bold) < room) ?? 11;
  const note = h > size + 24 && noteAt(box) && widthOf(box.note, 11, false) < room;
  const wide = widthOf(text, size, bold);
  const fits = wide <= room;
  if (!fits && room < Math.min(wide * 0.7, 90)) return;
  const shown = fits ? text : cutTo(text, size, bold, room);
  if (!shown) return;
  put({ text: shown, size, bold, x: x + w / 2, y: y + h / 2 - (note ? 8 : 0), room, middle: true,
    colour: box.ink, alpha: box.alpha });
  if (note) {
    put({ text: box.note, size: 11, bold: false, x: x + w / 2, y: y + h / 2 + size / 2 + 3, room, middle: true, colour: box.faint,
      alpha: box.alpha });
  }
}

function cardLabel(box, x, y, w, h, put) {
  if (h < 12) return;
  const small = h < 30;
  const size = small ? 11 : 13;
  put({ text: fitted(cachedName(box.node), size, true, w - 16), size, bold: true, x: x + 9, y: y + (small ? h / 2 : h * 0.33), room: w - 14, middle: false,
    colour: box.ink, alpha: box.alpha });
  const after = x + 19 + widthOf(cachedName(box.node), size, true);
  if (small && after + 40 < x + w) {
    put({ text: fitted(box.note, 11, false, x + w - after - 8), size: 11, bold: false, x: after, y: y + h / 2, room: x + w - after - 6, middle: false, colour: box.faint, alpha: box.alpha });
  }
  if (!small) {
    put({ text: fitted(box.note, 11, false, w - 16), size: 11, bold: false, x: x + 9, y: y + h * 0.7, room: w - 14, middle: false, colour: box.faint,
      alpha: box.alpha });
  }
}

function titleLabel(title, put) {
  const [x, y] = toScreen(title.x, title.y);
  put({ text: title.text, size: 13, bold: false, x, y, room: 400, middle: title.middle ?? true, colour: THEME.soft, alpha: 1 });
}

// Labels as {text, size, bold, x, y, room, middle, colour, alpha}: x is the middle or the left end, y the middle.
function labelsOf(scene) {
  const labels = [];
  const put = (label) => labels.push(label);
  const { scale, width, height } = CAMERA;
  for (const box of scene.boxes) {
    const x = (box.x - CAMERA.x) * scale + width / 2;
    const y = (box.y - CAMERA.y) * scale + height / 2;
    const [w, h] = [box.w * scale, box.h * scale];
    if (x > width || y > height || x + w < 0 || y + h < 0 || labels.length >= MOST_LABELS - 40) continue;
    if (box.card) cardLabel(box, x, y, w, h, put);
    else if (box.open) openLabel(box, x, y, w, h, put);
    else closedLabel(box, x, y, w, h, put);
  }
  for (const title of scene.titles ?? []) titleLabel(title, put);
  return labels;
}
