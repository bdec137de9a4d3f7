// The cell drawn: rolled up, feeding itself, or a few steps of it unrolled through time. Gates take
// the colours of their values, of the chosen unit or of all units on average.
const FORMS = {
  LSTM: {
    gates: [["forget", 100, 128], ["update", 146, 128], ["candidate", 202, 128], ["output", 252, 128]],
    states: [["cell", 335, 66], ["hidden", 335, 190]],
    // Where two lines meet: what happens there.
    meets: [[100, 66, "×"], [174, 94, "×"], [174, 66, "+"], [290, 128, "×"]],
    wires: ["M20 66H312", "M100 112V76", "M146 112V94H164M202 112V94H184", "M174 84V76",
      "M290 66V118M268 128H280M290 138V190H312", "M20 190H252V144M202 190V144M146 190V144M100 190V144",
      "M174 240V190"],
    loops: ["M312 66H340C368 66 368 22 336 22H26C-4 22 -4 66 20 66",
      "M312 190H340C368 190 368 224 336 224H26C-4 224 -4 190 20 190"],
    notes: [[272, 94, "activation"]],
  },
  GRU: {
    gates: [["update", 110, 128], ["reset", 176, 128], ["candidate", 238, 128]],
    states: [["hidden", 335, 66]],
    meets: [[110, 66, "×"], [238, 66, "+"], [238, 96, "×"]],
    wires: ["M20 66H312", "M110 112V76", "M126 128H140V96H228", "M238 112V106M238 86V76", "M192 128H222",
      "M50 66V190H238V144M176 190V144M110 190V144", "M174 240V190"],
    loops: ["M312 66H340C368 66 368 22 336 22H26C-4 22 -4 66 20 66"],
    notes: [[166, 88, "1 − z"]],
  },
  SimpleRNN: {
    gates: [["hidden", 180, 118]],
    states: [["hidden", 335, 118]],
    meets: [],
    wires: ["M20 118H164M196 118H312", "M180 240V134"],
    loops: ["M312 118H340C368 118 368 22 336 22H26C-4 22 -4 118 20 118"],
    notes: [[180, 90, "activation"]],
  },
};

// What both drawings of a layer of one input share.
class Drawing {
  constructor(side, layer) {
    Object.assign(this, { side, layer }, page.layers[layer]);
    this.T = page.sides[side].T;
  }

  // A unit's value, or the mean of all units where none is named.
  value(name, step, unit) {
    const U = this.units.length, numbers = values(this.side, this.layer, name);
    if (unit !== null) return numbers[step * U + unit];
    let sum = 0;
    for (let i = step * U; i < (step + 1) * U; i++) sum += numbers[i];
    return sum / U;
  }

  // A circle that takes the colour of an array's value, which is written in it if there is room.
  node(parent, name, x, y, r, written) {
    const circle = draw("circle", { cx: x, cy: y, r });
    const symbol = draw("text", { x, y: written ? y - 4 : y + 1 }, arrayOf(this.layer, name).symbol);
    const value = written && draw("text", { class: "value", x, y: y + 7 });
    parent.append(draw("g", { class: "node" }, circle, symbol, ...(written ? [value] : [])));
    return { name, circle, symbol, value };
  }

  light({ name, circle, symbol, value }, step, unit) {
    const found = this.value(name, step, unit);
    const { ground, letters } = colourOf(found, arrayOf(this.layer, name));
    circle.style.fill = ground;
    symbol.style.fill = letters;
    if (!value) return;
    value.style.fill = letters;
    value.textContent = found.toFixed(2).replace("-0.00", "0.00").replace("-", "−");
  }
}

// One cell that feeds itself.
class Rolled extends Drawing {
  constructor(side, layer) {
    super(side, layer);
    const { gates, states, meets, wires, loops, notes } = FORMS[this.kind];
    this.svg = draw("svg", { viewBox: "-8 8 376 262", role: "img" },
      draw("rect", { class: "body", x: 40, y: 42, width: 266, height: 164, rx: 16 }),
      ...loops.map((d) => draw("path", { class: "loop", d })),
      ...wires.map((d) => draw("path", { class: "wire", d })),
      ...notes.map(([x, y, text]) => draw("text", { class: "note", x, y },
        text === "activation" ? this.activation : text)),
      ...meets.map(([x, y, sign]) => draw("g", { class: "meet" },
        draw("circle", { cx: x, cy: y, r: 10 }), draw("text", { x, y }, sign))));
    this.nodes = [
      ...gates.map(([name, x, y]) => this.node(this.svg, name, x, y, 16, true)),
      ...states.map(([name, x, y]) => this.node(this.svg, name, x, y, 18, true)),
    ];
    this.word = draw("text", { class: "word-in", x: gates.length > 1 ? 174 : 180, y: 256 });
    this.svg.append(this.word);
  }

  show(step, unit) {
    for (const node of this.nodes) this.light(node, step, unit);
    const name = wordAt(this.side, step);
    this.word.textContent = page.sides[this.side].words ? `x = ${name}` : `x = step ${name}`;
    const told = this.nodes.map((node) =>
      `${arrayOf(this.layer, node.name).words} ${number(this.value(node.name, step, unit))}`);
    this.svg.setAttribute("aria-label", `One ${this.kind} cell that feeds itself: ${told.join(", ")}`);
  }
}
