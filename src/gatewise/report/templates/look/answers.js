// The answers that a network gives at each step, shown of one step at a time.
class Answers {
  constructor(box, side) {
    const { answers, asked } = page.sides[side];
    Object.assign(this, { box, side, answers, asked });
  }

  show(step) {
    if (!this.answers || this.shown === step) return;
    this.shown = step;
    const [[name, value]] = this.answers[step];
    find(".asked", this.box).textContent = `${this.asked} ${wordAt(this.side, step)}`;
    find(".headline", this.box).textContent = shortened(name, 24);
    find(".surely", this.box).textContent = `${percent(value)} sure`;
    find(".answers", this.box).replaceChildren(...this.answers[step].map((one) => this.row(...one)));
  }

  row(name, value, came) {
    const row = make("li", { style: `--v:${value}` }, make("bdi", { title: name }, shortened(name, 18)),
      make("span", { class: "value" }, percent(value)));
    if (came) row.firstChild.append(make("span", { class: "quiet" }, " \u2190 the text goes on so"));
    return row;
  }
}
