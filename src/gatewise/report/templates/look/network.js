// The cell drawn: rolled up, feeding itself, or a few steps of it unrolled through time. Gates take
// the colours of their values, of the chosen unit or of all units on average.
const FORMS = {
  LSTM: {
    gates: [["forget", 100, 128], ["update", 146, 128], ["candidate", 202, 128], ["output", 252, 128]],
    states: [["cell", 335, 66, "c"], ["hidden", 335, 190, "h"]],
    // Where two lines meet: what happens there.
    meets: [[100, 66, "×"], [174, 94, "×"], [174, 66, "+"], [290, 128, "×"]],
    wires: ["M20 66H312", "M100 112V76", "M146 112V94H164M202 112V94H184", "M174 84V76",
      "M290 66V118M268 128H280M290 138V190H312", "M20 190H252V144M202 190V144M146 190V144M100 190V144",
      "M174 240V190"],
    loops: ["M312 66H340C368 66 368 22 336 22H26C-4 22 -4 66 20 66", "M312 190H340C368 190 368 224 336 224H26C-4 224 -4 190 20 190"],
    notes: [[272, 94, "activation"]],
  },
  GRU: {
    gates: [["update", 110, 128], ["reset", 176, 128], ["candidate", 238, 128]],
    states: [["hidden", 335, 66, "h"]],
    meets: [[110, 66, "×"], [238, 66, "+"], [238, 96, "×"]],
    wires: ["M20 66H312", "M110 112V76", "M126 128H140V96H228", "M238 112V106M238 86V76", "M192 128H222",
      "M50 66V190H238V144M176 190V144M110 190V144", "M174 240V190"],
    loops: ["M312 66H340C368 66 368 22 336 22H26C-4 22 -4 66 20 66"],
    notes: [[166, 88, "1 − z"]],
  },
  SimpleRNN: {
    gates: [["hidden", 180, 118]],
    states: [["hidden", 335, 118, "h"]],
    meets: [],
    wires: ["M20 118H164M196 118H312", "M180 240V134"],
    loops: ["M312 118H340C368 118 368 22 336 22H26C-4 22 -4 118 20 118"],
    notes: [[180, 90, "activation"]],
  },
};
const AROUND = 2; // steps drawn at each side of the chosen one, unrolled

class Network {
  constructor(box, side, choose) {
    [this.box, this.side, this.choose] = [box, side, choose];
  }

  // `unit`: the one whose values are shown, or null for the mean of all.
  show(layer, step, unit, unrolled) {
    const form = `${layer}/${unrolled}`;
    if (this.form !== form) {
      this.form = form;
      this.svg = unrolled ? this.unrolled(layer) : this.rolled(layer);
      const told = unrolled && remembers(layer) ? [make("p", { class: "quiet" },
        "The bar into a cell is as thick as the part of its memory that it keeps.")] : [];
      this.box.replaceChildren(this.svg, ...told);
    }
    if (unrolled) this.lightUnrolled(layer, step, unit);
    else this.lightRolled(layer, step, unit);
  }

  value(layer, name, step, unit) {
    const U = page.layers[layer].units.length, numbers = values(this.side, layer, name);
    if (unit !== null) return numbers[step * U + unit];
    let sum = 0;
    for (let i = step * U; i < (step + 1) * U; i++) sum += numbers[i];
    return sum / U;
  }

  rolled(layer) {
    const { kind, activation } = page.layers[layer], { gates, states, meets, wires, loops, notes } = FORMS[kind];
    const svg = draw("svg", { viewBox: "-8 8 376 262", role: "img" },
      draw("rect", { class: "body", x: 40, y: 42, width: 266, height: 164, rx: 16 }),
      ...loops.map((d) => draw("path", { class: "loop", d })),
      ...wires.map((d) => draw("path", { class: "wire", d })),
      ...notes.map(([x, y, text]) => draw("text", { class: "note", x, y },
        text === "activation" ? activation : text)),
      ...meets.map(([x, y, sign]) => draw("g", { class: "meet" },
        draw("circle", { cx: x, cy: y, r: 10 }), draw("text", { x, y }, sign))));
    this.nodes = [
      ...gates.map(([name, x, y]) => this.node(svg, layer, name, x, y, 16, arrayOf(layer, name).symbol)),
      ...states.map(([name, x, y, symbol]) => this.node(svg, layer, name, x, y, 18, symbol)),
    ];
    this.word = draw("text", { class: "word-in", x: FORMS[kind].gates.length > 1 ? 174 : 180, y: 256 });
    svg.append(this.word);
    return svg;
  }

