// Histograms of gradient directions over a face: an anywidget module and a figure of the page alike.

const SIZES = [4, 6, 8, 12, 16];
const BAR = "#0a8a9c";

/** What every pixel votes for, and with what weight: the rule of detect/by_hand/hog.py. */
export function votes(grey, size, orientations, signed) {
  const bins = new Int32Array(size * size);
  const weight = new Float64Array(size * size);
  const turn = signed ? 360 : 180;
  const width = turn / orientations;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const at = y * size + x;
      const down = y > 0 && y < size - 1 ? grey[at + size] - grey[at - size] : 0;
      const right = x > 0 && x < size - 1 ? grey[at + 1] - grey[at - 1] : 0;
      let angle = (Math.atan2(down, right) * 180) / Math.PI;
      angle = ((angle % turn) + turn) % turn;
      let bin = Math.min(Math.floor(angle / width), orientations - 1);
      if (angle < bin * width) bin -= 1;
      else if (bin < orientations - 1 && angle >= (bin + 1) * width) bin += 1;
      bins[at] = bin;
      weight[at] = Math.hypot(right, down);
    }
  }
  return { bins, weight };
}

/** One histogram per cell, [row][column][direction], each entry per pixel of the cell. */
export function cells(grey, size, cell, orientations, signed) {
  const { bins, weight } = votes(grey, size, orientations, signed);
  const n = Math.floor(size / cell);
  const out = Array.from({ length: n }, () => Array.from({ length: n }, () => new Array(orientations).fill(0)));
  for (let y = 0; y < n * cell; y++) {
    for (let x = 0; x < n * cell; x++) {
      out[Math.floor(y / cell)][Math.floor(x / cell)][bins[y * size + x]] += weight[y * size + x] / (cell * cell);
    }
  }
  return out;
}

/** How many numbers describe the window: overlapping blocks of 2 x 2 cells. */
export function features(size, cell, orientations) {
  const n = Math.floor(size / cell);
  return (n - 1) * (n - 1) * 4 * orientations;
}

const STYLE = `
  .hog-cells { width: 100%; max-width: 640px; flex: 1 1 100%; }
  .hog-cells .controls { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .75rem; min-height: 34px; }
  .hog-cells .controls > label[for] { flex: 0 0 8.5rem; }
  .hog-cells input[type=range] { flex: 1 1 9rem; min-width: 7rem; min-height: 28px; accent-color: ${BAR}; }
  .hog-cells input[type=checkbox] { width: 24px; height: 24px; margin: 0; }
  .hog-cells .tick { display: inline-flex; align-items: center; gap: .5rem; min-height: 32px; }
  .hog-cells .value { flex: 0 0 3.2rem; white-space: nowrap; font-variant-numeric: tabular-nums; }
  .hog-cells .views { display: flex; flex-wrap: wrap; gap: .75rem; align-items: flex-start; margin: .5rem 0; }
  .hog-cells canvas { flex: 1 1 18rem; width: 100%; max-width: 24rem; aspect-ratio: 1; cursor: crosshair; touch-action: manipulation; }
  .hog-cells svg { flex: 1 1 12rem; max-width: 14rem; height: auto; }
  .hog-cells output { display: block; min-height: 3.2em; }
`;

let instances = 0;

