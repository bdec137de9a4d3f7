// By what the words, or the steps of a series, are shaded: a value for each step, and in words.
const SHADES = {
  share: { name: "share of the memory", needs: remembers,
    told: (when) => `share of what the layer holds in memory ${when}` },
  retained: { name: "what is left of each write", needs: remembers,
    told: (when) => `how much of what the step wrote is left ${when}` },
  part: { name: "part in the decision", needs: () => page.sides.every((side) => side.parts),
    told: (when, side) => `part in the score of “${page.sides[side].target}”: blue for it, orange against it` },
  none: { name: "nothing", needs: () => true, told: () => "" },
};

// -1..1 for each step, as strong as its shading is.
function shading(side, layer, kind, at) {
  const T = page.sides[side].T;
  if (kind === "none") return new Float64Array(T);
  const found = kind === "part" ? page.sides[side].parts : memoryAt(side, layer, at)[kind];
  const largest = kind === "retained" ? 1 : found.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
  return Float64Array.from(found, (one) => (largest ? one / largest : 0));
}

// What is too faint to see is left alone: of a long text that is most words.
const FAINT = 0.001;
function tint(strength) {
  const size = Math.abs(strength), colour = strength < 0 ? "--second" : "--accent";
  return size < FAINT ? "" : `color-mix(in srgb, var(${colour}) ${(52 * size).toFixed(1)}%, transparent)`;
}

// The text, each word shaded; a click or the arrow keys choose a step.
class Words {
  constructor(box, choose) {
    this.box = box;
    this.words = all(".word", box);
    this.tints = this.words.map(() => "");
    box.addEventListener("click", (event) => {
      const step = this.words.indexOf(event.target.closest(".word"));
      if (step >= 0) choose(step);
    });
  }

  show(strengths, step, taken) {
    this.words.forEach((word, place) => {
      const colour = tint(strengths[place]);
      if (this.tints[place] !== colour) word.style.backgroundColor = this.tints[place] = colour;
      word.classList.toggle("later", !taken(place));
    });
    const now = this.words[step];
    if (this.now !== now) {
      this.now?.setAttribute("aria-selected", "false");
      now.setAttribute("aria-selected", "true");
      this.box.setAttribute("aria-activedescendant", now.id);
      this.now = now;
      this.follow();
    }
  }

  // Of a long text, which scrolls by itself, the chosen word stays in sight.
  follow() {
    const { offsetTop, offsetHeight } = this.now, { scrollTop, clientHeight } = this.box;
    const inSight = offsetTop >= scrollTop && offsetTop + offsetHeight <= scrollTop + clientHeight;
    if (!inSight) this.box.scrollTop = offsetTop - clientHeight / 2;
  }
}
