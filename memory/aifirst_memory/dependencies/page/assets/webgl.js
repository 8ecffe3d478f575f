// Draws scenes with WebGL 2: what changes from frame to frame is a few numbers, unless the scene itself is another.

const BOX_BYTES = 48;
const LINK_BYTES = 48;
const TEXT_BYTES = 40;
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

class WebGLView {
  constructor(canvas) {
    const gl = canvas.getContext("webgl2", { antialias: false, alpha: false, powerPreference: "high-performance" });
    if (!gl) throw new Error("no WebGL 2");
    this.gl = gl;
    this.canvas = canvas;
    this.density = 1;
    this.start = seconds();
    this.programs = {
      box: this.program(BOX_VERTEX, BOX_FRAGMENT), link: this.program(LINK_VERTEX, LINK_FRAGMENT),
      arrow: this.program(ARROW_VERTEX, FLAT_FRAGMENT), text: this.program(TEXT_VERTEX, TEXT_FRAGMENT),
    };
    this.boxes = this.buffer(BOX_BYTES, [[4, "f", 0], [4, "f", 16], [4, "b", 32], [4, "b", 36], [2, "f", 40]]);
    this.links = this.linkBuffer();
    this.before = this.linkBuffer();
    this.texts = this.buffer(TEXT_BYTES, [[4, "f", 0], [4, "f", 16], [4, "b", 32], [1, "f", 36]]);
    this.textData = new ArrayBuffer(TEXT_BYTES * (MOST_LABELS + 4));
    this.births = new Map();
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  linkBuffer() {
    return this.buffer(LINK_BYTES, [[4, "f", 0], [4, "f", 16], [3, "f", 32], [4, "b", 44]]);
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
    for (const name of ["size", "eye", "scale", "now", "fade", "steps"]) places[name] = gl.getUniformLocation(program, name);
    return { program, places };
  }

  // A vertex array whose attributes are read once for each instance.
  buffer(stride, attributes) {
    const { gl } = this;
    const array = gl.createVertexArray();
    const store = gl.createBuffer();
    gl.bindVertexArray(array);
    gl.bindBuffer(gl.ARRAY_BUFFER, store);
    attributes.forEach(([size, type, offset], at) => {
      gl.enableVertexAttribArray(at);
      gl.vertexAttribPointer(at, size, type === "f" ? gl.FLOAT : gl.UNSIGNED_BYTE, type === "b", stride, offset);
      gl.vertexAttribDivisor(at, 1);
    });
    return { array, store, count: 0, origin: [0, 0] };
  }

  fill(buffer, data, count) {
    const { gl } = this;
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer.store);
    gl.bufferData(gl.ARRAY_BUFFER, data, gl.DYNAMIC_DRAW);
    buffer.count = count;
  }

  resize(width, height, density) {
    [this.canvas.width, this.canvas.height] = [Math.round(width * density), Math.round(height * density)];
    this.gl.viewport(0, 0, this.canvas.width, this.canvas.height);
    if (this.atlas?.density !== density) this.atlas = new Atlas(this.gl, density);
    this.density = density;
  }

  // Takes a new scene. `origins` says where a box comes from, by node; one not in it fades in where it is.
  show(scene, origins, links = true) {
    this.scene = scene;
    this.showBoxes(scene, origins);
    if (!links) return;
    [this.links, this.before] = [this.before, this.links];
    this.linksBorn = this.time();
    const data = new ArrayBuffer(LINK_BYTES * scene.links.length);
    const [floats, colours] = [new Float32Array(data), new Uint8Array(data)];
    this.links.origin = [CAMERA.x, CAMERA.y];
    scene.links.forEach((link, at) => {
      const base = (at * LINK_BYTES) / 4;
      for (let part = 0; part < 8; part++) floats[base + part] = link.curve[part] - this.links.origin[part & 1];
      floats[base + 8] = link.curve[8];
      floats[base + 9] = link.curve[9];
      floats[base + 10] = link.width;
      ink(colours, at * LINK_BYTES + 44, link.colour, link.alpha);
    });
    this.fill(this.links, data, scene.links.length);
  }

