// The programs of the graphics card: boxes, links, arrow heads and texts, each drawn with a single call. A vertex finds
// its record in a texture by its own number: a processor that draws in a card's stead begins anew for every instance.

const EYE = `#version 300 es
precision highp float;
uniform vec2 size;
uniform vec2 eye;
uniform float scale;
uniform float now;
uniform highp usampler2D records; // three texels each, 512 of them in a row
uvec4 texel(int record, int part) { return texelFetch(records, ivec2((record & 511) * 3 + part, record >> 9), 0); }
vec4 numbers(int record, int part) { return uintBitsToFloat(texel(record, part)); }
vec4 paintOf(uint bytes) { return vec4(uvec4(bytes, bytes >> 8, bytes >> 16, bytes >> 24) & 255u) / 255.; }
vec4 clip(vec2 pixel) { return vec4(pixel.x / size.x * 2. - 1., 1. - pixel.y / size.y * 2., 0., 1.); }
vec2 screen(vec2 place) { return (place - eye) * scale + size * .5; }
`;

// A box is drawn in two parts that do not overlap: a ring along its edge, and what lies inside of it, which has one colour.
const BOX = `${EYE}
flat out vec2 half_; flat out vec4 fillColour;
vec4 line;
float border, seen;
vec2 middle, inner;
void take(int box) {
  vec4 rect = numbers(box, 0), origin = numbers(box, 1);
  uvec4 more = texel(box, 2);
  vec2 when = uintBitsToFloat(more.zw); // time of birth, width of the border
  float age = clamp((now - when.x) / .3, 0., 1.);
  float eased = 1. - pow(1. - age, 3.);
  vec4 at = mix(origin, rect, eased);
  vec2 low = screen(at.xy), high = screen(at.xy + at.zw);
  half_ = max((high - low) * .5, vec2(.4));
  middle = (low + high) * .5;
  border = abs(when.y);
  float least = min(half_.x, half_.y);
  inner = max(half_ - min(7., least * .3) - border - 1.5, 0.);
  seen = when.y < 0. ? 1. : eased;
  vec4 fill = paintOf(more.x);
  line = paintOf(more.y);
  fillColour = vec4(fill.rgb, fill.a * seen);
}
vec2 corner(int at) { return vec2(at & 1, (at >> 1) & 1) * 2. - 1.; }
`;

const BOX_VERTEX = `${BOX}
out vec2 place; flat out vec4 lineColour; flat out float width;
void main() {
  take(gl_VertexID >> 3);
  place = corner(gl_VertexID) * ((gl_VertexID & 4) == 0 ? half_ + 1. : inner);
  lineColour = vec4(line.rgb, line.a * seen);
  width = border;
  gl_Position = clip(middle + place);
}`;

const INSIDE_VERTEX = `${BOX}
flat out vec4 colour_;
void main() {
  take(gl_VertexID >> 2);
  colour_ = fillColour;
  gl_Position = clip(middle + corner(gl_VertexID) * inner);
}`;

const INSIDE_FRAGMENT = `#version 300 es
precision mediump float;
flat in vec4 colour_;
out vec4 colour;
void main() { colour = vec4(colour_.rgb * colour_.a, colour_.a); }`;

const BOX_FRAGMENT = `#version 300 es
precision mediump float;
in highp vec2 place; flat in highp vec2 half_; flat in vec4 fillColour; flat in vec4 lineColour; flat in float width;
out vec4 colour;
void main() {
  float round = min(7., min(half_.x, half_.y) * .3);
  vec2 beyond = abs(place) - half_ + round;
  float away = length(max(beyond, 0.)) + min(max(beyond.x, beyond.y), 0.) - round;
  float within = clamp(.5 - away, 0., 1.);
  vec4 paint = mix(fillColour, lineColour, clamp(away + width + .5, 0., 1.));
  float alpha = paint.a * within;
  colour = vec4(paint.rgb * alpha, alpha);
}`;

