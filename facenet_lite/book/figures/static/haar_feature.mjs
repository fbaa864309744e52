// A feature of light and dark rectangles over a face, moved by the reader.
// An anywidget module and a figure of the page alike.

const KINDS = {
  "left-right": { across: 2, down: 1 },
  "top-bottom": { across: 1, down: 2 },
  "three across": { across: 3, down: 1 },
  "three down": { across: 1, down: 3 },
};
const COLOUR = "#0a8a9c";
const STEP = 4;

/** Sums of a size x size picture from its corner: (size + 1) squared numbers, row after row. */
export function integralImage(grey, size) {
  const table = new Float64Array((size + 1) ** 2);
  for (let y = 0; y < size; y++) {
    let row = 0;
    for (let x = 0; x < size; x++) {
      row += grey[y * size + x];
      table[(y + 1) * (size + 1) + x + 1] = table[y * (size + 1) + x + 1] + row;
    }
  }
  return table;
}

/** The sum over one rectangle: four look-ups. */
export function rectangleSum(table, size, x, y, width, height) {
  const at = (row, column) => table[row * (size + 1) + column];
  return at(y + height, x + width) - at(y + height, x) - at(y, x + width) + at(y, x);
}

/** The rectangles [x, y, width, height, weight] of a kind that fills a box: whole first, then light. */
export function parts(kind, x, y, width, height) {
  const { across, down } = KINDS[kind];
  const [w, h] = [width / across, height / down];
  const light = [x + (across > 1 ? w : 0), y + (down > 1 ? h : 0), w, h, across * down];
  return [[x, y, width, height, -1], light];
}

/** Sums over the light and the dark rectangles, and the weighted sum of all. */
export function respond(table, size, rectangles) {
  const sums = rectangles.map(([x, y, w, h]) => rectangleSum(table, size, x, y, w, h));
  const light = sums.slice(1).reduce((a, b) => a + b, 0);
  const response = sums.reduce((total, sum, i) => total + sum * rectangles[i][4], 0);
  return { light, dark: sums[0] - light, response };
}

/** The picture's area times standard deviation, both without a border as thick as one window pixel. */
export function spread(grey, size, window) {
  const edge = size / window;
  let [n, sum, squares] = [0, 0, 0];
  for (let y = edge; y < size - edge; y++) {
    for (let x = edge; x < size - edge; x++) {
      const v = grey[y * size + x];
      n += 1; sum += v; squares += v * v;
    }
  }
  return Math.sqrt(Math.max(n * squares - sum * sum, 0));
}

const STYLE = `
  .haar-feature .controls { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .75rem; min-height: 2rem; }
  .haar-feature .controls > label:first-child { flex: 0 0 5rem; }
  .haar-feature .value { flex: 0 0 2rem; font-variant-numeric: tabular-nums; }
  .haar-feature .columns { display: flex; flex-wrap: wrap; gap: 0 1.25rem; }
  .haar-feature .columns > div { flex: 1 1 16rem; min-width: 0; }
  .haar-feature canvas { width: 100%; max-width: 22rem; margin: .5rem 0; cursor: move; touch-action: none; }
  .haar-feature table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
  .haar-feature td { padding: .1rem .75rem .1rem 0; border: 0; }
  .haar-feature td + td { text-align: right; }
`;

let instances = 0;

