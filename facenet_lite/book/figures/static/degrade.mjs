// A drawn face made worse, and where its distances fall among those of many pairs.
// An anywidget module and a figure of the page alike.

const COLOURS = ["#0a8a9c", "#d1562b"];
const [WIDE, TALL, LANE] = [360, 130, 34];

/** A path around bars of the given shares, from the left to the right of the picture. */
export function outline(shares, wide, tall, most) {
  const width = wide / shares.length;
  const height = (share) => (tall * (1 - share / most)).toFixed(1);
  const tops = shares.map((share, i) => `V${height(share)}H${((i + 1) * width).toFixed(1)}`);
  return `M0 ${tall}${tops.join("")}V${tall}Z`;
}

/** Where the axis from 0 to a number has its ticks. */
export function ticks(highest) {
  const size = 10 ** Math.floor(Math.log10(highest));
  const every = [0.1, 0.2, 0.5, 1, 2].map((part) => part * size).find((gap) => highest / gap <= 8);
  return Array.from({ length: Math.floor(highest / every + 1e-9) + 1 }, (_, i) => Number((i * every).toPrecision(3)));
}

const number = (count) => String(count).replace(/\B(?=(\d{3})+$)/g, ",");

/** A share in per cent, never 0 or 100 for what is not quite none or all. */
export function percent(count, all) {
  const share = (100 * count) / all;
  if (count > 0 && share < 0.1) return "under 0.1 %";
  if (count < all && share > 99.9) return "over 99.9 %";
  return `${Number(share.toFixed(1))} %`;
}

/** A quality and a number of pixels, in words. */
export function named(state, quality, size) {
  const compressed = state.qualities[quality] === null ? "not compressed" : `JPEG quality ${state.qualities[quality]}`;
  return `${number(state.pixels[size])} pixels${size === 0 ? " (all)" : ""}, ${compressed}`;
}

/** What is seen, in words. */
export function inWords(state, quality, size) {
  const [itself, another, second] = state.squared[quality][size].map((squared) => squared.toFixed(3));
  const [anotherFirst, secondFirst] = state.squared[0][0].slice(1).map((squared) => squared.toFixed(3));
  const here = named(state, quality, size);
  if (quality === 0 && size === 0)
    return `${here}: this is the undegraded picture, so the distance to itself is 0. Squared distance to another picture of this person ${another}, to the second person ${second}.`;
  const [nearer, within] = state.ranks[quality][size];
  const [same, different] = state.pairs;
  return `${here}: squared distance ${itself} to the undegraded picture. Of ${number(same)} pairs of one person ${number(nearer)} ${nearer === 1 ? "is" : "are"} nearer than that (${percent(nearer, same)}), of ${number(different)} pairs of two people ${number(within)} ${within === 1 ? "is" : "are"} as near or nearer (${percent(within, different)}). To another picture of this person ${another}, undegraded ${anotherFirst}; to the second person ${second}, undegraded ${secondFirst}.`;
}

const STYLE = `
  .degrade .controls { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .75rem; min-height: 2rem; }
  .degrade .controls label { flex: 0 0 6.2rem; white-space: nowrap; }
  .degrade .controls input { flex: 1 1 6rem; min-width: 6rem; }
  .degrade .value { flex: 0 0 3.2rem; font-variant-numeric: tabular-nums; text-align: right; }
  .degrade .faces { display: grid; grid-template-columns: repeat(4, 1fr); gap: .5rem .75rem; margin: .5rem 0; }
  .degrade .faces img { display: block; width: 100%; max-width: none; height: auto; aspect-ratio: 1; margin: 0; border-radius: .2rem; }
  .degrade .faces span { display: block; font-size: .9rem; line-height: 1.3; }
  .degrade svg { width: 100%; max-width: 32rem; }
  @media (max-width: 30rem) {
    .degrade .faces { grid-template-columns: repeat(2, 1fr); }
    .degrade .faces :is([data-face=another], [data-face=second]) { display: flex; align-items: center; gap: .5rem; }
    .degrade .faces :is([data-face=another], [data-face=second]) img { width: 4rem; }
  }
`;

let instances = 0;

