// Draws scenes with WebGL 2: what changes from frame to frame is a few numbers, unless the scene itself is another.

const BYTES = 48; // of a record: three texels
const IN_ROW = 512; // records
const MANY = 1200; // boxes so small that a ring and an inside would cost more than they save
const seconds = () => performance.now() / 1000;

function ink(bytes, at, colour, alpha) {
  bytes[at] = colour[0];
  bytes[at + 1] = colour[1];
  bytes[at + 2] = colour[2];
  bytes[at + 3] = alpha * 255;
}

function place(floats, at, box, x, y) {
  floats[at] = box.x - x;
  floats[at + 1] = box.y - y;
  floats[at + 2] = box.w;
  floats[at + 3] = box.h;
}

function put4(floats, at, a, b, c, d) {
  floats[at] = a;
  floats[at + 1] = b;
  floats[at + 2] = c;
  floats[at + 3] = d;
}

// The triangles of a rectangle, and of the ring between two: four corners outside, four inside.
const rectangleOf = (at) => [at, at + 1, at + 2, at + 2, at + 1, at + 3];
const RING = [0, 1, 5, 0, 5, 4, 1, 3, 7, 1, 7, 5, 3, 2, 6, 3, 6, 7, 2, 0, 4, 2, 4, 6];

// The triangles of a band of so many steps, whose vertices lie on its two sides by turns.
function bandOf(at, steps) {
  const order = [];
  for (let step = at; step < at + steps * 2; step += 2) order.push(step, step + 1, step + 2, step + 2, step + 1, step + 3);
  return order;
}

// Boxes by how deep they lie: those of one layer do not overlap, so that all of it is drawn at once.
function layersOf(boxes) {
  const layers = [];
  for (const box of boxes) (layers[TREE.depth[box.node]] ??= []).push(box);
  return layers.filter(Boolean);
}

