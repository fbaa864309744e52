// dlib's cascade on one face: move and scale the box, and step through the levels.
// An anywidget module and a figure of the page alike.

const BOX = "#0a8a9c";
const POINT = "#ffd400";

/** The points [[x, y], ...] from 0 to 1, of one box and one of the levels that were kept. */
export function pointsAt(bytes, sizes, { right, down, scale, level }) {
  const box = (right * sizes.shifts + down) * sizes.scales + scale;
  const start = (box * sizes.levels + level) * sizes.points * 2;
  return Array.from({ length: sizes.points }, (_, i) => [bytes[start + 2 * i] / 255, bytes[start + 2 * i + 1] / 255]);
}

/** The mean distance of two sets of points, in distances between the outer corners of the eyes. */
export function meanError(points, truth, [a, b]) {
  const distance = (p, q) => Math.hypot(p[0] - q[0], p[1] - q[1]);
  const total = points.reduce((sum, p, i) => sum + distance(p, truth[i]), 0);
  return total / points.length / distance(truth[a], truth[b]);
}

/** The box [x1, y1, x2, y2] moved by parts of its sides and scaled about its centre. */
export function movedBox([x1, y1, x2, y2], right, down, scale) {
  const [w, h] = [x2 - x1, y2 - y1];
  const [x, y] = [(x1 + x2) / 2 + right * w, (y1 + y2) / 2 + down * h];
  return [x - (scale * w) / 2, y - (scale * h) / 2, x + (scale * w) / 2, y + (scale * h) / 2];
}

const CONTROLS = [
  ["level", "Levels run"],
  ["right", "Box moved right"],
  ["down", "Box moved down"],
  ["scale", "Box scaled"],
];

const STYLE = `
  .cascade-levels .controls { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .75rem; min-height: 2rem; }
  .cascade-levels .controls label { flex: 0 0 9.5rem; }
  .cascade-levels input[type=range] { flex: 1 1 8rem; min-width: 0; width: 8rem; margin: 0; }
  .cascade-levels .value { flex: 0 0 3.5rem; white-space: nowrap; font-variant-numeric: tabular-nums; }
  @media (max-width: 30rem) { .cascade-levels .controls label { flex-basis: 100%; } }
  .cascade-levels svg { width: 100%; max-width: 26rem; margin: .5rem 0; }
`;

let instances = 0;

function render({ model, el }) {
  // JupyterLab looks at the focused element alone: keys typed in the figure are its own.
  el.addEventListener("focusin", ({ target }) => (target.dataset.lmSuppressShortcuts = ""));
  const id = `cascade-levels-${++instances}`;
  const bytes = Uint8Array.from(atob(model.get("points")), (c) => c.charCodeAt(0));
  const [shifts, scales, levels] = ["shifts", "scales", "levels"].map((name) => model.get(name));
  const groups = Object.entries(model.get("groups"));
  const count = Math.max(...groups.flatMap(([, numbers]) => numbers)) + 1;
  const sizes = { shifts: shifts.length, scales: scales.length, levels: levels.length, points: count };
  const corners = count === 68 ? [45, 36] : [0, 2];
  const home = { right: shifts.indexOf(0), down: shifts.indexOf(0), scale: scales.indexOf(1) };
  const answer = pointsAt(bytes, sizes, { ...home, level: levels.length - 1 });
  const values = { level: levels, right: shifts, down: shifts, scale: scales };
  el.classList.add("fl-figure");
  el.innerHTML = `
    <style>${STYLE}</style>
    <div class="cascade-levels">
      ${CONTROLS.map(([name, text]) => `
        <div class="controls"><label for="${id}-${name}">${text}</label>
          <input type="range" id="${id}-${name}" min="0" max="${values[name].length - 1}" step="1" data-name="${name}">
          <span class="value" data-value="${name}"></span></div>`).join("")}
      <div class="controls"><button type="button" data-part="home">HOG's own box</button></div>
      <svg viewBox="0 0 400 400" role="img" aria-label="The face, the box, and the points">
        <image width="400" height="400"/><g data-part="drawn"></g></svg>
      <output aria-live="polite" for="${CONTROLS.map(([name]) => `${id}-${name}`).join(" ")}"></output>
    </div>`;
  el.querySelector("image").setAttribute("href", model.get("picture"));
  const drawn = el.querySelector("[data-part=drawn]");
  const output = el.querySelector("output");
  const text = {
    level: (v) => `${v} of ${levels.at(-1)}`,
    right: (v) => `${Math.round(100 * v)} %`.replace("-", "\u2212"),
    down: (v) => `${Math.round(100 * v)} %`.replace("-", "\u2212"),
    scale: (v) => `\u00d7 ${v}`,
  };

  const draw = () => {
    const state = Object.fromEntries(CONTROLS.map(([name]) => [name, Math.min(model.get(name), values[name].length - 1)]));
    const points = pointsAt(bytes, sizes, state);
    const box = movedBox(model.get("box"), shifts[state.right], shifts[state.down], scales[state.scale]);
    const [x1, y1, x2, y2] = box.map((v) => 400 * v);
    const place = `x="${x1}" y="${y1}" width="${x2 - x1}" height="${y2 - y1}" fill="none"`;
    const lines = groups.map(([, numbers]) => numbers.map((i) => points[i].map((v) => (400 * v).toFixed(1)).join(",")).join(" "));
    drawn.innerHTML = `<rect ${place} stroke="#fff" stroke-opacity=".8" stroke-width="4"/>
      <rect ${place} stroke="${BOX}" stroke-width="2"/>`
      + lines.map((line) => `<polyline points="${line}" fill="none" stroke="#111" stroke-opacity=".45" stroke-width="3"/>
        <polyline points="${line}" fill="none" stroke="${POINT}" stroke-opacity=".7" stroke-width="1"/>`).join("")
      + points.map(([x, y]) => `<circle cx="${(400 * x).toFixed(1)}" cy="${(400 * y).toFixed(1)}" r="2.6" fill="${POINT}" stroke="#111" stroke-width=".7"/>`).join("");
    const error = meanError(points, answer, corners);
    const last = levels[state.level] === levels.at(-1);
    const verdict = !last ? "the search goes on" : error < 0.05 ? "the same answer as from HOG's box" : error < 0.1 ? "a little off" : "lost";
    output.textContent = `After ${levels[state.level]} of ${levels.at(-1)} levels the points are, on average, `
      + `${(100 * error).toFixed(1)} % of the distance between the eyes away from the answer in HOG's box: ${verdict}.`;
    output.dataset.error = error.toFixed(4);
    for (const input of el.querySelectorAll("input")) {
      const { name } = input.dataset;
      input.value = state[name];
      const value = text[name](values[name][state[name]]);
      el.querySelector(`[data-value=${name}]`).textContent = value;
      input.setAttribute("aria-valuetext", value);
    }
  };
  const set = (changes) => {
    for (const [name, value] of Object.entries(changes)) model.set(name, value);
    model.save_changes();
  };
  for (const input of el.querySelectorAll("input")) {
    const { name } = input.dataset;
    input.addEventListener("input", () => set({ [name]: Number(input.value) }));
    model.on(`change:${name}`, draw);
  }
  el.querySelector("button").addEventListener("click", () => set({ ...home, level: levels.length - 1 }));
  draw();
}

export default { render };
