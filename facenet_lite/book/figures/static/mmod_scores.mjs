// The CNN's score maps: move through the pyramid, and set what confidence makes a box.
// An anywidget module and a figure of the page alike.

const KEPT = "#0a8a9c";
// From a place that is surely no face (-3) over undecided (0) to a face (1).
const STOPS = [[-3, [35, 20, 90]], [-1, [150, 40, 120]], [0, [235, 110, 50]], [1, [255, 235, 90]]];

/** The scores of a level: numbers, row by row. */
export function unpack(level, lowest, step) {
  const bytes = Uint8Array.from(atob(level.scores), (c) => c.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  return Array.from({ length: bytes.length / 2 }, (_, i) => lowest + step * view.getUint16(2 * i, true));
}

/** The boxes [x1, y1, x2, y2, score] of a level's cells whose score is above the threshold. */
export function above(level, scores, threshold) {
  return scores.flatMap((score, i) => {
    if (score <= threshold) return [];
    const x = level.x + level.step * (i % level.columns);
    const y = level.y + level.step * Math.floor(i / level.columns);
    return [[x, y, x + level.side, y + level.side, score]];
  });
}

/** Keep the surest boxes; drop each that overlaps a kept one by more than maxIou. */
export function suppress(boxes, maxIou) {
  const kept = [];
  for (const box of [...boxes].sort((a, b) => b[4] - a[4])) {
    if (kept.every((other) => iou(box, other) <= maxIou)) kept.push(box);
  }
  return kept;
}

function iou(a, b) {
  const w = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const h = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  const shared = Math.max(w, 0) * Math.max(h, 0);
  const area = (c) => (c[2] - c[0]) * (c[3] - c[1]);
  return shared / (area(a) + area(b) - shared);
}

function colour(score) {
  const [first, last] = [STOPS[0], STOPS.at(-1)];
  if (score <= first[0]) return first[1];
  for (let i = 1; i < STOPS.length; i += 1) {
    const [low, from] = STOPS[i - 1];
    const [high, to] = STOPS[i];
    if (score <= high) return from.map((v, c) => Math.round(v + ((to[c] - v) * (score - low)) / (high - low)));
  }
  return last[1];
}

const STYLE = `
  .mmod-scores .controls { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .75rem; min-height: 2rem; }
  .mmod-scores .controls > label:first-child { flex: 0 1 9.5rem; }
  .mmod-scores input[type=range] { flex: 1 1 8rem; min-width: 0; width: 8rem; margin: 0; }
  @media (max-width: 30rem) { .mmod-scores .controls > label:first-child { flex-basis: 100%; } }
  .mmod-scores input[type=checkbox] { width: 24px; height: 24px; margin: 0; }
  .mmod-scores .value { flex: 0 0 6rem; white-space: nowrap; font-variant-numeric: tabular-nums; }
  .mmod-scores svg { width: 100%; margin: .5rem 0; }
  .mmod-scores .key { display: inline-flex; align-items: center; gap: .4rem; }
  .mmod-scores .bar { width: 8rem; height: .9rem; border: 1px solid currentColor;
    background: linear-gradient(to right, ${STOPS.map(([s, c]) => `rgb(${c}) ${25 * (s + 3)}%`).join(",")}); }
`;

let instances = 0;

function render({ model, el }) {
  // JupyterLab looks at the focused element alone: keys typed in the figure are its own.
  el.addEventListener("focusin", ({ target }) => (target.dataset.lmSuppressShortcuts = ""));
  const id = `mmod-scores-${++instances}`;
  const [width, height] = [model.get("width"), model.get("height")];
  const levels = model.get("levels");
  const maps = levels.map((level) => unpack(level, model.get("lowest"), model.get("score_step")));
  const stroke = width / 200;
  el.classList.add("fl-figure");
  el.innerHTML = `
    <style>${STYLE}</style>
    <div class="mmod-scores">
      <div class="controls"><label for="${id}-level">Size of the picture</label>
        <input type="range" id="${id}-level" min="0" max="${levels.length - 1}" step="1" data-name="level">
        <span class="value" data-value="level"></span></div>
      <div class="controls"><label for="${id}-threshold">Confidence from</label>
        <input type="range" id="${id}-threshold" min="-3" max="1.2" step="0.05" data-name="threshold">
        <span class="value" data-value="threshold"></span></div>
      <div class="controls">
        <label><input type="checkbox" data-name="show_map"> <span>heat map</span></label>
        <label><input type="checkbox" data-name="all_levels"> <span>all sizes, then suppression</span></label>
        <span class="key">&minus;3 <span class="bar"></span> 1</span></div>
      <svg viewBox="0 0 ${width} ${height}" role="img" aria-label="The picture, the score of each place, and the boxes">
        <image width="${width}" height="${height}"/><g data-part="map"></g><g data-part="boxes"></g></svg>
      <output aria-live="polite" for="${id}-level ${id}-threshold"></output>
    </div>`;
  el.querySelector("image").setAttribute("href", model.get("picture"));
  const [mapGroup, boxGroup] = el.querySelectorAll("svg g");
  const output = el.querySelector("output");

  // One pixel for each cell, stretched over the picture.
  const heat = (level, scores) => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [level.columns, level.rows];
    const context = canvas.getContext("2d");
    const pixels = context.createImageData(level.columns, level.rows);
    scores.forEach((score, i) => pixels.data.set([...colour(score), 255], 4 * i));
    context.putImageData(pixels, 0, 0);
    const offset = (level.side - level.step) / 2; // from a box's corner to its cell's
    return `<image href="${canvas.toDataURL()}" x="${level.x + offset}" y="${level.y + offset}"
      width="${level.columns * level.step}" height="${level.rows * level.step}" opacity=".72"
      preserveAspectRatio="none" style="image-rendering:pixelated"/>`;
  };
  const rectangle = ([x1, y1, x2, y2], line) => {
    const at = `x="${x1}" y="${y1}" width="${x2 - x1}" height="${y2 - y1}" fill="none"`;
    return `<rect ${at} stroke="#fff" stroke-opacity=".8" stroke-width="${2 * line}"/>
      <rect ${at} stroke="${KEPT}" stroke-width="${line}" data-box=""/>`;
  };

  const draw = () => {
    const number = Math.min(model.get("level"), levels.length - 1);
    const [level, scores] = [levels[number], maps[number]];
    const threshold = model.get("threshold");
    const everywhere = levels.flatMap((one, i) => above(one, maps[i], threshold));
    const here = above(level, scores, threshold);
    const kept = suppress(everywhere, model.get("max_iou"));
    const all = model.get("all_levels");
    mapGroup.innerHTML = model.get("show_map") ? heat(level, scores) : "";
    // A threshold far too low makes thousands of boxes: the surest are drawn, all are counted.
    const drawn = (all ? kept : [...here].sort((a, b) => b[4] - a[4])).slice(0, 150);
    boxGroup.innerHTML = drawn.reverse().map((box) => rectangle(box, all ? stroke : stroke / 2)).join("");
    const best = scores.reduce((a, b) => Math.max(a, b));
    const signed = (x) => x.toFixed(2).replace("-", "\u2212");
    output.textContent = `Picture shrunk to ${level.width} \u00d7 ${level.height}: ${scores.length} places, each for a box `
      + `${Math.round(level.side)} pixels wide. Highest score ${signed(best)}; ${here.length} above ${signed(threshold)}. `
      + `Over all sizes ${everywhere.length}, and ${kept.length} after suppression.`;
    Object.assign(output.dataset, { here: here.length, everywhere: everywhere.length, kept: kept.length });
    for (const input of el.querySelectorAll("input")) {
      const value = model.get(input.dataset.name);
      if (input.type === "checkbox") { input.checked = value; continue; }
      input.value = value;
      const text = input.dataset.name === "level" ? `${level.width} \u00d7 ${level.height}` : signed(value);
      el.querySelector(`[data-value=${input.dataset.name}]`).textContent = text;
      input.setAttribute("aria-valuetext", text);
    }
  };
  for (const input of el.querySelectorAll("input")) {
    const { name } = input.dataset;
    input.addEventListener("input", () => {
      model.set(name, input.type === "checkbox" ? input.checked : Number(input.value));
      model.save_changes();
    });
    model.on(`change:${name}`, draw);
  }
  draw();
}

export default { render };
