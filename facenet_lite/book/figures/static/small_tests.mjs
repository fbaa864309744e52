// Small tests drawn from a long list of pairs: how far their validation rates scatter.
// An anywidget module and a figure of the page alike.

const SIZES = [30, 100, 300, 1000, 3000];
const FARS = [0.1, 0.01, 0.001];
const TESTS = 20;
const Z = 1.959963984540054;
const COLOURS = ["#0a8a9c", "#d1562b"];
const [WIDE, ROW] = [420, 11];

/** Numbers from 0 to below 1 that a seed gives, one after the other. */
export function chances(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) / 4294967296;
  };
}

/** `size` of the values, drawn with replacement, ascending. */
export const drawn = (values, size, chance) => Array.from({ length: size }, () => values[Math.floor(chance() * values.length)]).sort((a, b) => a - b);

/** How many of ascending values lie below a limit. */
export function below(values, limit) {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < limit) low = middle + 1; else high = middle;
  }
  return low;
}

/** Wilson's 95 % interval of a share. */
export function wilson(hits, trials) {
  const [share, shrink] = [hits / trials, 1 + (Z * Z) / trials];
  const middle = (share + (Z * Z) / (2 * trials)) / shrink;
  const half = (Z / shrink) * Math.sqrt((share * (1 - share)) / trials + (Z * Z) / (4 * trials * trials));
  return [hits === 0 ? 0 : middle - half, hits === trials ? 1 : middle + half];
}

/** The smallest number of hits that at least a share of binomial counts do not exceed. */
export function quantile(share, trials, rate) {
  if (rate >= 1) return trials;
  let [hits, log] = [0, trials * Math.log1p(-rate)];
  let total = Math.exp(log);
  while (total < share && hits < trials) {
    log += Math.log((trials - hits) / (hits + 1)) + Math.log(rate) - Math.log1p(-rate);
    hits += 1;
    total += Math.exp(log);
  }
  return hits;
}

/** VAL at a false accept rate with its interval, of ascending distances; null: not estimable. */
export function valAtFar(same, different, far) {
  const [n, m] = [same.length, different.length];
  const allowed = Math.floor(far * m + 1e-9);
  if (allowed === 0) return null;
  const share = (count) => (count < m ? below(same, different[count]) : n) / n;
  const val = share(allowed);
  let [low, high] = wilson(Math.round(val * n), n);
  const [fewest, most] = [0.025, 0.975].map((part) => quantile(part, m, far));
  const lenient = share(most);
  const strict = fewest === 0 ? val : below(same, different[fewest - 1] + 0.5) / n;
  if (fewest === 0) low = 0;
  return { val, low: Math.max(0, val - Math.hypot(val - low, val - strict)), high: Math.min(1, val + Math.hypot(high - val, lenient - val)), allowed };
}

/** Twenty tests of one size. */
export function tests(same, different, size, far, seed) {
  const chance = chances(seed);
  return Array.from({ length: TESTS }, () => valAtFar(drawn(same, size, chance), drawn(different, size, chance), far));
}

const number = (count) => String(count).replace(/\B(?=(\d{3})+$)/g, ",");
const percent = (share) => `${(100 * share).toFixed(1)} %`;

/** What the tests come to, in words. */
export function inWords(found, whole, size, far) {
  const rate = `VAL at FAR ${far}`;
  if (!found[0]) return `${rate} is not estimable from ${number(size)} different pairs: not one false accept is allowed. It takes ${number(Math.round(1 / far))} pairs at the least.`;
  const vals = found.map((one) => one.val);
  const width = found.map((one) => one.high - one.low).sort((a, b) => a - b)[TESTS / 2];
  const held = whole ? ` ${found.filter((one) => one.low <= whole.val && whole.val <= one.high).length} of ${TESTS} intervals hold the whole list's ${percent(whole.val)}.` : "";
  return `${rate}, ${number(size)} pairs of each kind, ${number(found[0].allowed)} false accept${found[0].allowed === 1 ? "" : "s"} allowed: the twenty tests say ${percent(Math.min(...vals))} to ${percent(Math.max(...vals))}. The middle interval is ${(100 * width).toFixed(1)} percentage points wide.${held}`;
}

