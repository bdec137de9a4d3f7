// A layer whose gates are 0 or 1, read as what happened: who forgot and who wrote.
const EVENTS = 8; // named at a step at most

// What a unit did, in words; nothing where it kept its memory and did not write.
function didOf(at) {
  if (at.forget === 1 && at.update === 0) return "";
  const did = at.forget === 1 ? "kept" : "forgot";
  return at.update === 1 ? `${did} and wrote ${number(at.candidate)}` : did;
}

// One unit's step as a sentence.
function eventOf(layer, unit, at, place) {
  const who = `unit ${page.layers[layer].units[unit]}`, did = didOf(at);
  const done = did || "kept its memory and wrote nothing";
  return `At ${place} ${who} ${done}. It shows ${percent(at.output)} of its memory.`;
}

// All that happened at a step, those that moved most first.
function eventsAt(side, layer, step) {
  const { rounded, units } = page.layers[layer];
  if (!rounded || masked(side, layer).has(step)) return "";
  const found = units
    .map((unit, place) => ({ unit, at: numbersAt(side, layer, place, step) }))
    .filter(({ at }) => didOf(at))
    .sort((a, b) => moved(b.at) - moved(a.at));
  const named = found.slice(0, EVENTS).map(({ unit, at }) => `unit ${unit} ${didOf(at)}`);
  const more = found.length > EVENTS ? `; and ${found.length - EVENTS} more` : "";
  const who = `${found.length} of ${units.length} units forgot or wrote here`;
  return named.length ? `${who}: ${named.join("; ")}${more}.` : "No unit forgot or wrote here.";
}

const moved = (at) => Math.abs(at.cell - at.cellBefore);
