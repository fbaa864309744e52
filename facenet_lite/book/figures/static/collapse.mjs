// Trainings replayed: each picture's embedding on the circle, one ring for each person.
// An anywidget module and a figure of the page alike.

const COLOURS = ["#0a8a9c", "#d1562b"];

/** Where a picture is drawn: in its embedding's direction, on its person's ring of so many. */
export function place(tenths, ring, rings) {
  const [angle, radius] = [(tenths * Math.PI) / 1800, 0.4 + (0.6 * (ring + 1)) / rings];
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
}

/** The mean squared distance of two of the embeddings, given as angles in tenths of a degree. */
export function spread(angles) {
  const mean = (of) => angles.reduce((sum, tenths) => sum + of((tenths * Math.PI) / 1800), 0) / angles.length;
  if (angles.length < 2) return 0;
  return ((2 * angles.length) / (angles.length - 1)) * Math.max(0, 1 - mean(Math.cos) ** 2 - mean(Math.sin) ** 2);
}

const STYLE = `
  .collapse-replay .controls { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .75rem; min-height: 2rem; }
  .collapse-replay .controls input[type="range"] { flex: 1 1 8rem; min-width: 6rem; }
  .collapse-replay .value { flex: 0 0 6.5rem; font-variant-numeric: tabular-nums; }
  .collapse-replay .panels { display: flex; flex-wrap: wrap; gap: .75rem 1rem; margin: .5rem 0; }
  .collapse-replay .panel { flex: 1 1 10rem; max-width: 13rem; margin: 0; }
  .collapse-replay .panel p { margin: 0; font-weight: 600; }
  .collapse-replay svg { width: 100%; display: block; }
`;

let instances = 0;

function render({ model, el }) {
  // JupyterLab looks at the focused element alone: keys typed in the figure are its own.
  el.addEventListener("focusin", ({ target }) => (target.dataset.lmSuppressShortcuts = ""));
  const id = `collapse-replay-${++instances}`;
  const [steps, rings, runs] = [model.get("steps"), model.get("rings"), model.get("runs")];
  const count = Math.max(...rings) + 1;
  const circles = Array.from({ length: count }, (_, ring) => `<circle r="${place(0, ring, count)[0]}" fill="none" stroke="currentColor" stroke-opacity=".25" stroke-width=".008"/>`).join("");
  el.classList.add("fl-figure");
  el.innerHTML = `
    <style>${STYLE}</style>
    <div class="collapse-replay">
      <div class="controls"><button type="button" aria-pressed="false">Play</button>
        <label for="${id}-step">Step</label>
        <input type="range" id="${id}-step" min="0" max="${steps.length - 1}" step="1"><span class="value" aria-hidden="true"></span></div>
      <div class="panels">${runs.map(() => `
        <div class="panel"><p></p><svg viewBox="-1.1 -1.1 2.2 2.2" role="img">${circles}${rings.map(() => `<circle r=".035" fill-opacity=".75"/>`).join("")}</svg><output></output></div>`).join("")}</div>
    </div>`;
  const [button, slider] = [el.querySelector("button"), el.querySelector("input")];
  const panels = [...el.querySelectorAll(".panel")].map((panel, i) => {
    panel.querySelector("p").textContent = runs[i].name;
    return { dots: [...panel.querySelectorAll("circle")].slice(count), svg: panel.querySelector("svg"), output: panel.querySelector("output") };
  });
  let timer = null;

  function draw() {
    const frame = model.get("frame");
    const step = steps[frame];
    slider.value = frame;
    slider.nextElementSibling.textContent = `${step} of ${steps[steps.length - 1]}`;
    slider.setAttribute("aria-valuetext", `step ${step}`);
    panels.forEach(({ dots, svg, output }, i) => {
      const { name, angles, loss, active, collapsed } = runs[i];
      const named = collapsed !== null && step + 1 >= collapsed;
      dots.forEach((dot, j) => {
        const [x, y] = place(angles[frame][j], rings[j], count);
        dot.setAttribute("cx", x.toFixed(3));
        dot.setAttribute("cy", (-y).toFixed(3));
        dot.setAttribute("fill", COLOURS[named ? 1 : 0]);
      });
      const wide = spread(angles[frame]);
      svg.setAttribute("aria-label", `${name}: the directions of ${rings.length} embeddings, with a spread of ${wide.toFixed(2)}`);
      output.textContent = `loss ${loss[frame].toFixed(3)}, active ${Math.round(100 * active[frame])} %, spread ${wide.toFixed(3)}${named ? `; named collapsed after ${collapsed} steps` : ""}`;
      Object.assign(output.dataset, { spread: wide.toFixed(6), collapsed: String(named) });
    });
  }

  const show = (frame) => { model.set("frame", frame); model.save_changes(); };
  const stop = () => {
    clearInterval(timer);
    timer = null;
    button.textContent = "Play";
    button.setAttribute("aria-pressed", "false");
  };
  button.addEventListener("click", () => {
    if (timer) { stop(); return; }
    if (model.get("frame") === steps.length - 1) show(0);
    button.textContent = "Pause";
    button.setAttribute("aria-pressed", "true");
    timer = setInterval(() => {
      if (!el.isConnected || model.get("frame") >= steps.length - 1) { stop(); return; }
      show(model.get("frame") + 1);
    }, 180);
  });
  slider.addEventListener("input", () => { stop(); show(Number(slider.value)); });
  model.on("change:frame", draw);
  draw();
  return () => clearInterval(timer);
}

export default { render };