const STYLE = `
  .small-tests .controls { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .75rem; min-height: 2rem; }
  .small-tests .value { flex: 0 0 3.4rem; font-variant-numeric: tabular-nums; text-align: right; }
  .small-tests svg { width: 100%; max-width: 34rem; }
`;

let instances = 0;

function render({ model, el }) {
  // JupyterLab looks at the focused element alone: keys typed in the figure are its own.
  el.addEventListener("focusin", ({ target }) => (target.dataset.lmSuppressShortcuts = ""));
  const id = `small-tests-${++instances}`;
  const [same, different] = [model.get("same"), model.get("different")];
  const tall = TESTS * ROW;
  el.classList.add("fl-figure");
  el.innerHTML = `
    <style>${STYLE}</style>
    <div class="small-tests">
      <div class="controls"><label for="${id}-size">Pairs of each kind</label>
        <input type="range" id="${id}-size" min="0" max="${SIZES.length - 1}" step="1"><span class="value" aria-hidden="true"></span></div>
      <div class="controls"><label for="${id}-far">False accept rate</label>
        <select id="${id}-far">${FARS.map((far) => `<option value="${far}">${far}</option>`).join("")}</select>
        <button type="button">Draw again</button></div>
      <svg viewBox="-14 -6 ${WIDE + 28} ${tall + 42}" role="img" aria-label="Twenty validation rates with their intervals" fill="currentColor" font-size="12"><g></g>
        <line x1="0" x2="${WIDE}" y1="${tall}" y2="${tall}" stroke="currentColor"/>
        ${[0, 0.25, 0.5, 0.75, 1].map((val) => `<text x="${val * WIDE}" y="${tall + 16}" text-anchor="middle">${100 * val}</text>`).join("")}
        <text x="${WIDE / 2}" y="${tall + 32}" text-anchor="middle">VAL in per cent</text></svg>
      <output aria-live="polite" for="${id}-size"></output>
    </div>`;
  const slider = el.querySelector("input");
  const rates = el.querySelector("select");
  const stage = el.querySelector("svg g");
  const output = el.querySelector("output");

  function draw() {
    const [size, far] = [model.get("size"), model.get("far")];
    const found = tests(same, different, size, far, model.get("seed"));
    const whole = valAtFar(same, different, far);
    const mark = whole ? `<line x1="${whole.val * WIDE}" x2="${whole.val * WIDE}" y1="0" y2="${tall}" stroke="currentColor" stroke-dasharray="4 3"/>` : "";
    const rows = found.map((one, i) => {
      if (!one) return "";
      const y = (i + 0.5) * ROW;
      const colour = whole && (whole.val < one.low || whole.val > one.high) ? COLOURS[1] : COLOURS[0];
      return `<line x1="${one.low * WIDE}" x2="${one.high * WIDE}" y1="${y}" y2="${y}" stroke="${colour}" stroke-width="5" stroke-opacity=".5"/><circle cx="${one.val * WIDE}" cy="${y}" r="3.5" fill="${colour}"/>`;
    });
    const none = found[0] ? "" : `<text x="${WIDE / 2}" y="${tall / 2}" text-anchor="middle" font-size="20">not estimable</text>`;
    stage.innerHTML = (found[0] ? mark : "") + rows.join("") + none;
    slider.value = SIZES.indexOf(size);
    slider.nextElementSibling.textContent = number(size);
    slider.setAttribute("aria-valuetext", `${number(size)} pairs`);
    rates.value = far;
    output.textContent = inWords(found, whole, size, far);
  }

  const change = (name, value) => { model.set(name, value); model.save_changes(); };
  slider.addEventListener("input", () => change("size", SIZES[Number(slider.value)]));
  rates.addEventListener("change", () => change("far", Number(rates.value)));
  el.querySelector("button").addEventListener("click", () => change("seed", model.get("seed") + 1));
  for (const name of ["size", "far", "seed"]) model.on(`change:${name}`, draw);
  draw();
}

export default { render };
