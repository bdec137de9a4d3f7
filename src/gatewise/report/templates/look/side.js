// One input's part of the page. What is shown of it is chosen for all inputs at once, in `view`; the
// step is its own.
const BIG_STEP = 10;

class Side {
  constructor(side, view, choose) {
    const root = find(`#side-${side}`), said = find(`#said-${side}`);
    Object.assign(this, { side, view, root, said, hovered: null, playing: null });
    this.T = page.sides[side].T;
    this.step = this.lastTaken();
    const go = (step) => { this.step = step; this.mark(); };
    this.map = new HeatMap(find(".heat", root), {
      hover: (cell) => { this.hovered = cell; this.soon(); },
      choose: ({ step, row }) => {
        this.hovered = null; // what was pointed at is now what is chosen
        this.step = step;
        choose({ unit: this.units()[row] });
      },
      key: (event) => this.key(event, choose),
    });
    this.line = new UnitLine(find(".line", root), side, go);
    this.network = new Network(find(".drawing", root), side, go);
    const words = find(".words", said), box = find(".chart-box", said);
    this.answers = new Answers(find(".answer", said), side);
    this.input = words ? new Words(words, go) : new Series(box, side, go);
    words?.addEventListener("keydown", (event) => this.key(event, choose));
    this.soon = oncePerFrame(() => this.mark());
    this.slider = find(".slider", root);
    this.slider.max = this.T - 1;
    this.slider.addEventListener("input", () => go(Number(this.slider.value)));
    find(".play", root).addEventListener("click", () => this.play());
    find(".roll", root).addEventListener("click", () => choose({ unrolled: !view.unrolled }));
    find(".by", root).addEventListener("click", () => choose({ mean: !view.mean }));
    new ResizeObserver(oncePerFrame(() => { this.axis(); this.map.smooth(); this.mark(); }))
      .observe(find(".heat", root));
  }

  lastTaken() {
    return page.layers[this.view.layer].backwards ? 0 : this.T - 1;
  }

  units() {
    return order(this.view.layer, this.view.sort);
  }

  // What a pointer is on, else what was chosen.
  cell() {
    const units = this.units();
    if (this.hovered) return { step: this.hovered.step, unit: units[this.hovered.row] };
    return { step: this.step, unit: this.view.unit };
  }

  paint() {
    const { layer, gate, sort } = this.view, array = arrayOf(layer, gate);
    const { title, units } = page.layers[layer], some = `${units.length} units × ${this.T} steps`;
    this.map.paint(values(this.side, layer, gate), this.T, this.units(), array);
    find(".map-title", this.root).textContent = `${array.symbol} ${array.words}`;
    this.map.box.setAttribute("aria-label", `${array.words} of layer ${title}, ${some}. Arrow keys choose.`);
    find(".explained", this.root).textContent = array.told;
    find(".low", this.root).textContent = number(array.low).replace(/\.?0+$/, "");
    find(".high", this.root).textContent = number(array.high).replace(/\.?0+$/, "");
    const stops = page.palettes[array.diverging ? "diverging" : "sequential"][theme()];
    find(".ramp", this.root).style.background = `linear-gradient(90deg, ${stops.join(", ")})`;
    const ends = SORTS[sort].ends;
    find(".top-end", this.root).textContent = ends[0];
    find(".low-end", this.root).textContent = ends[1];
    find(".roll", this.root).setAttribute("aria-pressed", this.view.unrolled);
    find(".by", this.root).setAttribute("aria-pressed", this.view.mean);
    if (this.input instanceof Series && this.input.drawnIn !== theme()) this.input.lines();
    this.axis();
    this.mark();
  }

  // The words under their columns, where these are wide enough to read.
  axis() {
    const axis = find(".axis", this.root), { words } = page.sides[this.side];
    const wide = words && this.map.box.clientWidth / this.T >= 13;
    axis.hidden = !wide;
    if (!wide || axis.children.length) return;
    axis.style.gridTemplateColumns = `repeat(${this.T}, minmax(0, 1fr))`;
    axis.append(...words.map((word) => make("span", {}, shortened(word.trim() || "·", 12))));
  }

