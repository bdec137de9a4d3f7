// What a cell still holds of what each step wrote: exact, since its state is a sum of writes (see
// gatewise.insight.memory). A simple RNN has no such sum.
const remembers = (layer) => page.layers[layer].kind !== "SimpleRNN";

// The part of the old state that is kept, and what is written, at a place of the arrays.
function termsOf(side, layer) {
  const of = (name) => values(side, layer, name);
  if (page.layers[layer].kind === "LSTM") {
    const forget = of("forget"), update = of("update"), candidate = of("candidate");
    return { keep: (i) => forget[i], write: (i) => update[i] * candidate[i], state: "cell" };
  }
  const update = of("update"), candidate = of("candidate");
  return { keep: (i) => update[i], write: (i) => (1 - update[i]) * candidate[i], state: "hidden" };
}

// After a step: each step's share of the memory, and how much of its write is left; by size, over
// all units. Steps that were not taken yet have neither.
const lastMemory = new Map();
function memoryAt(side, layer, at) {
  const key = `${side}/${layer}`, last = lastMemory.get(key);
  if (last?.at !== at) lastMemory.set(key, { at, ...computedMemory(side, layer, at) });
  return lastMemory.get(key);
}

function computedMemory(side, layer, at) {
  const { backwards, units } = page.layers[layer], T = page.sides[side].T, U = units.length;
  const { keep, write, state } = termsOf(side, layer), held = masked(side, layer);
  const share = new Float64Array(T), retained = new Float64Array(T);
  const after = new Float64Array(U).fill(1); // the product of what was kept since
  const first = backwards ? T - 1 : 0, back = backwards ? 1 : -1;
  let whole = 0;
  for (let step = at; step !== first + back; step += back) {
    if (held.has(step)) continue;
    let left = 0, wrote = 0;
    for (let unit = 0, i = step * U; unit < U; unit++, i++) {
      const size = Math.abs(write(i));
      wrote += size;
      left += after[unit] * size;
      after[unit] *= keep(i);
    }
    share[step] = left;
    retained[step] = wrote > 0 ? left / wrote : 0;
    whole += left;
  }
  const start = before(side, layer, state);
  for (let unit = 0; unit < U; unit++) whole += Math.abs(after[unit] * start[unit]);
  for (let step = 0; step < T && whole > 0; step++) share[step] /= whole;
  return { share, retained };
}

// How much of what a unit wrote at a step is left after the last step taken.
function leftAtEnd(side, layer, step, unit) {
  const { backwards, units } = page.layers[layer], T = page.sides[side].T;
  const { keep } = termsOf(side, layer), held = masked(side, layer);
  let left = 1;
  for (let s = step + (backwards ? -1 : 1); s >= 0 && s < T; s += backwards ? -1 : 1) {
    if (!held.has(s)) left *= keep(s * units.length + unit);
  }
  return left;
}

const takenAlready = (layer, step, at) => (page.layers[layer].backwards ? step >= at : step <= at);
