// Numbers and names as people read them.

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

const counted = (number, one, many = one + "s") => `${number.toLocaleString("en")} ${number === 1 ? one : many}`;

function short(number) {
  if (number < 1000) return String(Math.round(number));
  const [size, unit] = number < 1e6 ? [1e3, "k"] : [1e6, "M"];
  const value = number / size;
  return (value < 10 ? value.toFixed(1).replace(".0", "") : Math.round(value)) + unit;
}

// A control character or a mark that turns the direction of text would hide what a name is.
const visible = (text) =>
  text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, (found) =>
    "\\u" + found.charCodeAt(0).toString(16).padStart(4, "0"));
