// The programs of the graphics card: boxes, links, arrow heads and texts, each drawn with a single call.

const EYE = `#version 300 es
precision highp float;
uniform vec2 size;
uniform vec2 eye;
uniform float scale;
uniform float now;
vec4 clip(vec2 pixel) { return vec4(pixel.x / size.x * 2. - 1., 1. - pixel.y / size.y * 2., 0., 1.); }
vec2 screen(vec2 place) { return (place - eye) * scale + size * .5; }
`;

const BOX_VERTEX = `${EYE}
layout(location=0) in vec4 rect;
layout(location=1) in vec4 origin;
layout(location=2) in vec4 fill;
layout(location=3) in vec4 line;
layout(location=4) in vec2 when; // time of birth, width of the border
out vec2 place; out vec2 half_; out vec4 fillColour; out vec4 lineColour; out float border;
void main() {
  float age = clamp((now - when.x) / .3, 0., 1.);
  float eased = 1. - pow(1. - age, 3.);
  vec4 at = mix(origin, rect, eased);
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  vec2 low = screen(at.xy), high = screen(at.xy + at.zw);
  half_ = max((high - low) * .5, vec2(.4));
  vec2 middle = (low + high) * .5;
  place = (corner * 2. - 1.) * (half_ + 1.);
  float seen = when.y < 0. ? 1. : eased;
  fillColour = vec4(fill.rgb, fill.a * seen);
  lineColour = vec4(line.rgb, line.a * seen);
  border = abs(when.y);
  gl_Position = clip(middle + place);
}`;

const BOX_FRAGMENT = `#version 300 es
precision mediump float;
in highp vec2 place; in highp vec2 half_; in vec4 fillColour; in vec4 lineColour; in float border;
out vec4 colour;
void main() {
  float round = min(7., min(half_.x, half_.y) * .3);
  vec2 beyond = abs(place) - half_ + round;
  if (max(beyond.x, beyond.y) < -border - 1.) { // far inside: most of all pixels
    colour = vec4(fillColour.rgb * fillColour.a, fillColour.a);
    return;
  }
  float away = length(max(beyond, 0.)) + min(max(beyond.x, beyond.y), 0.) - round;
  float within = clamp(.5 - away, 0., 1.);
  vec4 paint = mix(fillColour, lineColour, clamp(away + border + .5, 0., 1.));
  float alpha = paint.a * within;
  colour = vec4(paint.rgb * alpha, alpha);
}`;

const CURVE = `
layout(location=0) in vec4 near;
layout(location=1) in vec4 far;
layout(location=2) in vec3 shape; // from, to, width
layout(location=3) in vec4 paint;
uniform float fade;
uniform float steps;
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
  float share = float(gl_VertexID >> 1) / steps;
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
  vec2 way = heading(shape.y);
  vec2 tip = screen(along(shape.y));
  float size = 4.5 + shape.z * 1.3;
  vec2 back = tip - way * size;
  vec2 across = vec2(-way.y, way.x) * size * .42;
  vec2 at = gl_VertexID == 0 ? tip : gl_VertexID == 1 ? back + across : back - across;
  gl_Position = clip(at);
  colour_ = vec4(paint.rgb, min(1., paint.a * 1.2) * fade);
}`;

const FLAT_FRAGMENT = `#version 300 es
precision mediump float;
in vec4 colour_;
out vec4 colour;
void main() { colour = vec4(colour_.rgb * colour_.a, colour_.a); }`;

const TEXT_VERTEX = `${EYE}
layout(location=0) in vec4 rect;
layout(location=1) in vec4 source;
layout(location=2) in vec4 paint;
layout(location=3) in float room;
out vec2 at; out vec4 colour_; out float left;
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  float share = min(1., room / rect.z);
  at = source.xy + source.zw * corner * vec2(share, 1.);
  left = share < 1. ? room * (1. - corner.x) : 99.;
  colour_ = paint;
  gl_Position = clip(rect.xy + rect.zw * corner * vec2(share, 1.));
}`;

const TEXT_FRAGMENT = `#version 300 es
precision mediump float;
uniform sampler2D sheet;
in vec2 at; in vec4 colour_; in float left;
out vec4 colour;
void main() {
  float alpha = texture(sheet, at).r * colour_.a * clamp(left / 18., 0., 1.);
  colour = vec4(colour_.rgb * alpha, alpha);
}`;
