// One face, the detectors, and the angle in the reader's hand.
// An anywidget module and a figure of the page alike.

// A dash for each registered detector, in their order: colour is not all that tells them apart.
const DASHES = ["", "6 3", "2 2", "9 3 2 3", "5 2 1 2", "1 3"];

/** What a detector's answers at one angle come to, in words. */
export function inWords(rows) {
  const hit = rows.find((row) => row[5]);
  const extra = rows.filter((row) => !row[5]).length;
  const alarms = extra ? `${extra} false alarm${extra > 1 ? "s" : ""}` : "";
  if (!hit) return alarms ? `face missed, ${alarms}` : "nothing";
  return `found, score ${hit[4]}${alarms ? `, ${alarms}` : ""}`;
}

/** Runs of neighbouring angles at which the face is found: [[first, last], ...]. */
export function runs(angles, answers) {
  const found = [];
  angles.forEach((angle, i) => {
    if (!answers[i].some((row) => row[5])) return;
    const last = found.at(-1);
    if (last && last[1] === angles[i - 1]) last[1] = angle;
    else found.push([angle, angle]);
  });
  return found;
}

const STYLE = `
  .detectors-rotation svg { width: 100%; margin: .4rem 0; }
  .detectors-rotation .stage { max-width: 26rem; }
  .detectors-rotation .controls { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .75rem; min-height: 2rem; }
  .detectors-rotation .value { flex: 0 0 3rem; font-variant-numeric: tabular-nums; text-align: right; }
  .detectors-rotation ul { list-style: none; margin: .2rem 0; padding: 0; display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: 0 1rem; }
  .detectors-rotation li { margin: 0; font-variant-numeric: tabular-nums; }
  .detectors-rotation li svg { display: inline-block; width: 2.2rem; height: .8rem; margin: 0 .4rem 0 0; vertical-align: middle; }
  .detectors-rotation .strip { cursor: pointer; touch-action: pan-y; }
`;

let instances = 0;

