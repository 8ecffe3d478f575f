// Pictures to keep, of what is in sight.

function save(blob, extension) {
  const address = URL.createObjectURL(blob);
  const name = (DATA.title.replace(/[^\w.-]+/g, "-").replace(/^-+|-+$/g, "") || "dependencies") + extension;
  const link = make("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
  announce(`Saved ${name}`);
}

const saveSvg = () => save(new Blob([svgOf(VIEW.scene)], { type: "image/svg+xml" }), ".svg");

// Drawn anew at twice the size with the plain canvas, so that it is sharp in print.
function pngOf(scene) {
  const view = new CanvasView(document.createElement("canvas"));
  view.resize(CAMERA.width, CAMERA.height, 2);
  view.show(scene);
  view.draw();
  return new Promise((done) => view.canvas.toBlob(done, "image/png"));
}

const savePng = async () => save(await pngOf(VIEW.scene), ".png");