  showBoxes(scene, origins) {
    const data = new ArrayBuffer(BOX_BYTES * scene.boxes.length);
    const [floats, colours] = [new Float32Array(data), new Uint8Array(data)];
    const [ox, oy] = (this.boxes.origin = [CAMERA.x, CAMERA.y]);
    const births = new Map();
    const now = calm.matches ? -9 : this.time();
    scene.boxes.forEach((box, at) => {
      const from = origins?.get(box.node);
      const born = (origins ? undefined : this.births.get(box.node)) ?? now;
      births.set(box.node, born);
      const start = from ?? box;
      const base = (at * BOX_BYTES) / 4;
      place(floats, base, box, ox, oy);
      place(floats, base + 4, start, ox, oy);
      ink(colours, at * BOX_BYTES + 32, box.fill, box.alpha);
      ink(colours, at * BOX_BYTES + 36, box.ring ?? box.line, box.ring ? 1 : box.alpha);
      floats[base + 10] = born;
      floats[base + 11] = (box.ring ? 2.5 : 1) * (from ? -1 : 1);
    });
    this.births = births;
    this.fill(this.boxes, data, scene.boxes.length);
  }

  time() {
    return seconds() - this.start;
  }

  use({ program, places }, origin) {
    const { gl } = this;
    gl.useProgram(program);
    gl.uniform2f(places.size, CAMERA.width, CAMERA.height);
    gl.uniform2f(places.eye, CAMERA.x - origin[0], CAMERA.y - origin[1]);
    gl.uniform1f(places.scale, CAMERA.scale);
    gl.uniform1f(places.now, this.time());
    return places;
  }

  drawLinks(buffer, fade) {
    const { gl } = this;
    if (!buffer.count || fade <= 0) return;
    const steps = buffer.count > 2500 ? 8 : 22;
    gl.bindVertexArray(buffer.array);
    const places = this.use(this.programs.link, buffer.origin);
    gl.uniform1f(places.fade, fade);
    gl.uniform1f(places.steps, steps);
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, (steps + 1) * 2, buffer.count);
    gl.uniform1f(this.use(this.programs.arrow, buffer.origin).fade, fade);
    gl.drawArraysInstanced(gl.TRIANGLES, 0, 3, buffer.count);
  }

  drawTexts() {
    const { gl, atlas } = this;
    const [floats, colours] = [new Float32Array(this.textData), new Uint8Array(this.textData)];
    const budget = { left: 60 };
    let count = 0;
    let missing = false;
    const snap = (value) => Math.round(value * this.density) / this.density;
    for (const label of labelsOf(this.scene)) {
      const place = atlas.find(label.text, label.size, label.bold, budget);
      if (!place) {
        missing = true;
        continue;
      }
      const [w, h] = [place.w / this.density, place.h / this.density];
      const x = snap(label.middle ? label.x - w / 2 : label.x - 2);
      const side = atlas.side;
      floats.set([x, snap(label.y - h / 2), w, h, place.x / side, place.y / side, place.w / side, place.h / side], count * 10);
      ink(colours, count * TEXT_BYTES + 32, label.colour, label.alpha);
      floats[count * 10 + 9] = label.middle ? 9999 : label.room;
      count += 1;
    }
    this.fill(this.texts, new Uint8Array(this.textData, 0, count * TEXT_BYTES), count);
    gl.bindVertexArray(this.texts.array);
    gl.bindTexture(gl.TEXTURE_2D, atlas.texture);
    this.use(this.programs.text, [0, 0]);
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, count);
    if (missing && budget.left > 0) atlas.empty();
    return missing;
  }

  // Draws the scene as one looks at it now; whether there is more to come without anything being done.
  draw() {
    const { gl } = this;
    const [r, g, b] = THEME.page.map((value) => value / 255);
    gl.clearColor(r, g, b, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.bindVertexArray(this.boxes.array);
    this.use(this.programs.box, this.boxes.origin);
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, this.boxes.count);
    const fade = calm.matches ? 1 : clamp((this.time() - this.linksBorn) / 0.25, 0, 1);
    this.drawLinks(this.before, 1 - fade);
    this.drawLinks(this.links, fade);
    const missing = this.drawTexts();
    return missing || fade < 1 || this.time() - Math.max(0, ...[this.linksBorn]) < 0.35;
  }
}
