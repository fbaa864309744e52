// Folds: each judged by the threshold that is best on the others.
// An anywidget module and a figure of the page alike.

const COLOURS = ["#0a8a9c", "#d1562b"];
const [WIDE, TALL] = [420, 200];

/** Shares judged rightly at each place: of one fold, and of all the others together. */
export function shares(folds, fold) {
  const own = folds[fold].right.map((right) => right / folds[fold].pairs);
  const others = folds.filter((_, i) => i !== fold);
  const pairs = others.reduce((sum, one) => sum + one.pairs, 0);
  const nine = own.map((_, place) => others.reduce((sum, one) => sum + one.right[place], 0) / pairs);
  return { own, nine, pairs };
}

/** The smallest share that a curve of any fold shows, in whole twentieths below. */
export function bottom(folds) {
  const least = Math.min(...folds.map((one) => Math.min(...one.right) / one.pairs));
  return Math.min(0.95, Math.floor(least * 20) / 20);
}

/** Mean accuracy by the others' thresholds, and by each fold's own. */
export function means(folds) {
  const mean = (key) => folds.reduce((sum, one) => sum + one[key] / one.pairs, 0) / folds.length;
  return { honest: mean("hits"), own: mean("own") };
}

const number = (count) => String(count).replace(/\B(?=(\d{3})+$)/g, ",");
const percent = (share) => `${(100 * share).toFixed(2)} %`;

/** What is seen, in words. */
export function inWords(folds, fold) {
  const one = folds[fold];
  const { pairs } = shares(folds, fold);
  const { honest, own } = means(folds);
  return `Fold ${fold + 1} of ${folds.length}. On the other ${number(pairs)} pairs ${one.threshold.toPrecision(4)} is best. With it ${number(one.hits)} of the fold's ${number(one.pairs)} pairs are judged rightly, ${percent(one.hits / one.pairs)}; with a threshold of its own ${percent(one.own / one.pairs)}. Mean of all folds: ${percent(honest)}, with thresholds of their own ${percent(own)}.`;
}

const STYLE = `
  .folds .controls { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .75rem; min-height: 2rem; }
  .folds .value { flex: 0 0 1.6rem; font-variant-numeric: tabular-nums; text-align: right; }
  .folds svg { width: 100%; max-width: 34rem; }
`;

let instances = 0;

function render({ model, el }) {
  // JupyterLab looks at the focused element alone: keys typed in the figure are its own.
  el.addEventListener("focusin", ({ target }) => (target.dataset.lmSuppressShortcuts = ""));
  const id = `folds-${++instances}`;
  const [folds, low, high] = [model.get("folds"), model.get("low"), model.get("high")];
  const floor = bottom(folds);
  const x = (threshold) => ((threshold - low) / (high - low)) * WIDE;
  const y = (share) => ((1 - share) / (1 - floor)) * TALL;
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((part) => low + part * (high - low));
  const levels = [0, 0.5, 1].map((part) => floor + part * (1 - floor));
  el.classList.add("fl-figure");
  el.innerHTML = `
    <style>${STYLE}</style>
    <div class="folds">
      <div class="controls"><label for="${id}-fold">Fold to judge</label>
        <input type="range" id="${id}-fold" min="0" max="${folds.length - 1}" step="1"><span class="value" aria-hidden="true"></span></div>
      <svg viewBox="-46 -22 ${WIDE + 62} ${TALL + 60}" role="img" aria-label="Accuracy against the threshold, of one fold and of the others" fill="currentColor" font-size="12">
        ${levels.map((share) => `<text x="-6" y="${y(share) + 4}" text-anchor="end">${(100 * share).toFixed(1)}</text><line x1="0" x2="${WIDE}" y1="${y(share)}" y2="${y(share)}" stroke="currentColor" stroke-opacity=".15"/>`).join("")}
        ${ticks.map((at) => `<text x="${x(at)}" y="${TALL + 16}" text-anchor="middle">${at.toPrecision(2)}</text>`).join("")}
        <text x="${WIDE / 2}" y="${TALL + 33}" text-anchor="middle">threshold on the squared distance</text>
        <text x="-40" y="-10">per cent right</text>
        <line x1="0" x2="${WIDE}" y1="${TALL}" y2="${TALL}" stroke="currentColor"/><g></g></svg>
      <output aria-live="polite" for="${id}-fold"></output>
    </div>`;
  const slider = el.querySelector("input");
  const stage = el.querySelector("svg g");
  const output = el.querySelector("output");
  const curve = (values) => values.map((share, place) => `${((place / (values.length - 1)) * WIDE).toFixed(1)},${y(share).toFixed(1)}`).join(" ");

  function draw() {
    const fold = Math.min(folds.length - 1, Math.max(0, model.get("fold")));
    const [one, found] = [folds[fold], shares(folds, fold)];
    const at = x(one.threshold);
    stage.innerHTML = `<line x1="${at}" x2="${at}" y1="0" y2="${TALL}" stroke="currentColor" stroke-dasharray="4 3"/>
      <polyline points="${curve(found.nine)}" fill="none" stroke="${COLOURS[0]}" stroke-width="2.5"/>
      <polyline points="${curve(found.own)}" fill="none" stroke="${COLOURS[1]}" stroke-width="1.5"/>
      <circle cx="${at}" cy="${y(one.hits / one.pairs)}" r="5" fill="${COLOURS[1]}"/>
      <text x="${WIDE}" y="-10" text-anchor="end"><tspan fill="${COLOURS[0]}">▬</tspan> the others <tspan fill="${COLOURS[1]}">▬</tspan> fold ${fold + 1}</text>`;
    slider.value = fold;
    slider.nextElementSibling.textContent = fold + 1;
    slider.setAttribute("aria-valuetext", `fold ${fold + 1}`);
    output.textContent = inWords(folds, fold);
  }

  slider.addEventListener("input", () => { model.set("fold", Number(slider.value)); model.save_changes(); });
  model.on("change:fold", draw);
  draw();
}

export default { render };
