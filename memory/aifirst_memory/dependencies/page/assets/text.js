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
const UNSEEN = new RegExp(
  "[\\0-\\x1f\\x7f-\\x9f\\xad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u2028-\\u202e" +
    "\\u2060-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffb\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e0fff}]", "gu");
const visible = (text) => text.replace(UNSEEN, (found) => "\\u" + found.codePointAt(0).toString(16).padStart(4, "0"));