const CURVE = `
uniform float fade;
uniform int steps;
vec4 near, far;
vec3 shape; // from, to, width
vec4 paint;
void take(int link) {
  near = numbers(link, 0);
  far = numbers(link, 1);
  uvec4 more = texel(link, 2);
  shape = uintBitsToFloat(more.xyz);
  paint = paintOf(more.w);
}
vec2 along(float t) {
  float s = 1. - t;
  return s*s*s*near.xy + 3.*s*s*t*near.zw + 3.*s*t*t*far.xy + t*t*t*far.zw;
}
vec2 heading(float t) {
  float s = 1. - t;
  vec2 way = 3.*s*s*(near.zw - near.xy) + 6.*s*t*(far.xy - near.zw) + 3.*t*t*(far.zw - far.xy);
  return way / max(length(way), 1e-9);
}`;

const LINK_VERTEX = `${EYE}${CURVE}
out float side; out float half_; out vec4 colour_;
void main() {
  int each = (steps + 1) * 2;
  take(gl_VertexID / each);
  float share = float((gl_VertexID % each) >> 1) / float(steps);
  float t = mix(shape.x, shape.y, share);
  side = (gl_VertexID & 1) == 0 ? -1. : 1.;
  half_ = shape.z * .5 + .6;
  vec2 way = heading(t);
  gl_Position = clip(screen(along(t)) + vec2(-way.y, way.x) * side * half_);
  colour_ = vec4(paint.rgb, paint.a * fade * mix(.28, 1., share));
}`;

const LINK_FRAGMENT = `#version 300 es
precision mediump float;
in float side; in float half_; in vec4 colour_;
out vec4 colour;
void main() {
  float alpha = colour_.a * clamp((1. - abs(side)) * half_ / 1.2, 0., 1.);
  colour = vec4(colour_.rgb * alpha, alpha);
}`;

const ARROW_VERTEX = `${EYE}${CURVE}
out vec4 colour_;
void main() {
  take(gl_VertexID / 3);
  int corner = gl_VertexID % 3;
  vec2 way = heading(shape.y);
  vec2 tip = screen(along(shape.y));
  float size = 4.5 + shape.z * 1.3;
  vec2 back = tip - way * size;
  vec2 across = vec2(-way.y, way.x) * size * .42;
  vec2 at = corner == 0 ? tip : corner == 1 ? back + across : back - across;
  gl_Position = clip(at);
  colour_ = vec4(paint.rgb, min(1., paint.a * 1.2) * fade);
}`;

const FLAT_FRAGMENT = `#version 300 es
precision mediump float;
in vec4 colour_;
out vec4 colour;
void main() { colour = vec4(colour_.rgb * colour_.a, colour_.a); }`;

const TEXT_VERTEX = `${EYE}
out vec2 at; flat out vec4 colour_; out float left;
void main() {
  int text = gl_VertexID >> 2;
  vec4 rect = numbers(text, 0), source = numbers(text, 1);
  uvec4 more = texel(text, 2);
  float room = uintBitsToFloat(more.y);
  vec2 corner = vec2(gl_VertexID & 1, (gl_VertexID >> 1) & 1);
  float share = min(1., room / rect.z);
  at = source.xy + source.zw * corner * vec2(share, 1.);
  left = share < 1. ? room * (1. - corner.x) : 99.;
  colour_ = paintOf(more.x);
  gl_Position = clip(rect.xy + rect.zw * corner * vec2(share, 1.));
}`;

const TEXT_FRAGMENT = `#version 300 es
precision mediump float;
uniform sampler2D sheet;
in vec2 at; flat in vec4 colour_; in float left;
out vec4 colour;
void main() {
  float alpha = texture(sheet, at).r * colour_.a * clamp(left / 18., 0., 1.);
  colour = vec4(colour_.rgb * alpha, alpha);
}`;
