// Draws scenes with the plain canvas: where there is no WebGL, and for pictures to keep.

class CanvasView {
  constructor(canvas) {
    this.canvas = canvas;
    this.pen = canvas.getContext("2d");
    this.density = 1;
  }

  resize(width, height, density) {
    [this.canvas.width, this.canvas.height] = [Math.round(width * density), Math.round(height * density)];
    this.density = density;
  }

  show(scene) {
    this.scene = scene;
  }

  draw() {
    const { pen, density } = this;
    pen.setTransform(density, 0, 0, density, 0, 0);
    pen.fillStyle = css(THEME.page);
    pen.fillRect(0, 0, CAMERA.width, CAMERA.height);
    for (const box of this.scene.boxes) this.drawBox(box);
    for (const link of this.scene.links) this.drawLink(link);
    for (const label of labelsOf(this.scene)) this.drawText(label);
    return false;
  }

  drawBox(box) {
    const { pen } = this;
    const [x, y] = toScreen(box.x, box.y);
    const [w, h] = [box.w * CAMERA.scale, box.h * CAMERA.scale];
    if (x > CAMERA.width || y > CAMERA.height || x + w < 0 || y + h < 0) return;
    const border = box.ring ? 2.5 : 1;
    pen.beginPath();
    pen.roundRect(x + border / 2, y + border / 2, Math.max(0.5, w - border), Math.max(0.5, h - border),
      Math.min(7, Math.min(w, h) * 0.15));
    pen.fillStyle = css(box.fill, box.alpha);
    pen.fill();
    pen.lineWidth = border;
    pen.strokeStyle = css(box.ring ?? box.line, box.ring ? 1 : box.alpha);
    pen.stroke();
  }

  drawLink(link) {
    const { pen } = this;
    const points = screenCurve(link.curve);
    const [start, end] = [points[0], points[points.length - 1]];
    const line = pen.createLinearGradient(start[0], start[1], end[0], end[1]);
    line.addColorStop(0, css(link.colour, link.alpha * 0.28));
    line.addColorStop(1, css(link.colour, link.alpha));
    pen.beginPath();
    points.forEach(([x, y], at) => (at ? pen.lineTo(x, y) : pen.moveTo(x, y)));
    pen.lineWidth = link.width;
    pen.strokeStyle = line;
    pen.stroke();
    pen.beginPath();
    arrowOf(points, link.width).forEach(([x, y], at) => (at ? pen.lineTo(x, y) : pen.moveTo(x, y)));
    pen.fillStyle = css(link.colour, Math.min(1, link.alpha * 1.2));
    pen.fill();
  }

  drawText(label) {
    const { pen } = this;
    pen.font = fontOf(label.size, label.bold);
    pen.textBaseline = "middle";
    pen.textAlign = label.middle ? "center" : "left";
    pen.fillStyle = css(label.colour, label.alpha);
    pen.save();
    pen.beginPath();
    pen.rect(label.middle ? label.x - label.room / 2 - 2 : label.x - 2, label.y - label.size, label.room + 4, label.size * 2);
    pen.clip();
    pen.fillText(label.text, label.x, label.y);
    pen.restore();
  }
}

function screenCurve(curve, steps = 20) {
  const points = [];
  for (let step = 0; step <= steps; step++) {
    points.push(toScreen(...pointAt(curve, curve[8] + ((curve[9] - curve[8]) * step) / steps)));
  }
  return points;
}

// The three corners of an arrow's head.
function arrowOf(points, width) {
  const [[px, py], [x, y]] = points.slice(-2);
  const length = Math.hypot(x - px, y - py) || 1;
  const size = 4.5 + width * 1.3;
  const [dx, dy] = [((x - px) / length) * size, ((y - py) / length) * size];
  return [[x, y], [x - dx - dy * 0.42, y - dy + dx * 0.42], [x - dx + dy * 0.42, y - dy - dx * 0.42]];
}
