// Texts drawn once into a texture, side by side on shelves; each is then one rectangle to draw wherever it stands.

class Atlas {
  constructor(gl, density) {
    this.gl = gl;
    this.density = density;
    this.side = Math.min(4096, gl.getParameter(gl.MAX_TEXTURE_SIZE), density > 1 ? 4096 : 2048);
    this.texture = gl.createTexture();
    this.sheet = document.createElement("canvas");
    this.pen = this.sheet.getContext("2d", { willReadFrequently: true });
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.R8, this.side, this.side);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.LINEAR);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
    this.empty();
  }

  empty() {
    this.places = new Map();
    this.shelves = new Map();
    this.top = 0;
  }

  // Where a text stands in the texture as {x, y, w, h} in its pixels; null where it is full or the frame has had enough.
  find(text, size, bold, budget) {
    const key = `${size}${bold ? "b" : "n"}${text}`;
    const known = this.places.get(key);
    if (known) return known;
    if (budget.left <= 0) return null;
    budget.left -= 1;
    const w = Math.min(Math.ceil(widthOf(text, size, bold) * this.density) + 4, this.side);
    const h = Math.ceil(size * 1.4 * this.density);
    const place = this.room(w, h);
    if (!place) return null;
    this.draw(text, size, bold, place);
    this.places.set(key, place);
    return place;
  }

  room(w, h) {
    let shelf = this.shelves.get(h);
    if (!shelf || shelf.x + w > this.side) {
      if (this.top + h > this.side) return null;
      shelf = { x: 0, y: this.top };
      this.top += h;
      this.shelves.set(h, shelf);
    }
    shelf.x += w;
    return { x: shelf.x - w, y: shelf.y, w, h };
  }

  draw(text, size, bold, place) {
    const { gl, pen, sheet, density } = this;
    [sheet.width, sheet.height] = [place.w, place.h];
    pen.fillStyle = "#000";
    pen.fillRect(0, 0, place.w, place.h);
    pen.font = fontOf(size * density, bold);
    pen.textBaseline = "middle";
    pen.fillStyle = "#fff";
    pen.fillText(text, 2, place.h / 2);
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    gl.texSubImage2D(gl.TEXTURE_2D, 0, place.x, place.y, gl.RED, gl.UNSIGNED_BYTE, sheet);
  }
}
