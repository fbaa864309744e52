// A gallery that grows, and a threshold: who is named, and who wrongly.
// An anywidget module and a figure of the page alike.

const COLOURS = { alarmed: "#d1562b", identified: "#0a8a9c", mistaken: "#7c6fd6" };
const DASHES = { alarmed: "7 3", identified: "none", mistaken: "2 3" };
const LABELS = { alarmed: "strangers taken for somebody", identified: "known people, named rightly", mistaken: "known people, taken for somebody else" };
const [WIDE, TALL] = [360, 180];

/** The three shares at one size and one threshold, by their indices. */
export const rates = (state, size, at) => ({ alarmed: state.alarmed[size][at], identified: state.identified[size][at], mistaken: state.mistaken[size][at] });

/** Shares of a hundred people, as whole numbers that sum to a hundred: the largest remainders are rounded up. */
export function hundred(shares) {
  const all = [...shares, Math.max(0, 1 - shares.reduce((a, b) => a + b, 0))].map((share) => 100 * share);
  const found = all.map((share) => Math.floor(share + 1e-9));
  const order = all.map((share, i) => [share - found[i], i]).sort((s, t) => t[0] - s[0] || s[1] - t[1]);
  for (let left = 100 - found.reduce((a, b) => a + b, 0), i = 0; left > 0; left -= 1, i += 1) found[order[i][1]] += 1;
  return found;
}

/** The last threshold at which at most this share of the strangers are taken for somebody; -1 for none. */
export const placeAtRate = (row, most) => row.filter((share) => share <= most + 1e-9).length - 1;

/** Where a number of people lies between the fewest and the most, from 0 to 1, on a logarithmic scale. */
export const along = (sizes, people) => Math.log(people / sizes[0]) / Math.log(sizes.at(-1) / sizes[0]);

/** The size, by its index, that is nearest to a place from 0 to 1. */
export const nearestSize = (sizes, place) => sizes.reduce((best, people, i) => (Math.abs(along(sizes, people) - place) < Math.abs(along(sizes, sizes[best]) - place) ? i : best), 0);

const number = (count) => String(count).replace(/\B(?=(\d{3})+$)/g, ",");

/** What it comes to, in words. */
export function inWords(state, size, at) {
  const found = rates(state, size, at);
  const [wrong] = hundred([found.alarmed]);
  const [right, mixed, silent] = hundred([found.identified, found.mistaken]);
  const people = state.sizes[size];
  return `${number(people)} ${people === 1 ? "person" : "people"} in the gallery, D ≤ ${state.thresholds[at].toFixed(2)}. Of 100 strangers, ${wrong} ${wrong === 1 ? "is" : "are"} taken for somebody. Of 100 known people, ${right} ${right === 1 ? "is" : "are"} named rightly, ${mixed} taken for somebody else, ${silent} not named.`;
}

const STYLE = `
  .gallery-growth .controls { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .75rem; min-height: 2rem; }
  .gallery-growth .controls label { flex: 0 0 6.5rem; }
  .gallery-growth .value { flex: 0 0 3.4rem; font-variant-numeric: tabular-nums; text-align: right; }
  .gallery-growth .pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: .5rem 1rem; align-items: start; }
  .gallery-growth svg { width: 100%; }
  .gallery-growth svg.curves { cursor: ew-resize; touch-action: pan-y; }
`;

let instances = 0;