class WebGLView {
  constructor(canvas) {
    const gl = canvas.getContext("webgl2", { antialias: false, alpha: false, powerPreference: "high-performance" });
    if (!gl) throw new Error("no WebGL 2");
    this.gl = gl;
    this.canvas = canvas;
    this.density = 1;
    this.start = seconds();
    this.programs = {
      box: this.program(BOX_VERTEX, BOX_FRAGMENT), inside: this.program(INSIDE_VERTEX, INSIDE_FRAGMENT), link: this.program(LINK_VERTEX, LINK_FRAGMENT),
      arrow: this.program(ARROW_VERTEX, FLAT_FRAGMENT), text: this.program(TEXT_VERTEX, TEXT_FRAGMENT),
    };
    this.boxes = this.records();
    this.links = this.records();
    this.before = this.records();
    this.texts = this.records();
    this.corners = { box: this.indices((at) => RING.map((corner) => at + corner), 8), whole: this.indices(rectangleOf, 8), inside: this.indices(rectangleOf, 4), link: new Map() };
    gl.bindVertexArray(gl.createVertexArray());
    this.births = new Map();
    this.layers = [];
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  program(vertex, fragment) {
    const { gl } = this;
    const program = gl.createProgram();
    for (const [kind, text] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]]) {
      const shader = gl.createShader(kind);
      gl.shaderSource(shader, text);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program) || "no program");
    const places = {};
    for (const name of ["size", "eye", "scale", "now", "fade", "steps", "records", "sheet"]) places[name] = gl.getUniformLocation(program, name);
    return { program, places };
  }

  // Records in a texture, and the memory that they are written to before they go there.
  records() {
    const { gl } = this;
    const texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, texture);
    for (const side of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, side, gl.CLAMP_TO_EDGE);
    for (const size of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, size, gl.NEAREST);
    return { texture, rows: 0, count: 0, origin: [0, 0], floats: null, bytes: null, words: null };
  }

  // Makes room for so many records.
  open(records, count) {
    const { gl } = this;
    const rows = Math.max(1, Math.ceil(count / IN_ROW));
    gl.bindTexture(gl.TEXTURE_2D, records.texture);
    if (rows > records.rows || rows * 4 < records.rows) {
      const data = new ArrayBuffer(rows * IN_ROW * BYTES);
      Object.assign(records, { rows, floats: new Float32Array(data), bytes: new Uint8Array(data), words: new Uint32Array(data) });
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA32UI, IN_ROW * 3, rows, 0, gl.RGBA_INTEGER, gl.UNSIGNED_INT, null);
    }
    return records;
  }

  fill(records, count) {
    const { gl } = this;
    records.count = count;
    gl.bindTexture(gl.TEXTURE_2D, records.texture);
    const rows = Math.ceil(count / IN_ROW);
    if (rows) gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, IN_ROW * 3, rows, gl.RGBA_INTEGER, gl.UNSIGNED_INT, records.words);
  }

  // The order of the vertices of figures that are all alike: `cornersOf` gives that of the one whose first is `at`.
  indices(cornersOf, each) {
    return { store: this.gl.createBuffer(), cornersOf, each, known: 0, length: cornersOf(0).length };
  }

  drawAll(indices, count, from = 0) {
    const { gl } = this;
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, indices.store);
    if (from + count > indices.known) {
      indices.known = Math.max(256, (from + count) * 2);
      const list = new Uint32Array(indices.known * indices.length);
      for (let at = 0; at < indices.known; at++) list.set(indices.cornersOf(at * indices.each), at * indices.length);
      gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, list, gl.STATIC_DRAW);
    }
    gl.drawElements(gl.TRIANGLES, count * indices.length, gl.UNSIGNED_INT, from * indices.length * 4);
  }

  resize(width, height, density) {
    this.full = [width * density, height * density];
    this.sharpness = 0;
    this.sharpen(1);
    if (this.atlas?.density !== density) this.atlas = new Atlas(this.gl, density);
    this.density = density;
  }

  // Draws from now on with this share of the pixels of each side: fewer while one moves, where drawing is slow.
  sharpen(share) {
    if (share === this.sharpness) return;
    this.sharpness = share;
    [this.canvas.width, this.canvas.height] = this.full.map((side) => Math.max(1, Math.round(side * share)));
    this.gl.viewport(0, 0, this.canvas.width, this.canvas.height);
  }

  // Takes a new scene. `origins` says where a box comes from, by node; one not in it fades in where it is.
  show(scene, origins, links = true) {
    this.scene = scene;
    this.showBoxes(scene, origins);
    if (!links) return;
    [this.links, this.before] = [this.before, this.links];
    this.linksBorn = this.time();
    const { floats, bytes } = this.open(this.links, scene.links.length);
    this.links.origin = [CAMERA.x, CAMERA.y];
    scene.links.forEach((link, at) => {
      const base = (at * BYTES) / 4;
      for (let part = 0; part < 8; part++) floats[base + part] = link.curve[part] - this.links.origin[part & 1];
      floats[base + 8] = link.curve[8];
      floats[base + 9] = link.curve[9];
      floats[base + 10] = link.width;
      ink(bytes, at * BYTES + 44, link.colour, link.alpha);
    });
    this.fill(this.links, scene.links.length);
  }

  showBoxes(scene, origins) {
    const { floats, bytes } = this.open(this.boxes, scene.boxes.length);
    const [ox, oy] = (this.boxes.origin = [CAMERA.x, CAMERA.y]);
    const births = new Map();
    const now = calm.matches ? -9 : this.time();
    const layers = layersOf(scene.boxes);
    let at = -1;
    for (const box of layers.flat()) {
      at += 1;
      const from = origins?.get(box.node);
      const born = (origins ? undefined : this.births.get(box.node)) ?? now;
      births.set(box.node, born);
      const start = from ?? box;
      const base = (at * BYTES) / 4;
      place(floats, base, box, ox, oy);
      place(floats, base + 4, start, ox, oy);
      ink(bytes, at * BYTES + 32, box.fill, box.alpha);
      ink(bytes, at * BYTES + 36, box.ring ?? box.line, box.ring ? 1 : box.alpha);
      floats[base + 10] = born;
      floats[base + 11] = (box.ring ? 2.5 : 1) * (from ? -1 : 1);
    }
    let end = 0;
    this.layers = layers.map((layer) => [end, (end += layer.length)]);
    this.births = births;
    this.fill(this.boxes, scene.boxes.length);
  }

  time() {
    return seconds() - this.start;
  }

  use({ program, places }, records, origin = records.origin) {
    const { gl } = this;
    gl.useProgram(program);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, records.texture);
    gl.uniform1i(places.records, 0);
    gl.uniform2f(places.size, CAMERA.width, CAMERA.height);
    gl.uniform2f(places.eye, CAMERA.x - origin[0], CAMERA.y - origin[1]);
    gl.uniform1f(places.scale, CAMERA.scale);
    gl.uniform1f(places.now, this.time());
    return places;
  }

  drawLinks(links, fade) {
    const { gl } = this;
    if (!links.count || fade <= 0) return;
    const steps = links.count > 2500 ? 8 : links.count > 300 ? 14 : 22;
    const places = this.use(this.programs.link, links);
    gl.uniform1f(places.fade, fade);
    gl.uniform1i(places.steps, steps);
    const { link } = this.corners;
    if (!link.has(steps)) link.set(steps, this.indices((at) => bandOf(at, steps), (steps + 1) * 2));
    this.drawAll(link.get(steps), links.count);
    gl.uniform1f(this.use(this.programs.arrow, links).fade, fade);
    gl.drawArrays(gl.TRIANGLES, 0, links.count * 3);
  }

  drawTexts() {
    const { gl, atlas } = this;
    const { floats, bytes } = this.open(this.texts, MOST_LABELS + 4);
    const budget = { left: 60 };
    let count = 0;
    let missing = false;
    const snap = (value) => Math.round(value * this.density) / this.density;
    for (const label of labelsOf(this.scene)) {
      if (!label.text) continue;
      const place = atlas.find(label.text, label.size, label.bold, budget);
      if (!place) {
        missing = true;
        continue;
      }
      const [w, h] = [place.w / this.density, place.h / this.density];
      const x = snap(label.middle ? label.x - w / 2 : label.x - 2);
      const side = atlas.side;
      const base = (count * BYTES) / 4;
      put4(floats, base, x, snap(label.y - h / 2), w, h);
      put4(floats, base + 4, place.x / side, place.y / side, place.w / side, place.h / side);
      ink(bytes, count * BYTES + 32, label.colour, label.alpha);
      floats[base + 9] = label.middle ? 9999 : label.room;
      count += 1;
    }
    gl.activeTexture(gl.TEXTURE0);
    this.fill(this.texts, count);
    const places = this.use(this.programs.text, this.texts, [0, 0]);
    gl.activeTexture(gl.TEXTURE1);
    gl.bindTexture(gl.TEXTURE_2D, atlas.texture);
    gl.uniform1i(places.sheet, 1);
    gl.activeTexture(gl.TEXTURE0);
    this.drawAll(this.corners.inside, count);
    if (missing && budget.left > 0) atlas.empty();
    return missing;
  }

  // Draws the scene as one looks at it now; whether there is more to come without anything being done.
  draw() {
    const { gl } = this;
    const [r, g, b] = THEME.page.map((value) => value / 255);
    gl.clearColor(r, g, b, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    const many = this.boxes.count > MANY;
    for (const [from, to] of this.layers) {
      if (!many) {
        this.use(this.programs.inside, this.boxes);
        this.drawAll(this.corners.inside, to - from, from);
      }
      this.use(this.programs.box, this.boxes);
      this.drawAll(many ? this.corners.whole : this.corners.box, to - from, from);
    }
    const fade = calm.matches ? 1 : clamp((this.time() - this.linksBorn) / 0.25, 0, 1);
    this.drawLinks(this.before, 1 - fade);
    this.drawLinks(this.links, fade);
    const missing = this.drawTexts();
    return missing || fade < 1 || this.time() - Math.max(0, ...[this.linksBorn]) < 0.35;
  }
}
