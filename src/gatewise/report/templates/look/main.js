// What is shown of all inputs alike, and the controls that choose it.
const SORTS = {
  span: { name: "memory span", ends: ["long memory", "short"] },
  activity: { name: "activity", ends: ["active", "quiet"] },
  part: { name: "part in the decision", ends: ["decisive", "not"] },
  number: { name: "number", ends: ["first unit", "last"] },
};

const view = { layer: startLayer(), unrolled: false, mean: false };
Object.assign(view, valid(view));
const sides = page.sides.map((_, side) => new Side(side, view, choose));

// The last layer that reads forwards: the nearest to the answer.
function startLayer() {
  const forwards = page.layers.map((layer, place) => (layer.backwards ? -1 : place));
  return Math.max(0, ...forwards);
}

// The view with what its layer does not have replaced by what it has.
function valid(wanted) {
  const { arrays, rankings, units } = page.layers[wanted.layer];
  const has = (name) => arrays.some((one) => one.name === name);
  const gate = has(wanted.gate) ? wanted.gate : arrays[0].name;
  const sort = wanted.sort === "number" || rankings[wanted.sort] ? wanted.sort : Object.keys(rankings)[0];
  const shade = SHADES[wanted.shade]?.needs(wanted.layer) ? wanted.shade
    : Object.keys(SHADES).find((name) => SHADES[name].needs(wanted.layer));
  const unit = wanted.unit < units.length ? wanted.unit : order(wanted.layer, sort)[0];
  return { gate, sort, shade, unit };
}

function choose(change) {
  const turned = change.layer !== undefined &&
    page.layers[change.layer].backwards !== page.layers[view.layer].backwards;
  const ended = sides.map((side) => side.step === side.lastTaken());
  Object.assign(view, change);
  Object.assign(view, valid(view));
  // Who looked at the end of one direction looks at the end of the other.
  sides.forEach((side, place) => { if (turned && ended[place]) side.step = side.lastTaken(); });
  if (Object.keys(change).join() === "unit") sides.forEach((side) => side.mark());
  else refresh();
}

function refresh() {
  controls();
  sides.forEach((side) => side.paint());
}

function buttons(box, choices, chosen, pick) {
  const made = choices.map(([key, ...content]) => {
    const button = make("button", { type: "button", "aria-pressed": key === chosen, "data-key": key }, ...content);
    button.addEventListener("click", () => {
      pick(key);
      find(`[data-key="${key}"]`, box).focus();
    });
    return button;
  });
  box.replaceChildren(...made);
}

function options(select, choices, chosen) {
  select.replaceChildren(...choices.map(([key, name]) => make("option", { value: key }, name)));
  select.value = chosen;
}

function controls() {
  const { arrays, rankings } = page.layers[view.layer];
  buttons(find("#layers"), page.layers.map(({ title }, place) => [place, title]), view.layer,
    (layer) => choose({ layer }));
  buttons(find("#gates"), arrays.map(({ name, symbol, words }) =>
    [name, make("b", {}, symbol), ` ${words}`]), view.gate, (gate) => choose({ gate }));
  options(find("#sort"), Object.entries(SORTS).filter(([key]) => key === "number" || rankings[key])
    .map(([key, { name }]) => [key, name]), view.sort);
  options(find("#shade"), Object.entries(SHADES).filter(([, one]) => one.needs(view.layer))
    .map(([key, { name }]) => [key, name]), view.shade);
}

find("#sort").addEventListener("change", ({ target }) => choose({ sort: target.value }));
find("#shade").addEventListener("change", ({ target }) => choose({ shade: target.value }));

const THEMES = ["system", "light", "dark"];
find("#theme").addEventListener("click", ({ currentTarget }) => {
  const root = document.documentElement, now = root.dataset.theme || "system";
  const next = THEMES[(THEMES.indexOf(now) + 1) % THEMES.length];
  if (next === "system") delete root.dataset.theme;
  else root.dataset.theme = next;
  currentTarget.textContent = `Theme: ${next}`;
  refresh();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", refresh);
refresh();
document.documentElement.dataset.ready = "";
