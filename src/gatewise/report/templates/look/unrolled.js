// A few steps of a cell side by side, each handing its memory to the next.
const AROUND = 2; // steps drawn at each side of the chosen one
const KEEPS = { LSTM: "forget", GRU: "update" };

class Unrolled extends Drawing {
  constructor(side, layer, choose) {
    super(side, layer);
    this.svg = draw("svg", { viewBox: "-10 0 378 190", role: "img" });
    this.cells = Array.from({ length: 2 * AROUND + 1 }, (_, place) => this.cell(10 + 70 * place));
    this.svg.append(...this.cells.map(({ box }) => box));
    this.svg.addEventListener("click", (event) => {
      const cell = this.cells.find(({ box }) => box.contains(event.target));
      if (cell) choose(cell.step);
    });
  }

  // The rail comes from the cell whose step was taken before.
  cell(x) {
    const from = this.backwards ? `M${x + 78} 92H${x + 58}` : `M${x - 12} 92H${x + 8}`;
    const rail = draw("path", { class: "rail", d: from });
    const word = draw("text", { class: "word-in", x: x + 33, y: 174 });
    const box = draw("g", { class: "mini" }, rail,
      draw("rect", { class: "body", x: x + 8, y: 44, width: 50, height: 96, rx: 10 }),
      draw("path", { class: "wire", d: `M${x + 33} 44V30M${x + 33} 158V140` }), word);
    const names = FORMS[this.kind].gates.map(([name]) => name);
    const nodes = names.length === 1
      ? [this.node(box, names[0], x + 33, 92, 11)]
      : names.map((name, i) => this.node(box, name, x + 21 + 24 * (i % 2), i < 2 ? 74 : 110, 11));
    nodes.push(this.node(box, "hidden", x + 33, 17, 13));
    return { box, nodes, rail, word };
  }

  show(step, unit) {
    const first = clamp(step - AROUND, 0, Math.max(0, this.T - this.cells.length));
    this.cells.forEach((cell, place) => {
      cell.step = first + place;
      const there = cell.step < this.T;
      cell.box.style.display = there ? "" : "none";
      cell.box.classList.toggle("current", cell.step === step);
      if (there) this.showCell(cell, unit);
    });
    const last = Math.min(this.T, first + this.cells.length);
    this.svg.setAttribute("aria-label", `${this.kind} cells of steps ${first + 1} to ${last}`);
  }

  // The rail into a cell is as thick as the part of the memory that it keeps.
  showCell({ step, nodes, rail, word }, unit) {
    for (const node of nodes) this.light(node, step, unit);
    const keeps = KEEPS[this.kind];
    rail.style.strokeWidth = keeps ? 1 + 7 * this.value(keeps, step, unit) : 3;
    const { words } = page.sides[this.side];
    word.textContent = shortened(words ? words[step] : wordAt(this.side, step), 9);
  }
}

// The drawing that is wanted, made anew for another layer only.
class Network {
  constructor(box, side, choose) {
    Object.assign(this, { box, side, choose });
  }

  // `unit`: the one whose values are shown, or null for the mean of all.
  show(layer, step, unit, unrolled) {
    const form = `${layer}/${unrolled}`;
    if (this.form !== form) {
      this.form = form;
      this.drawing = unrolled ? new Unrolled(this.side, layer, this.choose) : new Rolled(this.side, layer);
      const told = unrolled && remembers(layer) ? [make("p", { class: "quiet" },
        "The bar into a cell is as thick as the part of its memory that it keeps.")] : [];
      this.box.replaceChildren(this.drawing.svg, ...told);
    }
    this.drawing.show(step, unit);
  }
}
