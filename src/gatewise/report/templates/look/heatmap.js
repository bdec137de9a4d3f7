// Units × steps of one array as an image at its own size, a point for each value; the browser scales
// it. What is chosen lies over it, so that choosing draws nothing.
class HeatMap {
  constructor(box, actions) {
    this.box = box;
    this.canvas = find("canvas", box);
    this.context = this.canvas.getContext("2d", { alpha: false });
    for (const name of ["row", "column", "here"]) this[name] = find(`.${name}`, box);
    box.addEventListener("pointermove", (event) => actions.hover(this.cellAt(event)));
    box.addEventListener("pointerleave", () => actions.hover(null));
    box.addEventListener("click", (event) => actions.choose(this.cellAt(event)));
    box.addEventListener("keydown", (event) => actions.key(event));
  }

  // `units`: the places of the units from the top down.
  paint(numbers, T, units, array) {
    const U = units.length;
    if (this.canvas.width !== T || this.canvas.height !== U) {
      this.canvas.width = T;
      this.canvas.height = U;
      this.box.style.height = `${this.heightFor(U)}px`;
    }
    [this.T, this.U] = [T, U];
    const image = this.context.createImageData(T, U), points = new Uint32Array(image.data.buffer);
    const colours = Uint32Array.from(ramp(array.diverging), ([r, g, b]) =>
      (255 << 24) | (b << 16) | (g << 8) | r);
    const scale = 255 / (array.high - array.low), shift = 0.5 - array.low * scale;
    for (let row = 0, at = 0; row < U; row++) {
      for (let step = 0, i = units[row]; step < T; step++, i += U) {
        const place = numbers[i] * scale + shift;
        points[at++] = colours[place < 255 ? (place > 0 ? place | 0 : 0) : 255];
      }
    }
    this.context.putImageData(image, 0, 0);
    this.smooth();
  }

  // Few units get rows one can hit, many a row of a point.
  heightFor(U) {
    return clamp(U * clamp(Math.floor(416 / U), 1, 26), 120, 512);
  }

  // Where there are more values than points, the browser takes means; else each has sharp edges.
  smooth() {
    const { clientWidth, clientHeight } = this.box, density = devicePixelRatio || 1;
    const crowded = this.T > clientWidth * density || this.U > clientHeight * density;
    this.canvas.style.imageRendering = crowded ? "auto" : "pixelated";
  }

  mark(row, step) {
    const { clientWidth, clientHeight } = this.box;
    const width = clientWidth / this.T, height = clientHeight / this.U;
    const x = `translateX(${step * width}px)`, y = `translateY(${row * height}px)`;
    Object.assign(this.column.style, { width: `${Math.max(width, 1)}px`, transform: x });
    Object.assign(this.row.style, { height: `${Math.max(height, 1)}px`, transform: y });
    // Never too small to see, and then with the cell in its middle.
    const [wide, high] = [Math.max(width, 6), Math.max(height, 6)];
    const middle = `translate(${(width - wide) / 2}px, ${(height - high) / 2}px)`;
    Object.assign(this.here.style, { width: `${wide}px`, height: `${high}px`, transform: `${x} ${y} ${middle}` });
  }

  cellAt(event) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    return {
      step: clamp(Math.floor((this.T * (event.clientX - left)) / width), 0, this.T - 1),
      row: clamp(Math.floor((this.U * (event.clientY - top)) / height), 0, this.U - 1),
    };
  }
}