function render({ model, el }) {
  // JupyterLab looks at the focused element alone: keys typed in the figure are its own.
  el.addEventListener("focusin", ({ target }) => (target.dataset.lmSuppressShortcuts = ""));
  const id = `degrade-${++instances}`;
  const state = Object.fromEntries(["qualities", "pixels", "pictures", "squared", "ranks", "others", "pairs", "same", "different", "highest", "network"].map((name) => [name, model.get(name)]));
  const [lastQuality, lastSize] = [state.qualities.length - 1, state.pixels.length - 1];
  const x = (squared) => (squared / state.highest) * WIDE;
  const most = Math.max(...state.same, ...state.different);
  const lanes = ["to its undegraded self", "to another picture of this person (hollow: undegraded)", "to the second person"];
  const down = (lane) => TALL + LANE * (lane + 1);
  const bottom = down(lanes.length - 1) + 12;
  const text = (at, y, what, anchor = "middle") => `<text x="${at}" y="${y}" text-anchor="${anchor}">${what}</text>`;
  // Neither filter nor frame of a dark theme: the pixels are shown as they are.
  const face = (name, caption, source, alt) => `<div data-face="${name}"><img class="dark-light" style="padding:0" width="96" height="96" src="${source}" alt="${alt}"><span>${caption}</span></div>`;
  el.classList.add("fl-figure");
  el.innerHTML = `
    <style>${STYLE}</style>
    <div class="degrade">
      <div class="controls"><label for="${id}-quality">JPEG quality</label>
        <input type="range" id="${id}-quality" min="0" max="${lastQuality}" step="1"><span class="value" aria-hidden="true"></span></div>
      <div class="controls"><label for="${id}-size">Pixels</label>
        <input type="range" id="${id}-size" min="0" max="${lastSize}" step="1"><span class="value" aria-hidden="true"></span></div>
      <div class="faces">
        ${face("degraded", "degraded", state.pictures[0][0], "The degraded face")}
        ${face("itself", "undegraded", state.pictures[0][0], "The undegraded face of the same picture")}
        ${face("another", "another picture of this person", state.others[0], "Another picture of the same drawn person")}
        ${face("second", "the second person", state.others[1], "A picture of a second drawn person")}
      </div>
      <svg viewBox="-8 -26 ${WIDE + 16} ${bottom + 60}" role="img" aria-label="How often each squared distance occurs among pairs of one person and of two, and the degraded picture's three distances on the same axis" fill="currentColor" font-size="12">
        <rect x="0" y="-20" width="20" height="10" fill="${COLOURS[0]}" fill-opacity=".55" stroke="${COLOURS[0]}"/>${text(25, -10, `${number(state.pairs[0])} pairs of one person`, "start")}
        <line x1="180" x2="202" y1="-15" y2="-15" stroke="${COLOURS[1]}" stroke-width="2.5" stroke-dasharray="6 3"/>${text(207, -10, `${number(state.pairs[1])} pairs of two people`, "start")}
        ${ticks(state.highest).map((at) => `<line x1="${x(at)}" x2="${x(at)}" y1="0" y2="${bottom}" stroke="currentColor" stroke-opacity=".15"/>${text(x(at), bottom + 14, at)}`).join("")}
        <path fill="${COLOURS[0]}" fill-opacity=".55" stroke="${COLOURS[0]}" d="${outline(state.same, WIDE, TALL, most)}"/>
        <path fill="none" stroke="${COLOURS[1]}" stroke-width="2.5" stroke-dasharray="6 3" d="${outline(state.different, WIDE, TALL, most)}"/>
        <line x1="0" x2="${WIDE}" y1="${TALL}" y2="${TALL}" stroke="currentColor"/>
        ${lanes.map((name, lane) => `<line x1="0" x2="${WIDE}" y1="${down(lane)}" y2="${down(lane)}" stroke="currentColor" stroke-opacity=".35"/>${text(WIDE, down(lane) - 10, name, "end")}`).join("")}
        <text class="axis" x="${WIDE / 2}" y="${bottom + 30}" text-anchor="middle"></text>
        <g class="marks"></g></svg>
      <output aria-live="polite" for="${id}-quality ${id}-size"></output>
    </div>`;
  const [qualities, sizes] = [...el.querySelectorAll("input")];
  el.querySelector(".axis").textContent = `squared distance, network ${state.network}`;
  const marks = el.querySelector(".marks");
  const output = el.querySelector("output");
  const clamped = (name, last) => Math.max(0, Math.min(last, model.get(name)));

  // A circle for this person, a diamond for the other; hollow where it is without the change.
  const mark = (lane, at, filled) => {
    const colour = ["currentColor", ...COLOURS][lane];
    const paint = `fill="${filled ? colour : "none"}" stroke="${colour}" stroke-width="2"`;
    const y = down(lane);
    return lane === 2 ? `<path d="M${at} ${y - 7}l7 7l-7 7l-7 -7Z" ${paint}/>` : `<circle cx="${at}" cy="${y}" r="5.5" ${paint}/>`;
  };

  function draw() {
    const [quality, size] = [clamped("quality", lastQuality), clamped("size", lastSize)];
    const compressed = state.qualities[quality];
    for (const [slider, value, shown, spoken] of [
      [qualities, quality, compressed ?? "none", compressed === null ? "not compressed" : `quality ${compressed}`],
      [sizes, size, number(state.pixels[size]), `${number(state.pixels[size])} pixels${size ? "" : ", not reduced"}`],
    ]) {
      slider.value = value;
      slider.nextElementSibling.textContent = shown;
      slider.setAttribute("aria-valuetext", spoken);
    }
    const picture = el.querySelector("[data-face=degraded] img");
    picture.src = state.pictures[quality][size];
    picture.alt = `The face as the network gets it: ${named(state, quality, size)}`;
    const here = state.squared[quality][size];
    const at = x(here[0]).toFixed(1);
    marks.innerHTML = `<line x1="${at}" x2="${at}" y1="-4" y2="${down(0)}" stroke="currentColor" stroke-width="2"/>${here.map((squared, lane) => mark(lane, x(state.squared[0][0][lane]).toFixed(1), false) + mark(lane, x(squared).toFixed(1), true)).join("")}`;
    output.textContent = inWords(state, quality, size);
    Object.assign(output.dataset, { itself: here[0], another: here[1], second: here[2] });
  }

  const set = (name, value) => { model.set(name, value); model.save_changes(); };
  qualities.addEventListener("input", () => set("quality", Number(qualities.value)));
  sizes.addEventListener("input", () => set("size", Number(sizes.value)));
  for (const name of ["quality", "size"]) model.on(`change:${name}`, draw);
  draw();
}

export default { render };