function render({ model, el }) {
  // JupyterLab looks at the focused element alone: keys typed in the figure are its own.
  el.addEventListener("focusin", ({ target }) => (target.dataset.lmSuppressShortcuts = ""));
  const id = `detectors-rotation-${++instances}`;
  const [side, angles] = [model.get("side"), model.get("angles")];
  const [answers, colours, labels] = ["answers", "colours", "labels"].map((key) => model.get(key));
  const names = Object.keys(answers);
  const label = (name) => labels[name] ?? name;
  const dash = (name) => DASHES[Math.max(0, Object.keys(colours).indexOf(name)) % DASHES.length];
  const [low, high, step] = [angles[0], angles.at(-1), angles[1] - angles[0]];
  const stroke = side / 130;
  const [left, wide, line] = [52, 568, 26];
  const tall = names.length * line + 24;
  const x = (angle) => left + ((angle - low + step / 2) / (high - low + step)) * wide;
  const ticks = [-180, -90, -45, 0, 45, 90, 180].filter((a) => a >= low && a <= high);
  const strip = names.map((name, row) => {
    const bars = runs(angles, answers[name]).map(([a, b]) =>
      `<rect x="${x(a - step / 2)}" y="${row * line + 4}" width="${x(b + step / 2) - x(a - step / 2)}" height="${line - 9}" fill="${colours[name]}"/>`);
    const frame = `<rect x="${left}" y="${row * line + 4}" width="${wide}" height="${line - 9}" fill="none" stroke="currentColor" stroke-opacity=".35"/>`;
    return `<text x="0" y="${row * line + 18}" font-size="15">${label(name)}</text>${frame}${bars.join("")}`;
  }).join("") + ticks.map((a) =>
    `<text x="${x(a)}" y="${tall - 4}" font-size="13" text-anchor="middle">${a}°</text>`).join("");
  const spans = (name) => runs(angles, answers[name]).map(([a, b]) => (a === b ? `at ${a}°` : `${a}° to ${b}°`)).join(", ") || "nowhere";
  const summary = names.map((name) => `${label(name)}: ${spans(name)}`).join("; ");

  el.classList.add("fl-figure");
  el.innerHTML = `
    <style>${STYLE}</style>
    <div class="detectors-rotation">
      <div class="controls"><label for="${id}-angle">Turn the picture</label>
        <input type="range" id="${id}-angle" min="${low}" max="${high}" step="${step}">
        <span class="value" aria-hidden="true"></span></div>
      <svg class="stage" viewBox="0 0 ${side} ${side}" role="img" aria-label="The turned picture with the detectors' boxes">
        <rect width="${side}" height="${side}" fill="rgb(127,127,127)"/>
        <image width="${side}" height="${side}"/><g></g></svg>
      <output aria-live="polite" for="${id}-angle"></output>
      <ul>${names.map((name) => `<li data-name="${name}"><svg viewBox="0 0 36 12" aria-hidden="true"><line x1="0" x2="36" y1="6" y2="6" stroke="${colours[name]}" stroke-width="4" stroke-dasharray="${dash(name)}"/></svg>${label(name)}: <span></span></li>`).join("")}</ul>
      <svg class="strip" viewBox="0 0 640 ${tall}" role="img" fill="currentColor"><g>${strip}</g>
        <line y1="0" y2="${tall - 20}" stroke="currentColor" stroke-width="2.5"/></svg>
    </div>`;
  const stage = el.querySelector(".stage");
  const band = el.querySelector(".strip");
  const slider = el.querySelector("input");
  const output = el.querySelector("output");
  stage.querySelector("image").setAttribute("href", model.get("picture"));
  band.setAttribute("aria-label", `Angles at which the face is found. ${summary}`);

  const draw = () => {
    const angle = model.get("angle");
    const at = angles.reduce((best, a, i) => (Math.abs(a - angle) < Math.abs(angles[best] - angle) ? i : best), 0);
    // Positive is counter-clockwise here, clockwise in SVG.
    stage.querySelector("image").setAttribute("transform", `rotate(${-angles[at]} ${side / 2} ${side / 2})`);
    stage.querySelector("g").innerHTML = names.flatMap((name) => answers[name][at].map(([x1, y1, x2, y2]) => {
      const place = `x="${x1}" y="${y1}" width="${x2 - x1}" height="${y2 - y1}" fill="none"`;
      const dashes = dash(name) && dash(name).split(" ").map((d) => d * stroke * 0.7).join(" ");
      return `<rect ${place} stroke="#fff" stroke-opacity=".75" stroke-width="${2.2 * stroke}"/>
        <rect ${place} stroke="${colours[name]}" stroke-width="${1.2 * stroke}" stroke-dasharray="${dashes}" data-box="${name}"/>`;
    })).join("");
    slider.value = angles[at];
    slider.setAttribute("aria-valuetext", `${angles[at]} degrees`);
    el.querySelector(".value").textContent = `${angles[at]}°`;
    for (const item of el.querySelectorAll("li")) item.querySelector("span").textContent = inWords(answers[item.dataset.name][at]);
    const found = names.filter((name) => answers[name][at].some((row) => row[5]));
    output.textContent = `At ${angles[at]}°: ${found.length ? found.map(label).join(", ") : "no detector"} found the face.`;
    Object.assign(output.dataset, { angle: angles[at], found: found.join(" ") });
    for (const end of ["x1", "x2"]) band.querySelector("line").setAttribute(end, x(angles[at]));
  };
  const turn = (angle) => {
    model.set("angle", Math.min(high, Math.max(low, Math.round(angle / step) * step)));
    model.save_changes();
  };
  slider.addEventListener("input", () => turn(Number(slider.value)));
  // The strip is a shortcut for pointers; the slider does the same by keyboard.
  band.addEventListener("click", (event) => {
    const box = band.getBoundingClientRect();
    const across = ((event.clientX - box.left) / box.width) * 640;
    turn(low - step / 2 + ((across - left) / wide) * (high - low + step));
  });
  model.on("change:angle", draw);
  draw();
}

export default { render };
