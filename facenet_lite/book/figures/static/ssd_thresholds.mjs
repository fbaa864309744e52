// The SSD's last step with two sliders: which of its raw boxes become faces.
// An anywidget module and a figure of the page alike.

const COLOURS = { kept: "#0a8a9c", suppressed: "#d1562b", prior: "#7c6fd6" };

/** Intersection over union of two boxes [x1, y1, x2, y2]. */
export function iou(a, b) {
  const w = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const h = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  const shared = Math.max(w, 0) * Math.max(h, 0);
  const area = (c) => (c[2] - c[0]) * (c[3] - c[1]);
  return shared / (area(a) + area(b) - shared);
}

/**
 * What becomes of each box: "kept", "suppressed" or "below". Boxes come surest first.
 * A box is kept if its score reaches the threshold and no kept box overlaps it by more than maxIou.
 */
export function choose(boxes, scores, scoreThreshold, maxIou) {
  const kept = [];
  return boxes.map((box, i) => {
    if (scores[i] < scoreThreshold) return "below";
    if (kept.some((j) => iou(boxes[j], box) > maxIou)) return "suppressed";
    kept.push(i);
    return "kept";
  });
}

/** Whether a box lies wholly outside a picture of that width and height. */
export function outside(box, width, height) {
  return box[0] >= width || box[1] >= height || box[2] <= 0 || box[3] <= 0;
}

const STYLE = `
  .ssd-thresholds .slider { display: grid; grid-template-columns: minmax(0, 1fr) 3rem; align-items: center; column-gap: .75rem; }
  .ssd-thresholds .slider > label { grid-column: 1 / -1; }
  .ssd-thresholds .ticks { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; margin-top: .25rem; }
  .ssd-thresholds input[type=checkbox] { width: 24px; height: 24px; margin: 0; flex: none; }
  .ssd-thresholds .ticks label { flex-wrap: nowrap; }
  .ssd-thresholds .value { font-variant-numeric: tabular-nums; }
  .ssd-thresholds svg { width: 100%; margin: .5rem 0; }
  .ssd-thresholds .key { display: inline-block; width: 1.6rem; border-top: 3px solid; vertical-align: middle; }
`;

let instances = 0;

function render({ model, el }) {
  // JupyterLab looks at the focused element alone: keys typed in the figure are its own.
  el.addEventListener("focusin", ({ target }) => (target.dataset.lmSuppressShortcuts = ""));
  const id = `ssd-thresholds-${++instances}`;
  const [width, height] = [model.get("width"), model.get("height")];
  const [boxes, priors, scores] = [model.get("boxes"), model.get("priors"), model.get("scores")];
  const stroke = width / 200;
  el.classList.add("fl-figure");
  el.innerHTML = `
    <style>${STYLE}</style>
    <div class="ssd-thresholds">
      <div class="slider"><label for="${id}-score">Score threshold</label>
        <input type="range" id="${id}-score" min="0.05" max="1" step="0.01" data-name="score_threshold">
        <span class="value" data-value="score_threshold"></span></div>
      <div class="slider"><label for="${id}-iou">Overlap allowed (IoU)</label>
        <input type="range" id="${id}-iou" min="0" max="1" step="0.01" data-name="max_iou">
        <span class="value" data-value="max_iou"></span></div>
      <div class="ticks">
        <label><input type="checkbox" data-name="show_suppressed">
          <span><span class="key" style="border-color:${COLOURS.suppressed};border-top-style:dashed"></span>
          show suppressed</span></label>
        <label><input type="checkbox" data-name="show_priors">
          <span><span class="key" style="border-color:${COLOURS.prior};border-top-style:dotted"></span>
          show the prior boxes of the kept</span></label></div>
      <svg viewBox="0 0 ${width} ${height}" role="img" aria-label="The picture and its boxes"><image width="${width}" height="${height}"/><g></g></svg>
      <output aria-live="polite" for="${id}-score ${id}-iou"></output>
    </div>`;
  const svg = el.querySelector("svg");
  svg.querySelector("image").setAttribute("href", model.get("picture"));
  const group = svg.querySelector("g");
  const output = el.querySelector("output");

  const rectangle = ([x1, y1, x2, y2], kind) => {
    const dash = { kept: "", suppressed: `${2 * stroke} ${stroke}`, prior: `${stroke / 2} ${stroke}` };
    const at = `x="${x1}" y="${y1}" width="${x2 - x1}" height="${y2 - y1}" fill="none"`;
    const line = kind === "kept" ? stroke : stroke / 2;
    // A white line underneath, so that the box shows on dark and on coloured ground.
    return `<rect ${at} stroke="#fff" stroke-opacity=".7" stroke-width="${1.8 * line}"/>
      <rect ${at} stroke="${COLOURS[kind]}" stroke-width="${line}" stroke-dasharray="${dash[kind]}" data-box="${kind}"/>`;
  };

  const draw = () => {
    const fates = choose(boxes, scores, model.get("score_threshold"), model.get("max_iou"));
    const of = (fate) => boxes.flatMap((_, i) => (fates[i] === fate ? [i] : []));
    const [kept, suppressed, below] = ["kept", "suppressed", "below"].map(of);
    const beyond = kept.filter((i) => outside(boxes[i], width, height)).length;
    const parts = [];
    if (model.get("show_suppressed")) parts.push(...suppressed.map((i) => rectangle(boxes[i], "suppressed")));
    if (model.get("show_priors")) parts.push(...kept.map((i) => rectangle(priors[i], "prior")));
    parts.push(...kept.map((i) => rectangle(boxes[i], "kept")));
    group.innerHTML = parts.join("");
    const aside = beyond ? ` (${beyond} of them outside the picture)` : "";
    output.textContent = `${kept.length} kept${aside}, ${suppressed.length} suppressed, `
      + `${below.length} below the score threshold, of ${boxes.length} boxes.`;
    Object.assign(output.dataset, { kept: kept.length, suppressed: suppressed.length, below: below.length, outside: beyond });
    for (const input of el.querySelectorAll("input")) {
      const value = model.get(input.dataset.name);
      if (input.type === "checkbox") { input.checked = value; continue; }
      input.value = value;
      el.querySelector(`[data-value=${input.dataset.name}]`).textContent = value.toFixed(2);
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
