// The Haar detector's two settings: windows that pass the cascade become faces by grouping.
// An anywidget module and a figure of the page alike.

const EPSILON = 0.2;
const COLOURS = { face: "#0a8a9c", window: "#d1562b" };

/** Halves go to the even number, as OpenCV rounds. */
export function roundEven(value) {
  const low = Math.floor(value);
  const rest = value - low;
  if (rest !== 0.5) return Math.round(value);
  return low % 2 === 0 ? low : low + 1;
}

/** Whether two boxes [x, y, width, height] lie close enough to be one face. */
export function similar(a, b) {
  const delta = EPSILON * (Math.min(a[2], b[2]) + Math.min(a[3], b[3])) * 0.5;
  return Math.abs(a[0] - b[0]) <= delta && Math.abs(a[1] - b[1]) <= delta
    && Math.abs(a[0] + a[2] - b[0] - b[2]) <= delta && Math.abs(a[1] + a[3] - b[1] - b[3]) <= delta;
}

/** The faces {box, count} that windows [x, y, width, height] make, as OpenCV's groupRectangles does. */
export function group(windows, minNeighbors) {
  if (minNeighbors <= 0) return windows.map((box) => ({ box, count: 1 }));
  const label = new Array(windows.length).fill(-1);
  const groups = [];
  windows.forEach((_, start) => {
    if (label[start] >= 0) return;
    const members = [start];
    label[start] = groups.length;
    for (let i = 0; i < members.length; i++) {
      windows.forEach((box, j) => {
        if (label[j] < 0 && similar(windows[members[i]], box)) { label[j] = groups.length; members.push(j); }
      });
    }
    groups.push(members);
  });
  const merged = groups.map((members) => {
    const share = Math.fround(1 / members.length);
    const mean = [0, 1, 2, 3].map((k) => {
      const sum = members.reduce((total, i) => total + windows[i][k], 0);
      return roundEven(Math.fround(Math.fround(sum) * share));
    });
    return { box: mean, count: members.length };
  }).filter(({ count }) => count > minNeighbors);
  const inside = ({ box: [x, y, w, h], count }, other) => {
    const [X, Y, W, H] = other.box;
    const [dx, dy] = [roundEven(W * EPSILON), roundEven(H * EPSILON)];
    return x >= X - dx && y >= Y - dy && x + w <= X + W + dx && y + h <= Y + H + dy
      && (other.count > Math.max(3, count) || count < 3);
  };
  return merged.filter((one) => !merged.some((other) => other !== one && inside(one, other)));
}

const STYLE = `
  .haar-settings .controls { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .75rem; min-height: 2rem; }
  .haar-settings .controls > label[for] { flex: 0 0 7rem; }
  .haar-settings input[type=range] { min-width: 5rem; flex-basis: 5rem; }
  .haar-settings input[type=checkbox] { width: 24px; height: 24px; margin: 0; }
  .haar-settings .value { flex: 0 0 2.2rem; font-variant-numeric: tabular-nums; }
  .haar-settings svg { width: 100%; margin: .5rem 0; }
`;

let instances = 0;

function render({ model, el }) {
  // JupyterLab looks at the focused element alone: keys typed in the figure are its own.
  el.addEventListener("focusin", ({ target }) => (target.dataset.lmSuppressShortcuts = ""));
  const id = `haar-settings-${++instances}`;
  const [width, height, windows] = [model.get("width"), model.get("height"), model.get("windows")];
  const factors = Object.keys(windows).map(Number).sort((a, b) => a - b);
  const line = width / 220;
  el.classList.add("fl-figure");
  el.innerHTML = `
    <style>${STYLE}</style>
    <div class="haar-settings">
      <div class="controls"><label for="${id}-scale">scale_factor</label>
        <input type="range" id="${id}-scale" min="0" max="${factors.length - 1}" step="1">
        <span class="value" data-value="scale_factor"></span></div>
      <div class="controls"><label for="${id}-neighbors">min_neighbors</label>
        <input type="range" id="${id}-neighbors" min="0" max="12" step="1">
        <span class="value" data-value="min_neighbors"></span></div>
      <div class="controls"><label><input type="checkbox"><span>show the single windows</span></label></div>
      <svg viewBox="0 0 ${width} ${height}" role="img" aria-label="The picture and the boxes found"><image width="${width}" height="${height}"/><g></g></svg>
      <output aria-live="polite" for="${id}-scale ${id}-neighbors"></output>
    </div>`;
  const [scale, neighbors, tick] = el.querySelectorAll("input");
  const svg = el.querySelector("svg");
  svg.querySelector("image").setAttribute("href", model.get("picture"));
  const boxes = svg.querySelector("g");
  const output = el.querySelector("output");

  const rectangle = ([x, y, w, h], kind, thick, dash) => {
    const at = `x="${x}" y="${y}" width="${w}" height="${h}" fill="none"`;
    return `<rect ${at} stroke="#fff" stroke-opacity=".7" stroke-width="${1.8 * thick}"/>`
      + `<rect ${at} stroke="${COLOURS[kind]}" stroke-width="${thick}" stroke-dasharray="${dash}" data-box="${kind}"/>`;
  };
  const draw = () => {
    const factor = model.get("scale_factor");
    const least = model.get("min_neighbors");
    const raw = windows[String(factor)] ?? [];
    const faces = group(raw, least);
    const shown = [];
    if (model.get("show_windows") && least > 0) shown.push(...raw.map((box) => rectangle(box, "window", line / 3, `${2 * line} ${line}`)));
    shown.push(...faces.map(({ box }) => rectangle(box, "face", least > 0 ? line : line / 3, "")));
    boxes.innerHTML = shown.join("");
    const counts = faces.map(({ count }) => count).sort((a, b) => b - a);
    const what = faces.length === 1 ? "1 box" : `${faces.length} boxes`;
    const merged = least > 0 && faces.length ? `, merged from ${counts.join(" and ")} windows` : "";
    output.textContent = `${raw.length} windows pass the cascade; with min_neighbors = ${least}: ${what}${merged}.`;
    Object.assign(output.dataset, { windows: raw.length, faces: faces.length });
    scale.value = factors.indexOf(factor);
    scale.setAttribute("aria-valuetext", String(factor));
    neighbors.value = least;
    tick.checked = model.get("show_windows");
    el.querySelector("[data-value=scale_factor]").textContent = factor;
    el.querySelector("[data-value=min_neighbors]").textContent = least;
  };
  const change = (name, value) => { model.set(name, value); model.save_changes(); };
  scale.addEventListener("input", () => change("scale_factor", factors[Number(scale.value)]));
  neighbors.addEventListener("input", () => change("min_neighbors", Number(neighbors.value)));
  tick.addEventListener("change", () => change("show_windows", tick.checked));
  for (const name of ["scale_factor", "min_neighbors", "show_windows"]) model.on(`change:${name}`, draw);
  draw();
}

export default { render };
