// A training run in the reader's hand: points that gather, distances that part.
// An anywidget module and a figure of the page alike.

const COLOURS = ["#0a8a9c", "#d1562b", "#7c6fd6", "#4d8f3a", "#b0417a", "#8a6d1f", "#3c6fb0", "#707070"];
const [SIDE, WIDE, TALL] = [320, 320, 200];

/** What one look comes to, in words. */
export function inWords(step, auc) {
  return `After ${step} step${step === 1 ? "" : "s"}: two pictures of one person are nearer than two people's in ${(100 * auc).toFixed(1)} % of comparisons (AUC ${auc.toFixed(3)}).`;
}

/** A path around bars of the given shares, from the left to the right of the picture. */
export function outline(shares, wide, tall, most) {
  const width = wide / shares.length;
  const height = (share) => (tall * (1 - share / most)).toFixed(1);
  const tops = shares.map((share, i) => `V${height(share)}H${((i + 1) * width).toFixed(1)}`);
  return `M0 ${tall}${tops.join("")}V${tall}Z`;
}

const STYLE = `
  .training-replay .pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: .5rem 1rem; }
  .training-replay svg { width: 100%; }
  .training-replay .controls { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .75rem; min-height: 2rem; }
  .training-replay .value { flex: 0 0 3.5rem; font-variant-numeric: tabular-nums; text-align: right; }
`;

let instances = 0;

function render({ model, el }) {
  // JupyterLab looks at the focused element alone: keys typed in the figure are its own.
  el.addEventListener("focusin", ({ target }) => (target.dataset.lmSuppressShortcuts = ""));
  const id = `training-replay-${++instances}`;
  const steps = model.get("steps");
  const points = model.get("points");
  const [same, different] = [model.get("same"), model.get("different")];
  const reach = Math.max(...points.flat(3).map(Math.abs)) * 1.1 || 1;
  const place = (value) => (SIDE / 2) * (1 + value / reach);
  el.classList.add("fl-figure");
  el.innerHTML = `
    <style>${STYLE}</style>
    <div class="training-replay">
      <div class="controls"><label for="${id}-at">Step</label>
        <input type="range" id="${id}-at" min="0" max="${steps.length - 1}" step="1">
        <span class="value" aria-hidden="true"></span>
        <button type="button">Play</button></div>
      <div class="pictures">
        <svg class="faces" viewBox="0 0 ${SIDE} ${SIDE}" role="img" aria-label="Each letter is a picture of a person">
          <rect x="1" y="1" width="${SIDE - 2}" height="${SIDE - 2}" fill="none" stroke="currentColor" stroke-opacity=".35"/><g font-size="17" font-weight="600" text-anchor="middle"></g></svg>
        <svg class="bars" viewBox="-4 -8 ${WIDE + 16} ${TALL + 62}" role="img" aria-label="How often each squared distance occurs" fill="currentColor">
          <path class="same" fill="${COLOURS[0]}" fill-opacity=".55" stroke="${COLOURS[0]}"/>
          <path class="different" fill="none" stroke="${COLOURS[1]}" stroke-width="2.5" stroke-dasharray="6 3"/>
          <line x1="0" x2="${WIDE}" y1="${TALL}" y2="${TALL}" stroke="currentColor"/>
          ${[0, 0.5, 1, 1.5, 2, 2.5, 3].map((d) => `<text x="${(d / model.get("highest")) * WIDE}" y="${TALL + 16}" font-size="12" text-anchor="middle">${d === model.get("highest") ? `${d}+` : d}</text>`).join("")}
          <text x="${WIDE / 2}" y="${TALL + 32}" font-size="12" text-anchor="middle">squared distance</text>
          <rect x="4" y="${TALL + 40}" width="22" height="10" fill="${COLOURS[0]}" fill-opacity=".55" stroke="${COLOURS[0]}"/><text x="32" y="${TALL + 50}" font-size="12">one person</text>
          <line x1="130" x2="156" y1="${TALL + 45}" y2="${TALL + 45}" stroke="${COLOURS[1]}" stroke-width="2.5" stroke-dasharray="6 3"/><text x="162" y="${TALL + 50}" font-size="12">two people</text>
        </svg>
      </div>
      <output aria-live="polite" for="${id}-at"></output>
    </div>`;
  const slider = el.querySelector("input");
  const button = el.querySelector("button");
  const output = el.querySelector("output");
  let timer = null;

  const draw = () => {
    const at = Math.min(steps.length - 1, Math.max(0, model.get("at")));
    el.querySelector(".faces g").innerHTML = points[at].map((person, i) => person.map(([x, y]) =>
      `<text x="${place(x).toFixed(1)}" y="${(place(-y) + 6).toFixed(1)}" fill="${COLOURS[i]}">${"ABCDEFGH"[i]}</text>`).join("")).join("");
    const most = Math.max(...same[at], ...different[at]);
    el.querySelector("path.same").setAttribute("d", outline(same[at], WIDE, TALL, most));
    el.querySelector("path.different").setAttribute("d", outline(different[at], WIDE, TALL, most));
    slider.value = at;
    slider.setAttribute("aria-valuetext", `${steps[at]} steps`);
    el.querySelector(".value").textContent = steps[at];
    output.textContent = inWords(steps[at], model.get("auc")[at]);
    Object.assign(output.dataset, { step: steps[at], auc: model.get("auc")[at] });
  };
  const go = (at) => {
    model.set("at", at);
    model.save_changes();
  };
  const stop = () => {
    clearInterval(timer);
    timer = null;
    button.textContent = "Play";
  };
  slider.addEventListener("input", () => {
    stop();
    go(Number(slider.value));
  });
  button.addEventListener("click", () => {
    if (timer !== null) return stop();
    button.textContent = "Stop";
    let at = model.get("at") >= steps.length - 1 ? 0 : model.get("at");
    go(at);
    timer = setInterval(() => {
      if (!el.isConnected || at >= steps.length - 1) return stop();
      go(++at);
    }, 700);
  });
  model.on("change:at", draw);
  draw();
  return stop;
}

export default { render };
