// A threshold on two histograms of distances, and its place on the ROC.
// An anywidget module and a figure of the page alike.

const COLOURS = ["#0a8a9c", "#d1562b"];
const [WIDE, TALL, SIDE] = [340, 190, 230];
const BARS = 80;

/** The sums of a list up to and including each place. */
export const sums = (counts) => { let total = 0; return counts.map((count) => (total += count)); };

/** What a threshold at one place accepts of one model's pairs. */
export function judged(model, at) {
  const [same, different] = [sums(model.same), sums(model.different)];
  const [people, strangers] = [same.at(-1), different.at(-1)];
  const [trueAccepts, falseAccepts] = [same[at], different[at]];
  return {
    threshold: at * model.step, people, strangers, trueAccepts, falseAccepts,
    val: trueAccepts / people, far: falseAccepts / strangers,
    accuracy: (trueAccepts + strangers - falseAccepts) / (people + strangers),
  };
}

/** The place with the most pairs judged rightly: the lowest of equally good ones. */
export function bestPlace(model) {
  const [same, different] = [sums(model.same), sums(model.different)];
  return same.reduce((best, count, i) => (count - different[i] > same[best] - different[best] ? i : best), 0);
}

/** The highest place whose false accepts stay within a rate; -1 where the pairs cannot show it. */
export function placeAtFar(model, far) {
  const different = sums(model.different);
  const allowed = Math.floor(far * different.at(-1) + 1e-9);
  return allowed ? different.filter((count) => count <= allowed).length - 1 : -1;
}

/** Counts of neighbouring places together: the heights of `bars` bars. */
export function heights(counts, bars) {
  const each = (counts.length - 1) / bars;
  const found = new Array(bars).fill(0);
  counts.forEach((count, i) => { found[Math.min(bars - 1, Math.max(0, Math.ceil(i / each) - 1))] += count; });
  return found;
}

/** A path around bars. */
export function outline(values, wide, tall, most) {
  const width = wide / values.length;
  const tops = values.map((value, i) => `V${(tall * (1 - value / most)).toFixed(1)}H${((i + 1) * width).toFixed(1)}`);
  return `M0 ${tall}${tops.join("")}V${tall}Z`;
}

const percent = (share, digits = 1) => `${(100 * share).toFixed(digits)} %`;
const number = (count) => String(count).replace(/\B(?=(\d{3})+$)/g, ",");
const rate = (far) => (far === 0 ? "0" : far < 0.01 ? percent(far, 2) : percent(far));

/** What a threshold comes to, in words. */
export function inWords(model, at) {
  const found = judged(model, at);
  const [missed, wrong] = [found.people - found.trueAccepts, found.falseAccepts];
  return `D ≤ ${found.threshold.toFixed(3)}: ${number(found.trueAccepts)} of ${number(found.people)} same pairs are accepted, VAL ${percent(found.val)}; ${number(wrong)} of ${number(found.strangers)} different pairs, FAR ${rate(found.far)}. ${number(missed + wrong)} errors: ${number(missed)} friends refused, ${number(wrong)} strangers let in. Accuracy ${percent(found.accuracy)}.`;
}

const FLOOR = 1e-4; // where the axis of FAR ends; rates below stand at its edge
const across = (far) => SIDE * (1 - Math.log10(Math.max(far, FLOOR)) / Math.log10(FLOOR));

const STYLE = `
  .threshold-choice .pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); gap: .5rem 1rem; align-items: start; }
  .threshold-choice svg { width: 100%; }
  .threshold-choice svg.bars { cursor: ew-resize; touch-action: pan-y; }
  .threshold-choice .controls { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .75rem; min-height: 2rem; }
  .threshold-choice .value { flex: 0 0 3.4rem; font-variant-numeric: tabular-nums; text-align: right; }
`;

let instances = 0;