function render({ model, el }) {
  // JupyterLab looks at the focused element alone: keys typed in the figure are its own.
  el.addEventListener("focusin", ({ target }) => (target.dataset.lmSuppressShortcuts = ""));
  const id = `gallery-growth-${++instances}`;
  const state = Object.fromEntries(["sizes", "thresholds", "identified", "mistaken", "alarmed"].map((name) => [name, model.get(name)]));
  const [lastSize, lastAt] = [state.sizes.length - 1, state.thresholds.length - 1];
  const x = (people) => WIDE * along(state.sizes, people);
  const y = (share) => TALL * (1 - share);
  const text = (at, down, what, anchor = "middle") => `<text x="${at}" y="${down}" text-anchor="${anchor}">${what}</text>`;
  const powers = Array.from({ length: 10 }, (_, i) => 10 ** i).filter((people) => people >= state.sizes[0] && people <= state.sizes[lastSize]);
  const grid = (name, left, title) => `<g data-grid="${name}" transform="translate(${left} 18)">${text(0, -6, title, "start")}${Array.from({ length: 100 }, (_, i) => `<circle cx="${6 + 13 * (i % 10)}" cy="${6 + 13 * Math.floor(i / 10)}" r="4.6"/>`).join("")}</g>`;
  el.classList.add("fl-figure");
  el.innerHTML = `
    <style>${STYLE}</style>
    <div class="gallery-growth">
      <div class="controls"><label for="${id}-size">People known</label>
        <input type="range" id="${id}-size" min="0" max="${lastSize}" step="1"><span class="value" aria-hidden="true"></span></div>
      <div class="controls"><label for="${id}-at">Threshold</label>
        <input type="range" id="${id}-at" min="0" max="${lastAt}" step="1"><span class="value" aria-hidden="true"></span></div>
      <div class="controls" role="group" aria-label="Move the threshold"><button type="button" data-rate="0.01">1 stranger in 100</button><button type="button" data-rate="0.1">10 in 100</button></div>
      <div class="pictures">
        <svg class="curves" viewBox="-44 -10 ${WIDE + 58} ${TALL + 100}" role="img" aria-label="Shares of strangers and of known people over the number of people in the gallery, at this threshold" fill="currentColor" font-size="12">
          <rect x="0" y="0" width="${WIDE}" height="${TALL}" fill="none" stroke="currentColor" stroke-opacity=".5"/>
          ${powers.map((people) => text(x(people), TALL + 16, number(people))).join("")}${text(WIDE / 2, TALL + 34, "people in the gallery")}
          ${[0, 0.5, 1].map((share) => text(-6, y(share) + 4, `${100 * share} %`, "end")).join("")}
          <line class="here" y1="0" y2="${TALL}" stroke="currentColor" stroke-width="2"/>
          ${Object.keys(COLOURS).map((name, i) => `<path data-curve="${name}" fill="none" stroke="${COLOURS[name]}" stroke-width="2.5" stroke-dasharray="${DASHES[name]}"/><circle data-point="${name}" r="5" fill="${COLOURS[name]}" stroke="currentColor"/><line x1="0" x2="26" y1="${TALL + 48 + 16 * i}" y2="${TALL + 48 + 16 * i}" stroke="${COLOURS[name]}" stroke-width="2.5" stroke-dasharray="${DASHES[name]}"/>${text(34, TALL + 52 + 16 * i, LABELS[name], "start")}`).join("")}</svg>
        <svg class="people" viewBox="0 0 292 150" role="img" aria-label="A hundred strangers and a hundred known people, each a dot: filled for named rightly, crossed out for taken for somebody" fill="currentColor" font-size="12">
          ${grid("strangers", 0, "100 strangers")}${grid("known", 158, "100 known people")}</svg>
      </div>
      <output aria-live="polite" for="${id}-size ${id}-at"></output>
    </div>`;
  const [sizes, limits] = [...el.querySelectorAll("input")];
  const picture = el.querySelector("svg.curves");
  const output = el.querySelector("output");

  const paint = (name, kinds) => [...el.querySelectorAll(`[data-grid="${name}"] circle`)].forEach((dot, i) => {
    const kind = kinds[i];
    const empty = kind === "silent";
    Object.entries({ fill: empty ? "none" : COLOURS[kind], stroke: empty ? "currentColor" : COLOURS[kind], "stroke-opacity": empty ? 0.45 : 1, r: kind === "mistaken" ? 3 : 4.6 }).forEach(([key, value]) => dot.setAttribute(key, value));
  });
  const many = (kinds) => Object.entries(kinds).flatMap(([kind, count]) => new Array(count).fill(kind));

  function draw() {
    const [size, at] = [model.get("size"), model.get("at")];
    const [people, limit] = [state.sizes[size], state.thresholds[at]];
    for (const [slider, value, shown, spoken] of [[sizes, size, number(people), `${number(people)} people`], [limits, at, limit.toFixed(2), limit.toFixed(2)]]) {
      slider.value = value;
      slider.nextElementSibling.textContent = shown;
      slider.setAttribute("aria-valuetext", spoken);
    }
    const found = rates(state, size, at);
    for (const name of Object.keys(COLOURS)) {
      el.querySelector(`[data-curve="${name}"]`).setAttribute("d", state.sizes.map((n, i) => `${i ? "L" : "M"}${x(n).toFixed(1)} ${y(state[name][i][at]).toFixed(1)}`).join(""));
      const point = el.querySelector(`[data-point="${name}"]`);
      point.setAttribute("cx", x(people));
      point.setAttribute("cy", y(found[name]));
    }
    for (const end of ["x1", "x2"]) el.querySelector(".here").setAttribute(end, x(people));
    const [wrong, quiet] = hundred([found.alarmed]);
    const [right, mixed, silent] = hundred([found.identified, found.mistaken]);
    paint("strangers", many({ alarmed: wrong, silent: quiet }));
    paint("known", many({ identified: right, mistaken: mixed, silent }));
    for (const button of el.querySelectorAll("[data-rate]")) button.disabled = placeAtRate(state.alarmed[size], Number(button.dataset.rate)) < 0;
    output.textContent = inWords(state, size, at);
    Object.assign(output.dataset, { alarmed: wrong, identified: right });
  }

  const set = (name, value, last) => { model.set(name, Math.max(0, Math.min(last, value))); model.save_changes(); };
  sizes.addEventListener("input", () => set("size", Number(sizes.value), lastSize));
  limits.addEventListener("input", () => set("at", Number(limits.value), lastAt));
  for (const button of el.querySelectorAll("[data-rate]")) button.addEventListener("click", () => set("at", placeAtRate(state.alarmed[model.get("size")], Number(button.dataset.rate)), lastAt));
  const follow = (event) => {
    const box = picture.getBoundingClientRect();
    set("size", nearestSize(state.sizes, (((event.clientX - box.left) / box.width) * (WIDE + 58) - 44) / WIDE), lastSize);
  };
  picture.addEventListener("pointerdown", (event) => { picture.setPointerCapture(event.pointerId); follow(event); });
  picture.addEventListener("pointermove", (event) => { if (picture.hasPointerCapture(event.pointerId)) follow(event); });
  for (const name of ["size", "at"]) model.on(`change:${name}`, draw);
  draw();
}

export default { render };