function render({ model, el }) {
  // JupyterLab looks at the focused element alone: keys typed in the figure are its own.
  el.addEventListener("focusin", ({ target }) => (target.dataset.lmSuppressShortcuts = ""));
  const id = `haar-feature-${++instances}`;
  const [size, window, stumps] = [model.get("size"), model.get("window"), model.get("stumps")];
  const grey = Uint8Array.from(atob(model.get("grey")), (c) => c.charCodeAt(0));
  const table = integralImage(grey, size);
  const unit = size / window;
  const normal = spread(grey, size, window);
  const slider = (name, low) => `<div class="controls"><label for="${id}-${name}">${name}</label>
    <input type="range" id="${id}-${name}" data-name="${name}" min="${low}" max="${size}" step="1">
    <span class="value" data-value="${name}"></span></div>`;
  const own = stumps.map((_, i) => `<option value="stump ${i + 1}">the cascade's own stump ${i + 1}</option>`);
  el.classList.add("fl-figure");
  el.innerHTML = `
    <style>${STYLE}</style>
    <div class="haar-feature">
      <div class="controls"><label for="${id}-kind">Feature</label>
        <select id="${id}-kind">${Object.keys(KINDS).map((k) => `<option>${k}</option>`).join("")}${own.join("")}</select></div>
      <div class="columns">
        <div><canvas width="768" height="768" tabindex="0" role="application" aria-describedby="${id}-out"
          aria-label="The face and the feature. Arrow keys move the feature, with Shift they resize it."></canvas></div>
        <div>${slider("x", 0)}${slider("y", 0)}${slider("width", 6)}${slider("height", 6)}
          <table><tbody>
            <tr><td>light sum</td><td data-read="light"></td></tr>
            <tr><td>dark sum</td><td data-read="dark"></td></tr>
            <tr><td>response</td><td data-read="response"></td></tr>
            <tr><td>response, normalised</td><td data-read="normalised"></td></tr>
          </tbody></table></div></div>
      <output id="${id}-out" aria-live="polite"></output>
    </div>`;
  const canvas = el.querySelector("canvas");
  const select = el.querySelector("select");
  const output = el.querySelector("output");
  const context = canvas.getContext("2d");
  const face = document.createElement("canvas");
  face.width = face.height = size;
  const pixels = new ImageData(size, size);
  grey.forEach((v, i) => pixels.data.set([v, v, v, 255], 4 * i));
  face.getContext("2d").putImageData(pixels, 0, 0);

  const stumpOf = (kind) => (kind.startsWith("stump ") ? stumps[Number(kind.slice(6)) - 1] : null);
  // A place that the picture and the kind allow: inside, and divisible into equal parts.
  const allowed = ({ kind, x, y, width, height }) => {
    const stump = stumpOf(kind);
    if (stump) {
      [width, height] = [stump.rectangles[0][2] * unit, stump.rectangles[0][3] * unit];
    } else {
      const { across, down } = KINDS[kind];
      const fit = (value, count) => Math.max(6, Math.floor(Math.min(value, size) / count) * count);
      [width, height] = [fit(width, across), fit(height, down)];
    }
    const inside = (value, length) => Math.max(0, Math.min(Math.round(value), size - length));
    return { kind, x: inside(x, width), y: inside(y, height), width, height };
  };
  const current = () => Object.fromEntries(["kind", "x", "y", "width", "height"].map((n) => [n, model.get(n)]));
  const put = (change) => {
    const place = allowed({ ...current(), ...change });
    for (const [name, value] of Object.entries(place)) model.set(name, value);
    model.save_changes();
    draw();
  };
  const rectangles = ({ kind, x, y, width, height }) => {
    const stump = stumpOf(kind);
    if (!stump) return parts(kind, x, y, width, height);
    const [x0, y0] = stump.rectangles[0];
    return stump.rectangles.map(([a, b, w, h, weight]) => [x + (a - x0) * unit, y + (b - y0) * unit, w * unit, h * unit, weight]);
  };

  function draw() {
    const place = allowed(current());
    const scale = canvas.width / size;
    const shapes = rectangles(place);
    const box = ([x, y, w, h]) => [x * scale, y * scale, w * scale, h * scale];
    context.imageSmoothingEnabled = false;
    context.drawImage(face, 0, 0, canvas.width, canvas.height);
    context.fillStyle = "rgba(0,0,0,.6)";
    context.fillRect(...box(shapes[0]));
    for (const light of shapes.slice(1)) {
      context.save();
      context.beginPath();
      context.rect(...box(light));
      context.clip();
      context.drawImage(face, 0, 0, canvas.width, canvas.height);
      context.fillStyle = "rgba(255,255,255,.6)";
      context.fillRect(...box(light));
      context.restore();
    }
    for (const [colour, wide] of [["#fff", 8], [COLOUR, 4]]) {
      context.strokeStyle = colour;
      context.lineWidth = wide;
      context.strokeRect(...box(shapes[0]));
    }
    const { light, dark, response } = respond(table, size, shapes);
    const normalised = normal > 0 ? response / normal : 0;
    const read = { light, dark, response };
    for (const [name, value] of Object.entries(read)) {
      el.querySelector(`[data-read=${name}]`).textContent = Math.round(value).toLocaleString("en");
      output.dataset[name] = value;
    }
    el.querySelector("[data-read=normalised]").textContent = normalised.toFixed(4);
    const stump = stumpOf(place.kind);
    if (stump) {
      const below = normalised < stump.threshold;
      output.textContent = `${normalised.toFixed(4)} is ${below ? "below" : "not below"} this stump's threshold of `
        + `${stump.threshold.toFixed(4)}: it votes ${(below ? stump.left : stump.right).toFixed(2)} `
        + `(its other vote is ${(below ? stump.right : stump.left).toFixed(2)}).`;
    } else {
      const more = KINDS[place.kind].across * KINDS[place.kind].down - 1;
      output.textContent = `Response = ${more === 1 ? "" : `${more} × `}light − dark = ${Math.round(response).toLocaleString("en")}.`;
    }
    select.value = place.kind;
    for (const input of el.querySelectorAll("input")) {
      const { name } = input.dataset;
      input.value = place[name];
      input.disabled = Boolean(stump) && (name === "width" || name === "height");
      el.querySelector(`[data-value=${name}]`).textContent = place[name];
    }
  }

  for (const input of el.querySelectorAll("input")) {
    input.addEventListener("input", () => put({ [input.dataset.name]: Number(input.value) }));
  }
  select.addEventListener("change", () => {
    const stump = stumpOf(select.value);
    const start = stump ? { x: stump.rectangles[0][0] * unit, y: stump.rectangles[0][1] * unit } : {};
    put({ kind: select.value, ...start });
  });
  canvas.addEventListener("keydown", (event) => {
    const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!move) return;
    event.preventDefault();
    const { x, y, width, height } = current();
    const [dx, dy] = move;
    if (!event.shiftKey) put({ x: x + dx, y: y + dy });
    else if (!stumpOf(model.get("kind"))) put({ width: width + STEP * dx, height: height + STEP * dy });
  });
  let grip = null;
  const at = (event) => {
    const { left, top, width } = canvas.getBoundingClientRect();
    return [((event.clientX - left) * size) / width, ((event.clientY - top) * size) / width];
  };
  canvas.addEventListener("pointerdown", (event) => {
    const [px, py] = at(event);
    grip = [px - model.get("x"), py - model.get("y")];
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!grip) return;
    const [px, py] = at(event);
    put({ x: px - grip[0], y: py - grip[1] });
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { grip = null; });
  for (const name of ["kind", "x", "y", "width", "height"]) model.on(`change:${name}`, draw);
  draw();
}

export default { render };