function render({ model, el }) {
  // JupyterLab looks at the focused element alone: keys typed in the figure are its own.
  el.addEventListener("focusin", ({ target }) => (target.dataset.lmSuppressShortcuts = ""));
  const id = `threshold-choice-${++instances}`;
  const models = model.get("models");
  const last = models[0].same.length - 1;
  el.classList.add("fl-figure");
  const tick = (x, y, text, anchor = "middle") => `<text x="${x}" y="${y}" text-anchor="${anchor}">${text}</text>`;
  el.innerHTML = `
    <style>${STYLE}</style>
    <div class="threshold-choice">
      <div class="controls" ${models.length > 1 ? "" : "hidden"}><label for="${id}-model">Distances of</label>
        <select id="${id}-model"></select></div>
      <div class="controls"><label for="${id}-at">Threshold</label>
        <input type="range" id="${id}-at" min="0" max="${last}" step="1"><span class="value" aria-hidden="true"></span></div>
      <div class="controls" role="group" aria-label="Go to"><button type="button" data-go="best">fewest errors</button>${[0.01, 0.001].map((far) => `<button type="button" data-go="${far}">FAR ${percent(far, far < 0.01 ? 1 : 0)}</button>`).join("")}</div>
      <div class="pictures">
        <svg class="bars" viewBox="-6 -8 ${WIDE + 12} ${TALL + 62}" role="img" aria-label="How often each squared distance occurs, and the threshold" fill="currentColor" font-size="12">
          <path class="same" fill="${COLOURS[0]}" fill-opacity=".55" stroke="${COLOURS[0]}"/>
          <path class="different" fill="none" stroke="${COLOURS[1]}" stroke-width="2.5" stroke-dasharray="6 3"/>
          <line x1="0" x2="${WIDE}" y1="${TALL}" y2="${TALL}" stroke="currentColor"/><g class="ticks"></g>
          ${tick(WIDE / 2, TALL + 32, "squared distance")}
          <rect x="4" y="${TALL + 41}" width="22" height="10" fill="${COLOURS[0]}" fill-opacity=".55" stroke="${COLOURS[0]}"/>${tick(32, TALL + 51, "one person", "start")}
          <line x1="140" x2="166" y1="${TALL + 46}" y2="${TALL + 46}" stroke="${COLOURS[1]}" stroke-width="2.5" stroke-dasharray="6 3"/>${tick(172, TALL + 51, "two people", "start")}
          <line class="limit" y1="-6" y2="${TALL}" stroke="currentColor" stroke-width="2"/></svg>
        <svg class="roc" viewBox="-40 -12 ${SIDE + 56} ${SIDE + 62}" role="img" aria-label="The ROC: VAL against FAR, and the operating point" fill="currentColor" font-size="12">
          <rect x="0" y="0" width="${SIDE}" height="${SIDE}" fill="none" stroke="currentColor" stroke-opacity=".5"/>
          <path class="curve" fill="none" stroke="${COLOURS[0]}" stroke-width="2"/><circle class="point" r="5.5" fill="${COLOURS[1]}" stroke="currentColor"/>
          ${[0.0001, 0.001, 0.01, 0.1, 1].map((far) => tick(across(far), SIDE + 16, far)).join("")}${tick(SIDE / 2, SIDE + 34, "FAR")}
          ${[0, 0.5, 1].map((val) => tick(-6, SIDE * (1 - val) + 4, val, "end")).join("")}${tick(-12, SIDE / 4 + 4, "VAL", "end")}</svg>
      </div>
      <output aria-live="polite" for="${id}-at"></output>
    </div>`;
  const slider = el.querySelector("input");
  const choice = el.querySelector("select");
  models.forEach((one, i) => choice.add(new Option(one.name, i)));
  const buttons = [...el.querySelectorAll("[data-go]")];
  const bars = el.querySelector("svg.bars");
  const output = el.querySelector("output");

  function frame() {
    const one = models[model.get("chosen")];
    const [same, different] = [heights(one.same, BARS), heights(one.different, BARS)];
    const most = Math.max(...same, ...different);
    el.querySelector(".same").setAttribute("d", outline(same, WIDE, TALL, most));
    el.querySelector(".different").setAttribute("d", outline(different, WIDE, TALL, most));
    const largest = last * one.step;
    const size = 10 ** Math.floor(Math.log10(largest));
    const every = [0.2, 0.5, 1, 2].map((part) => part * size).find((gap) => largest / gap <= 6);
    el.querySelector(".ticks").innerHTML = Array.from({ length: Math.floor(largest / every) + 1 }, (_, i) => tick((i * every / largest) * WIDE, TALL + 16, Number((i * every).toPrecision(3)))).join("");
    const [vals, fars] = [sums(one.same).map((n, _, all) => n / all.at(-1)), sums(one.different).map((n, _, all) => n / all.at(-1))];
    const corners = vals.map((val, i) => `${i ? `H${across(fars[i]).toFixed(1)}V` : `M0 ${SIDE}V`}${(SIDE * (1 - val)).toFixed(1)}`);
    el.querySelector(".curve").setAttribute("d", `${corners.join("")}H${SIDE}`);
    for (const button of buttons) if (button.dataset.go !== "best") button.disabled = placeAtFar(one, Number(button.dataset.go)) < 0;
    choice.value = model.get("chosen");
  }

  function draw() {
    const [one, at] = [models[model.get("chosen")], model.get("at")];
    const found = judged(one, at);
    slider.value = at;
    slider.nextElementSibling.textContent = found.threshold.toFixed(3);
    slider.setAttribute("aria-valuetext", found.threshold.toFixed(3));
    const limit = el.querySelector(".limit");
    for (const end of ["x1", "x2"]) limit.setAttribute(end, (WIDE * at) / last);
    const point = el.querySelector(".point");
    point.setAttribute("cx", across(found.far));
    point.setAttribute("cy", SIDE * (1 - found.val));
    output.textContent = inWords(one, at);
    Object.assign(output.dataset, { accepts: found.trueAccepts, wrong: found.falseAccepts });
  }

  const move = (at) => { model.set("at", Math.max(0, Math.min(last, at))); model.save_changes(); };
  slider.addEventListener("input", () => move(Number(slider.value)));
  choice.addEventListener("change", () => { model.set("chosen", Number(choice.value)); model.save_changes(); });
  for (const button of buttons) {
    button.addEventListener("click", () => {
      const one = models[model.get("chosen")];
      move(button.dataset.go === "best" ? bestPlace(one) : placeAtFar(one, Number(button.dataset.go)));
    });
  }
  const follow = (event) => {
    const box = bars.getBoundingClientRect();
    move(Math.round(last * ((((event.clientX - box.left) / box.width) * (WIDE + 12) - 6) / WIDE)));
  };
  bars.addEventListener("pointerdown", (event) => { bars.setPointerCapture(event.pointerId); follow(event); });
  bars.addEventListener("pointermove", (event) => { if (bars.hasPointerCapture(event.pointerId)) follow(event); });
  model.on("change:at", draw);
  model.on("change:chosen", () => { frame(); draw(); });
  frame();
  draw();
}

export default { render };
