// One unit's values of the array shown, over all steps.
class UnitLine {
  constructor(section, side, choose) {
    this.side = side;
    this.svg = find("svg", section);
    this.now = find(".now", section);
    this.title = find(".line-title", section);
    this.range = find(".range", section);
    onStep(find(".chart-box", section), page.sides[side].T, choose);
  }

  show(layer, array, unit) {
    const { units } = page.layers[layer], { T } = page.sides[this.side], U = units.length;
    const numbers = values(this.side, layer, array.name);
    const column = Float32Array.from({ length: T }, (_, step) => numbers[step * U + unit]);
    const zero = array.diverging ? 50 : 96;
    this.svg.setAttribute("viewBox", `0 0 ${T} 100`);
    this.svg.replaceChildren(
      draw("path", { class: "zero", d: `M0 ${zero}H${T}` }),
      draw("path", { class: "course", d: course(column, array.low, array.high) }),
    );
    this.title.textContent = `${array.symbol} of unit ${units[unit]} over time`;
    this.range.textContent = `${number(array.low)} to ${number(array.high)}`;
    const [low, high] = extent(column);
    this.svg.setAttribute("aria-label",
      `${array.words} of unit ${units[unit]} over ${T} steps, from ${number(low)} to ${number(high)}`);
  }

  mark(step) {
    this.now.style.left = `${(100 * (step + 0.5)) / page.sides[this.side].T}%`;
  }
}