function render({ model, el }) {
  // JupyterLab looks at the focused element alone: keys typed in the figure are its own.
  el.addEventListener("focusin", ({ target }) => (target.dataset.lmSuppressShortcuts = ""));
  const id = `hog-cells-${++instances}`;
  const size = model.get("size");
  const grey = Uint8Array.from(atob(model.get("grey")), (c) => c.charCodeAt(0));
  el.innerHTML = `
    <style>${STYLE}</style>
    <div class="hog-cells">
      <div class="controls"><label for="${id}-cell">Cell size</label>
        <input type="range" id="${id}-cell" min="0" max="${SIZES.length - 1}" step="1">
        <span class="value" data-value="cell"></span></div>
      <div class="controls"><label for="${id}-orientations">Directions</label>
        <input type="range" id="${id}-orientations" min="4" max="12" step="1">
        <span class="value" data-value="orientations"></span></div>
      <div class="controls">
        <label class="tick"><input type="checkbox" data-name="signed"><span>signed (360°)</span></label>
        <label class="tick"><input type="checkbox" data-name="show_face"><span>show the face</span></label></div>
      <div class="views">
        <canvas width="768" height="768" tabindex="0" role="application" aria-describedby="${id}-out"
          aria-label="The face and its cells. Arrow keys choose a cell."></canvas>
        <svg viewBox="0 0 234 190" role="img"></svg></div>
      <output id="${id}-out" aria-live="polite"></output>
      <output aria-live="polite" data-count></output>
    </div>`;
  const canvas = el.querySelector("canvas");
  const svg = el.querySelector("svg");
  const [out, count] = el.querySelectorAll("output");
  const context = canvas.getContext("2d");

  const face = document.createElement("canvas");
  face.width = face.height = size;
  const pixels = new ImageData(size, size);
  grey.forEach((v, i) => pixels.data.set([v * 0.45, v * 0.45, v * 0.45, 255], 4 * i));
  face.getContext("2d").putImageData(pixels, 0, 0);

  const drawStars = (map, cell, signed) => {
    const scale = canvas.width / size;
    context.fillStyle = "#111";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.imageSmoothingEnabled = false;
    if (model.get("show_face")) context.drawImage(face, 0, 0, canvas.width, canvas.height);
    const most = Math.max(...map.flat(2), 1e-9);
    const reach = 0.46 * cell * scale;
    context.lineWidth = Math.max(2, (cell * scale) / 18);
    context.strokeStyle = "#ffe680";
    map.forEach((line, r) => line.forEach((histogram, c) => {
      const [x, y] = [(c + 0.5) * cell * scale, (r + 0.5) * cell * scale];
      histogram.forEach((value, o) => {
        if (value < 0.02 * most) return;
        // Signed: a ray towards the brighter side. Unsigned: a line along the edge.
        const angle = ((o + 0.5) * (signed ? 2 : 1) * Math.PI) / histogram.length + (signed ? 0 : Math.PI / 2);
        const [dx, dy] = [reach * Math.cos(angle), reach * Math.sin(angle)];
        context.globalAlpha = Math.min(1, 1.15 * (value / most) ** 0.45);
        context.beginPath();
        context.moveTo(signed ? x : x - dx, signed ? y : y - dy);
        context.lineTo(x + dx, y + dy);
        context.stroke();
      });
    }));
    context.globalAlpha = 1;
    const side = cell * scale;
    for (const [colour, wide] of [["#111", 7], ["#fff", 3]]) {
      context.strokeStyle = colour;
      context.lineWidth = wide;
      context.strokeRect(model.get("column") * side, model.get("row") * side, side, side);
    }
  };

  const drawBars = (histogram, turn) => {
    const most = Math.max(...histogram, 1e-9);
    const wide = 200 / histogram.length;
    const bars = histogram.map((value, o) => {
      const tall = (140 * value) / most;
      return `<rect x="${10 + o * wide + 1}" y="${150 - tall}" width="${wide - 2}" height="${tall}" fill="${BAR}"/>`;
    });
    const ticks = [0, 0.25, 0.5, 0.75, 1].map((part) =>
      `<text x="${10 + 200 * part}" y="168" font-size="12" text-anchor="middle" fill="currentColor">${turn * part}°</text>`);
    svg.innerHTML = `${bars.join("")}<path d="M10 150H210" stroke="currentColor"/>${ticks.join("")}
      <text x="110" y="186" font-size="12" text-anchor="middle" fill="currentColor">direction of the gradient</text>`;
  };

  const draw = () => {
    const [cell, orientations, signed] = ["cell", "orientations", "signed"].map((name) => model.get(name));
    const map = cells(grey, size, cell, orientations, signed);
    const last = map.length - 1;
    for (const name of ["row", "column"]) if (model.get(name) > last) model.set(name, last);
    const histogram = map[model.get("row")][model.get("column")];
    const turn = signed ? 360 : 180;
    drawStars(map, cell, signed);
    drawBars(histogram, turn);
    const sum = histogram.reduce((a, b) => a + b, 0);
    const best = histogram.indexOf(Math.max(...histogram));
    const [from, to] = [best, best + 1].map((o) => Math.round((o * turn) / orientations));
    const share = sum ? Math.round((100 * histogram[best]) / sum) : 0;
    const where = `Cell in row ${model.get("row") + 1}, column ${model.get("column") + 1} of ${map.length} × ${map.length}`;
    const text = sum < 0.5
      ? `${where}: hardly any gradient, ${sum.toFixed(1)} grey levels per pixel.`
      : `${where}: ${share} % of its votes go to ${from}° to ${to}°; ${sum.toFixed(1)} grey levels per pixel in all.`;
    out.textContent = text;
    svg.setAttribute("aria-label", `Bar chart of the chosen cell's votes. ${text}`);
    const n = features(size, cell, orientations);
    count.textContent = `${map.length * map.length} cells of ${cell} × ${cell} pixels; `
      + `${last} × ${last} blocks × 4 cells × ${orientations} directions = ${n.toLocaleString("en-GB")} features for ${size} × ${size} pixels.`;
    Object.assign(count.dataset, { features: n, cells: map.length * map.length });
    Object.assign(out.dataset, { row: model.get("row"), column: model.get("column"), best });
    el.querySelector("[data-value=cell]").textContent = `${cell} px`;
    el.querySelector("[data-value=orientations]").textContent = orientations;
    sliders[0].value = SIZES.indexOf(cell);
    sliders[0].setAttribute("aria-valuetext", `${cell} pixels`);
    sliders[1].value = orientations;
    for (const box of boxes) box.checked = model.get(box.dataset.name);
  };

  const sliders = el.querySelectorAll("input[type=range]");
  const boxes = el.querySelectorAll("input[type=checkbox]");
  const put = (values) => {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    model.save_changes();
  };
  sliders[0].addEventListener("input", () => {
    // The same place of the face stays chosen.
    const [from, to] = [model.get("cell"), SIZES[Number(sliders[0].value)]];
    const move = (i) => Math.min(Math.floor(((i + 0.5) * from) / to), Math.floor(size / to) - 1);
    put({ row: move(model.get("row")), column: move(model.get("column")), cell: to });
  });
  sliders[1].addEventListener("input", () => put({ orientations: Number(sliders[1].value) }));
  for (const box of boxes) box.addEventListener("input", () => put({ [box.dataset.name]: box.checked }));

  const choose = (row, column) => {
    const last = Math.floor(size / model.get("cell")) - 1;
    const within = (i) => Math.max(0, Math.min(last, i));
    put({ row: within(row), column: within(column) });
  };
  canvas.addEventListener("keydown", (event) => {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (!step) return;
    event.preventDefault();
    choose(model.get("row") + step[0], model.get("column") + step[1]);
  });
  canvas.addEventListener("pointerdown", (event) => {
    const box = canvas.getBoundingClientRect();
    const index = (part) => Math.floor((part * size) / model.get("cell"));
    choose(index((event.clientY - box.top) / box.height), index((event.clientX - box.left) / box.width));
  });
  for (const name of ["cell", "orientations", "signed", "show_face", "row", "column"]) model.on(`change:${name}`, draw);
  draw();
}

export default { render };
