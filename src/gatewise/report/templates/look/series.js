const SOLID = 6; // channels that have a colour of their own; further ones are dashed

// A series as a line for each channel along time, on a ground shaded as words are.
class Series {
  constructor(box, side, choose) {
    this.side = side;
    this.svg = find("svg", box);
    this.ground = find("canvas", box);
    this.now = find(".now", box);
    const { T } = page.sides[side];
    this.ground.width = T;
    this.ground.height = 1;
    const { names, left } = page.sides[side].series;
    const key = box.parentElement.querySelector(".key");
    key.replaceChildren(...names.map((name, place) =>
      make("li", {}, make("span", { class: "dash" }), name)));
    if (left) key.append(make("li", { class: "quiet" }, `${left} more, which move less, are not drawn`));
    onStep(box, T, choose);
  }

  colour(place) {
    const colours = page.palettes.channels[theme()];
    return colours[place % colours.length];
  }

  // Each channel between its own lowest and highest value: what matters is its course.
  lines() {
    this.drawnIn = theme();
    const { series, T } = page.sides[this.side], I = series.names.length;
    const numbers = cached(`series/${this.side}`, () => floats(series.values));
    this.svg.setAttribute("viewBox", `0 0 ${T} 100`);
    this.svg.replaceChildren(...series.names.map((_, channel) => {
      const column = Float32Array.from({ length: T }, (_, step) => numbers[step * I + channel]);
      return draw("path", { d: course(column, ...extent(column)), stroke: this.colour(channel),
        "stroke-dasharray": channel < SOLID ? "none" : "5 3" });
    }));
    all(".dash", this.svg.closest(".input")).forEach((dash, place) => {
      const colour = this.colour(place);
      dash.style.background = place < SOLID ? colour
        : `repeating-linear-gradient(90deg, ${colour} 0 5px, transparent 5px 8px)`;
    });
  }

  show(strengths, step) {
    const context = this.ground.getContext("2d");
    const image = context.createImageData(strengths.length, 1);
    const style = getComputedStyle(document.documentElement);
    const [forIt, against] = ["--accent", "--second"].map((name) =>
      channels(style.getPropertyValue(name).trim()));
    strengths.forEach((strength, place) => {
      image.data.set([...(strength < 0 ? against : forIt), 130 * Math.abs(strength)], 4 * place);
    });
    context.putImageData(image, 0, 0);
    this.now.style.left = `${(100 * (step + 0.5)) / strengths.length}%`;
  }
}

function extent(column) {
  let low = Infinity, high = -Infinity;
  for (const one of column) { low = Math.min(low, one); high = Math.max(high, one); }
  return low < high ? [low, high] : [low - 1, high + 1];
}

// A line through the middle of each step, 100 high.
function course(column, low, high) {
  let path = "";
  column.forEach((value, step) => {
    path += `${step ? "L" : "M"}${step + 0.5} ${(96 - (92 * (value - low)) / (high - low)).toFixed(2)}`;
  });
  return column.length === 1 ? `${path.replace("0.5", "0")}h1` : path;
}

// A click on a box along time chooses the step under it.
function onStep(box, T, choose) {
  box.addEventListener("click", (event) => {
    const { left, width } = box.getBoundingClientRect();
    choose(clamp(Math.floor((T * (event.clientX - left)) / width), 0, T - 1));
  });
}