  node(svg, layer, name, x, y, r, symbol) {
    const circle = draw("circle", { cx: x, cy: y, r }), label = draw("text", { x, y: y - 4 }, symbol);
    const value = draw("text", { class: "value", x, y: y + 7 });
    svg.append(draw("g", { class: "node" }, circle, label, value));
    return { name, circle, label, value };
  }

  light({ name, circle, label, value }, layer, step, unit) {
    const found = this.value(layer, name, step, unit), { ground, letters } = colourOf(found, arrayOf(layer, name));
    circle.style.fill = ground;
    label.style.fill = letters;
    if (!value) return;
    value.style.fill = letters;
    value.textContent = found.toFixed(2).replace("-0.00", "0.00").replace("-", "−");
  }

  lightRolled(layer, step, unit) {
    for (const node of this.nodes) this.light(node, layer, step, unit);
    this.word.textContent = `x = ${this.input(step)}`;
    this.svg.setAttribute("aria-label", `One ${page.layers[layer].kind} cell that feeds itself: ` + this.nodes
      .map(({ name }) => `${arrayOf(layer, name).words} ${number(this.value(layer, name, step, unit))}`).join(", "));
  }

  input(step) {
    return page.sides[this.side].words ? wordAt(this.side, step) : `step ${wordAt(this.side, step)}`;
  }

  unrolled(layer) {
    const { backwards, kind } = page.layers[layer], names = FORMS[kind].gates.map(([name]) => name);
    const svg = draw("svg", { viewBox: "-10 0 378 190", role: "img" });
    this.cells = Array.from({ length: 2 * AROUND + 1 }, (_, place) => {
      const x = 10 + 70 * place, rail = draw("path", { class: "rail", d: `M${backwards ? x + 78 : x - 12} 92H${backwards ? x + 58 : x + 8}` });
      const cell = draw("g", { class: "mini" }, rail,
        draw("rect", { class: "body", x: x + 8, y: 44, width: 50, height: 96, rx: 10 }),
        draw("path", { class: "wire", d: `M${x + 33} 44V30M${x + 33} 158V140` }));
      const nodes = names.map((name, i) => {
        const cx = x + (names.length === 1 ? 33 : 21 + 24 * (i % 2)), cy = 66 + 36 * Math.floor(i / 2);
        const circle = draw("circle", { cx, cy: cy + (names.length === 1 ? 24 : 8), r: 11 });
        const label = draw("text", { x: cx, y: cy + (names.length === 1 ? 25 : 9) }, arrayOf(layer, name).symbol);
        cell.append(draw("g", { class: "node" }, circle, label));
        return { name, circle, label };
      });
      const out = { name: "hidden", circle: draw("circle", { cx: x + 33, cy: 17, r: 13 }),
        label: draw("text", { x: x + 33, y: 18 }, "h") };
      cell.append(draw("g", { class: "node" }, out.circle, out.label));
      const word = draw("text", { class: "word-in", x: x + 33, y: 174 });
      cell.append(word);
      svg.append(cell);
      return { cell, nodes: [...nodes, out], rail, word };
    });
    svg.addEventListener("click", (event) => {
      const place = this.cells.findIndex(({ cell }) => cell.contains(event.target));
      if (place >= 0 && this.cells[place].step !== null) this.choose(this.cells[place].step);
    });
    return svg;
  }

  // The rail into a cell is as thick as the part of the memory that it keeps.
  lightUnrolled(layer, step, unit) {
    const { kind } = page.layers[layer], { T } = page.sides[this.side];
    const keeps = { LSTM: "forget", GRU: "update" }[kind];
    const first = clamp(step - AROUND, 0, Math.max(0, T - 2 * AROUND - 1));
    this.cells.forEach((one, place) => {
      const at = first + place;
      one.step = at < T ? at : null;
      one.cell.style.display = at < T ? "" : "none";
      if (at >= T) return;
      one.cell.classList.toggle("current", at === step);
      for (const node of one.nodes) this.light(node, layer, at, unit);
      one.rail.style.strokeWidth = keeps ? 1 + 7 * this.value(layer, keeps, at, unit) : 3;
      const name = page.sides[this.side].words ? page.sides[this.side].words[at] : wordAt(this.side, at);
      one.word.textContent = shortened(name, 9);
    });
    this.svg.setAttribute("aria-label", `${kind} cells of steps ${first + 1} to ${Math.min(T, first + 2 * AROUND + 1)}`);
  }
}
