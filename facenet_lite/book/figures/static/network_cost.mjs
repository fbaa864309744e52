// NN2's weights and multiply-adds by layer, for the reader's width and input size.
// An anywidget module and a figure of the page alike.

const COLOURS = { weights: "#0a8a9c", madds: "#d1562b" };
const WHAT = { weights: "weights", madds: "multiply-adds" };

const sum = (row) => row.reduce((a, b) => a + b, 0);

/** The chosen network's rows and totals, the published one's totals, and the longest bars. */
export function chosen({ weights, madds, width, size, stretch }) {
  const now = { weights: weights[width], madds: madds[width][size] };
  const full = { weights: weights.at(-1), madds: madds.at(-1).at(-1) };
  const of = (f) => ({ weights: f("weights"), madds: f("madds") });
  return {
    now,
    total: of((what) => sum(now[what])),
    published: of((what) => sum(full[what])),
    longest: of((what) => Math.max(...(stretch ? now : full)[what])),
    most: of((what) => now[what].indexOf(Math.max(...now[what]))),
  };
}

/** A count in three digits at least: 491,856; 22.4 million; 1.60 billion. */
export function inWords(count) {
  if (count >= 1e9) return `${(count / 1e9).toFixed(2)} billion`;
  if (count >= 1e6) return `${(count / 1e6).toFixed(1)} million`;
  return count.toLocaleString("en-GB");
}

const STYLE = `
  .network-cost .slider { display: grid; grid-template-columns: minmax(0, 1fr) 5rem; align-items: center; column-gap: .75rem; }
  .network-cost .slider > label { grid-column: 1 / -1; }
  .network-cost .value { font-variant-numeric: tabular-nums; }
  .network-cost .row { display: flex; flex-wrap: wrap; align-items: center; gap: .35rem .6rem; margin: .4rem 0; }
  .network-cost input[type=checkbox] { width: 24px; height: 24px; margin: 0; flex: none; }
  .network-cost table { width: 100%; table-layout: fixed; border-collapse: collapse; margin: .5rem 0; font-size: .85rem; }
  .network-cost th, .network-cost td { padding: .1rem .4rem; border: 0; background: transparent; color: inherit; text-align: left; font-weight: normal; vertical-align: top; overflow-wrap: anywhere; }
  .network-cost thead th { font-weight: bold; }
  .network-cost th:first-child { width: 30%; }
  .network-cost td { font-variant-numeric: tabular-nums; }
  .network-cost .bar { display: block; height: .5rem; min-width: 1px; }
`;

let instances = 0;

function render({ model, el }) {
  // JupyterLab looks at the focused element alone: keys typed in the figure are its own.
  el.addEventListener("focusin", ({ target }) => (target.dataset.lmSuppressShortcuts = ""));
  const id = `network-cost-${++instances}`;
  const [names, widths, sizes] = ["names", "widths", "sizes"].map((name) => model.get(name));
  const slider = (name, label, last) => `
    <div class="slider"><label for="${id}-${name}">${label}</label>
      <input type="range" id="${id}-${name}" data-name="${name}" min="0" max="${last}" step="1">
      <span class="value" data-value="${name}" aria-hidden="true"></span></div>`;
  const preset = (label, width, size) => {
    const [i, j] = [widths.indexOf(width), sizes.indexOf(size)];
    return i < 0 || j < 0 ? "" : `<button type="button" data-width="${i}" data-size="${j}">${label}</button>`;
  };
  el.classList.add("fl-figure");
  el.innerHTML = `
    <style>${STYLE}</style>
    <div class="network-cost">
      ${slider("width", "Width: channels of each layer, as a share of NN2’s", widths.length - 1)}
      ${slider("size", "Input size in pixels", sizes.length - 1)}
      <div class="row">${preset("NN2", 1, 224)}${preset("NN3: 160 pixels", 1, 160)}${preset("a quarter at 96", 0.25, 96)}
        <label><input type="checkbox" data-name="stretch"> <span>stretch the bars to this network</span></label></div>
      <output aria-live="polite" for="${id}-width ${id}-size"></output>
      <table><thead><tr><th scope="col">layer</th><th scope="col">weights</th><th scope="col">multiply-adds</th></tr></thead>
        <tbody>${names.map((name) => `<tr><th scope="row">${name}</th>${Object.keys(WHAT).map((what) =>
          `<td><span data-count="${what}"></span><span class="bar" style="background:${COLOURS[what]}"></span></td>`).join("")}</tr>`).join("")}</tbody></table>
    </div>`;
  const output = el.querySelector("output");
  const rows = [...el.querySelectorAll("tbody tr")];
  const buttons = [...el.querySelectorAll("button")];

  function draw() {
    const state = {};
    for (const name of ["weights", "madds", "width", "size", "stretch"]) state[name] = model.get(name);
    const { now, total, published, longest, most } = chosen(state);
    for (const what of Object.keys(WHAT)) {
      rows.forEach((row, i) => {
        const count = row.querySelector(`[data-count=${what}]`);
        count.textContent = inWords(now[what][i]);
        count.nextElementSibling.style.width = `${(100 * now[what][i]) / longest[what]}%`;
      });
    }
    const [width, size] = [widths[state.width], sizes[state.size]];
    const parts = Object.keys(WHAT).map((what) => {
      const share = published[what] / total[what];
      const beside = share > 1.005 ? `, 1/${share.toFixed(share < 9.95 ? 1 : 0)} of the published network’s` : "";
      const top = `${Math.round((100 * now[what][most[what]]) / total[what])} % of them in ${names[most[what]]}`;
      return `${inWords(total[what])} ${WHAT[what]}${beside} (${top})`;
    });
    output.textContent = `Width ${width} at ${size} pixels: ${parts.join("; ")}.`;
    Object.assign(output.dataset, { weights: total.weights, madds: total.madds });
    const texts = { width: `× ${width}`, size: `${size} px` };
    for (const input of el.querySelectorAll("input")) {
      const { name } = input.dataset;
      if (input.type === "checkbox") { input.checked = state[name]; continue; }
      input.value = state[name];
      input.setAttribute("aria-valuetext", name === "width" ? `${width} of the channels` : `${size} pixels`);
      el.querySelector(`[data-value=${name}]`).textContent = texts[name];
    }
    for (const button of buttons) {
      const here = Number(button.dataset.width) === state.width && Number(button.dataset.size) === state.size;
      button.setAttribute("aria-pressed", here);
    }
  }

  const put = (values) => {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    model.save_changes();
  };
  for (const input of el.querySelectorAll("input")) {
    const { name } = input.dataset;
    input.addEventListener("input", () => put({ [name]: input.type === "checkbox" ? input.checked : Number(input.value) }));
  }
  for (const button of buttons) {
    button.addEventListener("click", () => put({ width: Number(button.dataset.width), size: Number(button.dataset.size) }));
  }
  for (const name of ["width", "size", "stretch"]) model.on(`change:${name}`, draw);
  draw();
}

export default { render };
