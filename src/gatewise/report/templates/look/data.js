// What the page was given, and the arrays in it, each decoded when it is first looked at.
const page = JSON.parse(find("#data").textContent);
const decoded = new Map();

// A number array that was written as base64 of little-endian float32.
function floats(text) {
  const bytes = atob(text), found = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) found[i] = bytes.charCodeAt(i);
  return new Float32Array(found.buffer);
}

function cached(key, compute) {
  if (!decoded.has(key)) decoded.set(key, compute());
  return decoded.get(key);
}

// One layer's array `[T, U]` of one input, row after row.
const values = (side, layer, name) =>
  cached(`${side}/${layer}/${name}`, () => floats(page.sides[side].layers[layer].arrays[name]));

// The layer's state `[U]` before the first step that it takes here.
const before = (side, layer, name) =>
  cached(`${side}/${layer}/before/${name}`, () => floats(page.sides[side].layers[layer].before[name]));

const masked = (side, layer) =>
  cached(`${side}/${layer}/masked`, () => new Set(page.sides[side].layers[layer].masked));

// Unit places of a layer, the first of the ranking first.
const order = (layer, sort) =>
  cached(`order/${layer}/${sort}`, () => {
    const places = page.layers[layer].units.map((_, place) => place);
    const rank = page.layers[layer].rankings[sort];
    return rank ? places.sort((a, b) => rank[b] - rank[a] || a - b) : places;
  });

const arrayOf = (layer, name) => page.layers[layer].arrays.find((one) => one.name === name);

// What stands at a step of an input: its word, or its number.
function wordAt(side, step) {
  const { words, start } = page.sides[side];
  return words ? quoted(words[step]) : `${start + step + 1}`;
}

// A state one step before, in the order in which the layer takes its steps.
function stateBefore(side, layer, name, step, unit) {
  const { backwards, units } = page.layers[layer], T = page.sides[side].T;
  const last = step + (backwards ? 1 : -1);
  if (last < 0 || last >= T) return before(side, layer, name)[unit];
  return values(side, layer, name)[last * units.length + unit];
}

const dark = () => {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
};
const theme = () => (dark() ? "dark" : "light");

const channels = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));

// 256 colours of a map, as three numbers each.
const ramp = (diverging) =>
  cached(`ramp/${diverging}/${theme()}`, () => {
    const stops = page.palettes[diverging ? "diverging" : "sequential"][theme()].map(channels);
    return Array.from({ length: 256 }, (_, i) => {
      const at = (i / 255) * (stops.length - 1), low = Math.min(Math.floor(at), stops.length - 2);
      return stops[low].map((part, c) => Math.round(part + (at - low) * (stops[low + 1][c] - part)));
    });
  });

const place256 = (value, { low, high }) =>
  clamp(Math.round((255 * (value - low)) / (high - low)), 0, 255) || 0;

// The colour of a value, and that of letters on it.
function colourOf(value, array) {
  const [r, g, b] = ramp(array.diverging)[place256(value, array)];
  const light = 0.299 * r + 0.587 * g + 0.114 * b > 140;
  return { ground: `rgb(${r},${g},${b})`, letters: light ? "#101418" : "#ffffff" };
}
