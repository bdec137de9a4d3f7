// A cell's own equations with the numbers of one unit at one step in them.
const ACTIVATIONS = {
  tanh: Math.tanh,
  relu: (x) => Math.max(x, 0),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  linear: (x) => x,
};

// The numbers of a unit at a step, by name, with the states before it.
function numbersAt(side, layer, unit, step) {
  const { kind, units, arrays } = page.layers[layer], found = {};
  for (const { name } of arrays) found[name] = values(side, layer, name)[step * units.length + unit];
  found.hiddenBefore = stateBefore(side, layer, "hidden", step, unit);
  if (kind === "LSTM") found.cellBefore = stateBefore(side, layer, "cell", step, unit);
  return found;
}

const term = (symbol, value, told, array) => ({ symbol, value, told, array });

function equationsOf(layer, at) {
  const { kind, activation } = page.layers[layer], act = ACTIVATIONS[activation];
  const named = (symbol) => (activation === "linear" ? symbol : `${activation}(${symbol})`);
  if (kind === "LSTM") {
    const shown = act ? act(at.cell) : NaN;
    return [
      [term("c", at.cell, "memory now", "cell"), "=", term("Γf", at.forget, "kept of", "forget"), "·",
        term("c₋₁", at.cellBefore, "memory before", "cell"), "+",
        term("Γu", at.update, "written of", "update"), "·",
        term("c̃", at.candidate, "candidate", "candidate")],
      [term("h", at.hidden, "shown", "hidden"), "=", term("Γo", at.output, "shown of", "output"), "·",
        term(named("c"), shown, "memory, squashed", "hidden")],
    ];
  }
  if (kind === "GRU") {
    return [
      [term("h", at.hidden, "memory now", "hidden"), "=", term("z", at.update, "kept of", "update"), "·",
        term("h₋₁", at.hiddenBefore, "memory before", "hidden"), "+",
        term("(1 − z)", 1 - at.update, "written of", "update"), "·",
        term("h̃", at.candidate, "candidate", "candidate")],
      [term("r", at.reset, "seen of h₋₁", "reset")],
    ];
  }
  return [
    [term("h", at.hidden, "state now", "hidden"), "=", `${activation}( W x + U`,
      term("h₋₁", at.hiddenBefore, "its own state before", "hidden"), "… + b )"],
  ];
}

function equationBox(layer, terms) {
  const boxes = terms.map((one) => {
    if (typeof one === "string") return make("span", { class: "sign" }, one);
    const box = make("span", { class: "term" }, make("span", { class: "symbol" }, one.symbol),
      make("span", { class: "number" }, number(one.value)), make("span", { class: "what" }, one.told));
    const array = arrayOf(layer, one.array);
    if (Number.isFinite(one.value)) {
      const { ground, letters } = colourOf(one.value, array);
      Object.assign(box.children[1].style, { background: ground, color: letters });
    }
    return box;
  });
  // On a narrow screen a line breaks before a plus.
  const plus = terms.indexOf("+"), parts = plus < 0 ? [boxes] : [boxes.slice(0, plus), boxes.slice(plus)];
  return make("div", { class: "equation", role: "math", "aria-label": spoken(terms) },
    ...parts.map((part) => make("span", {}, ...part)));
}

const spoken = (terms) =>
  terms.map((one) => (typeof one === "string" ? one : `${one.symbol} ${number(one.value)}`)).join(" ");

// What is kept and what is written, as numbers: the two terms of the sum.
function sumsOf(layer, at) {
  const { kind } = page.layers[layer];
  if (kind === "SimpleRNN") return "";
  const [kept, written] = kind === "LSTM"
    ? [at.forget * at.cellBefore, at.update * at.candidate]
    : [at.update * at.hiddenBefore, (1 - at.update) * at.candidate];
  return `${number(kept)} kept + ${number(written)} written = ${number(kept + written)}`;
}

// The same in a sentence.
function summaryOf(layer, at) {
  const { kind } = page.layers[layer];
  if (kind === "LSTM") {
    return `Keeps ${percent(at.forget)} of its memory, writes ${percent(at.update)} of the candidate ` +
      `and shows ${percent(at.output)}.`;
  }
  if (kind === "GRU") {
    return `Keeps ${percent(at.update)} of its memory and writes ${percent(1 - at.update)} of the ` +
      `candidate, which saw ${percent(at.reset)} of the memory.`;
  }
  return "A simple RNN has no gates: its state is made anew at each step.";
}