  mark() {
    const { layer, gate, shade, mean, unrolled } = this.view, { step, unit } = this.cell();
    const units = this.units(), array = arrayOf(layer, gate);
    this.map.mark(units.indexOf(unit), step);
    if (this.lined !== `${layer}/${gate}/${unit}/${theme()}`) this.line.show(layer, array, unit);
    this.lined = `${layer}/${gate}/${unit}/${theme()}`;
    this.line.mark(step);
    this.input.show(shading(this.side, layer, shade, step), step, (one) => takenAlready(layer, one, step));
    this.answers.show(step);
    this.network.show(layer, step, mean ? null : unit, unrolled);
    const told = SHADES[shade].told(`after ${this.place(step)}`, this.side);
    find(`#shaded-${this.side}`).textContent = told && `Shaded: ${told}.`;
    this.equations(layer, unit, step);
    this.slider.value = step;
    this.slider.setAttribute("aria-valuetext", this.placeAndWord(step));
    find(".place", this.root).textContent = this.placeAndWord(step);
    all(".axis .now", this.root).forEach((one) => one.classList.remove("now"));
    find(".axis", this.root).children[step]?.classList.add("now");
  }

  place(step) {
    return `step ${page.sides[this.side].start + step + 1}`;
  }

  placeAndWord(step) {
    return page.sides[this.side].words ? `${this.place(step)} ${wordAt(this.side, step)}` : this.place(step);
  }

  equations(layer, unit, step) {
    const at = numbersAt(this.side, layer, unit, step), place = this.placeAndWord(step);
    const name = `Unit ${page.layers[layer].units[unit]}`;
    const terms = equationsOf(layer, at), held = masked(this.side, layer).has(step);
    find(".cell-title", this.root).textContent = `${name} at ${place}`;
    const done = page.layers[layer].rounded ? eventOf(layer, unit, at, place) : summaryOf(layer, at);
    const said = held ? "A masked step: the state before is held." : done;
    find(".summary", this.root).textContent = said;
    find(".equations", this.root).replaceChildren(...(held ? [] : terms.map((one) => equationBox(layer, one))));
    find(".sums", this.root).textContent = held ? "" : sumsOf(layer, at);
    const left = remembers(layer) && !held
      ? `After the last step, ${percent(leftAtEnd(this.side, layer, step, unit))} of what it wrote here is left.` : "";
    find(".left", this.root).textContent = left;
    find(".events", this.root).textContent = eventsAt(this.side, layer, step);
    // Spoken when a cell was chosen; what the pointer passes over would be chatter.
    if (!this.hovered && !this.playing) {
      find(`#chosen-${this.side}`).textContent = `${name}, ${place}. ${said} ${terms.map(spoken).join("; ")}.`;
    }
  }

  key(event, choose) {
    const units = this.units(), row = units.indexOf(this.view.unit);
    const step = (by) => () => { this.step = clamp(this.step + by, 0, this.T - 1); this.mark(); };
    const unit = (by) => () => choose({ unit: units[clamp(row + by, 0, units.length - 1)] });
    const does = {
      ArrowLeft: step(-1), ArrowRight: step(1), Home: step(-this.T), End: step(this.T),
      ArrowUp: unit(-1), ArrowDown: unit(1), PageUp: unit(-BIG_STEP), PageDown: unit(BIG_STEP),
      " ": () => this.play(),
    }[event.key];
    if (!does || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.hovered = null;
    does();
  }

  // Step after step in the order in which the layer takes them, from the first where it is at the end.
  play() {
    const button = find(".play", this.root);
    if (this.playing) {
      clearInterval(this.playing);
      this.playing = null;
    } else {
      const back = page.layers[this.view.layer].backwards;
      if (this.step === this.lastTaken()) this.step = back ? this.T - 1 : 0;
      this.playing = setInterval(() => {
        this.step = clamp(this.step + (back ? -1 : 1), 0, this.T - 1);
        this.mark();
        if (this.step === this.lastTaken()) this.play();
      }, clamp(8000 / this.T, 40, 350));
    }
    button.textContent = this.playing ? "❚❚" : "▶";
    button.setAttribute("aria-label", this.playing ? "Pause" : "Play");
    this.mark();
  }
}
