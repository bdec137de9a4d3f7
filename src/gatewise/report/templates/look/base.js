// Small helpers that all parts of the page share.
const find = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const make = (tag, attributes = {}, ...children) =>
  fill(document.createElement(tag), attributes, children);

const draw = (tag, attributes = {}, ...children) =>
  fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

// Four decimals, or four digits where a number is very small or large.
function number(value) {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  let text = value.toFixed(4);
  if (size >= 1000) text = value.toPrecision(5);
  if (size > 0 && size < 0.001) text = value.toExponential(3);
  return text.replace("e", "·10^").replaceAll("-", "−");
}

// A share in words: 0% and 100% only where that is exact.
function percent(share) {
  const text = `${(100 * share).toFixed(share > 0.1 ? 0 : 1)}%`;
  if (share > 0 && /^0(\.0)?%$/.test(text)) return "under 0.1%";
  return share < 1 && text === "100%" ? "over 99%" : text;
}

const shortened = (word, length) => (word.length > length ? `${word.slice(0, length - 1)}…` : word);
const quoted = (word) => (word.trim() ? `“${shortened(word, 24)}”` : "a blank");

// At most once a frame, whatever number of events there are.
function oncePerFrame(work) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; work(); });
  };
}
