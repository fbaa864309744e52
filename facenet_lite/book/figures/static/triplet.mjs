// Anchor, positive and negative on a circle, in the reader's hand.
// An anywidget module and a figure of the page alike.

const NAMES = ["anchor", "positive", "negative"];
const COLOURS = ["currentColor", "#0a8a9c", "#d1562b"];
const RULES = ["triplet loss", "without the hinge", "sign reversed"];
const RATE = 0.05; // of a step
const ARROW = 0.25; // of a slope, as drawn
const REACH = 1.8; // half the side of what is drawn around the circle

/** The point of the circle at so many degrees, counter-clockwise from the right. */
export const point = (degrees) => [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];

/** The squared distance of two points. */
export const distance = (u, v) => (u[0] - v[0]) ** 2 + (u[1] - v[1]) ** 2;

/** What a triplet of points costs by a rule, and the slope at each point. */
export function triplet([a, p, n], margin, rule) {
  const [toPositive, toNegative] = [distance(a, p), distance(a, n)];
  const sign = rule === "sign reversed" ? -1 : 1;
  const cost = sign * (toPositive - toNegative) + margin;
  const active = rule === "without the hinge" || cost > 0;
  const twice = (u, v) => (active ? [0, 1].map((i) => 2 * sign * (u[i] - v[i])) : [0, 0]);
  return { toPositive, toNegative, loss: active ? cost : 0, slopes: [twice(n, p), twice(p, a), twice(a, n)] };
}

/** The part of a vector along the circle at one of its points. */
export function along([x, y], [u, v]) {
  const part = u * -y + v * x;
  return [part * -y, part * x];
}

/** What the miners call a negative at this distance. */
export function kind(toPositive, toNegative, margin) {
  if (toNegative <= toPositive) return "hard";
  return toNegative < toPositive + margin ? "semi-hard" : "easy";
}

/** The angles after a step down the slope, each point brought back to the circle. */
export function stepped(angles, margin, rule, rate) {
  const points = angles.map(point);
  const { slopes } = triplet(points, margin, rule);
  return points.map(([x, y], i) => {
    const degrees = (Math.atan2(y - rate * slopes[i][1], x - rate * slopes[i][0]) * 180) / Math.PI;
    return (degrees + 360) % 360;
  });
}

const STYLE = `
  .triplet-circle .controls { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .75rem; min-height: 2rem; }
  .triplet-circle .controls input[type="range"] { flex: 1 1 5rem; min-width: 5rem; max-width: 16rem; }
  .triplet-circle .value { flex: 0 0 2.6rem; font-variant-numeric: tabular-nums; }
  .triplet-circle input[type=checkbox] { width: 24px; height: 24px; margin: 0; }
  .triplet-circle .columns { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; align-items: center; margin: .5rem 0; }
  .triplet-circle .stage { position: relative; flex: 1 1 17rem; max-width: 25rem; }
  .triplet-circle .line { flex: 1 1 15rem; max-width: 20rem; }
  .triplet-circle svg { width: 100%; display: block; overflow: visible; }
  .triplet-circle svg text { fill: currentColor; font: 13px sans-serif; }
  .triplet-circle .handle { position: absolute; width: 28px; height: 28px; min-height: 0; margin: -14px 0 0 -14px; padding: 0; border: 3px solid; border-radius: 50%; background: #fff; color: #111; font: 600 15px/1 sans-serif; cursor: grab; touch-action: none; }
  .triplet-circle .handle[data-point="0"] { border-color: #111; box-shadow: 0 0 0 1px #fff; }
  .triplet-circle .handle[data-point="1"] { border-color: #0a8a9c; }
  .triplet-circle .handle[data-point="2"] { border-color: #d1562b; }
`;

let instances = 0;

function render({ model, el }) {
  // JupyterLab looks at the focused element alone: keys typed in the figure are its own.
  el.addEventListener("focusin", ({ target }) => (target.dataset.lmSuppressShortcuts = ""));
  const id = `triplet-circle-${++instances}`;
  el.classList.add("fl-figure");
  const head = (i) => `<marker id="${id}-head-${i}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="3.5" markerHeight="3.5" orient="auto"><path d="M0 0 L8 4 L0 8 z" fill="${COLOURS[i]}"/></marker>`;
  el.innerHTML = `
    <style>${STYLE}</style>
    <div class="triplet-circle">
      <div class="controls"><label for="${id}-margin">Margin</label>
        <input type="range" id="${id}-margin" min="0" max="1" step="0.05"><span class="value" aria-hidden="true"></span></div>
      <div class="controls"><label for="${id}-rule">Loss</label>
        <select id="${id}-rule">${RULES.map((rule) => `<option>${rule}</option>`).join("")}</select>
        <label><input type="checkbox"><span>arrows along the circle only</span></label></div>
      <div class="columns">
        <div class="stage"><svg viewBox="${-REACH} ${-REACH} ${2 * REACH} ${2 * REACH}" role="img" aria-label="The circle, a line from the anchor to each of the other two, and an arrow from each point the way its slope leads down">
          <defs>${NAMES.map((_, i) => head(i)).join("")}</defs>
          <circle r="1" fill="none" stroke="currentColor" stroke-opacity=".5" stroke-width=".015"/>
          <g data-drawn></g></svg>
          ${NAMES.map((name, i) => `<button type="button" class="handle" data-point="${i}">${name[0]}</button>`).join("")}</div>
        <div class="line"><svg viewBox="0 0 300 120" role="img" aria-label="Squared distances from the anchor, 0 to 4: the positive with the margin behind it, and the negative">
          <g data-drawn></g></svg></div>
      </div>
      <div class="controls"><button type="button" data-do="step">Take a step</button>
        <button type="button" data-do="steps">Ten steps</button>
        <button type="button" data-do="reset">Put the points back</button></div>
      <output aria-live="polite"></output>
    </div>`;
  const [stage, line] = [...el.querySelectorAll("svg")];
  const handles = [...el.querySelectorAll(".handle")];
  const slider = el.querySelector("input[type=range]");
  const tick = el.querySelector("input[type=checkbox]");
  const select = el.querySelector("select");
  const output = el.querySelector("output");
  const two = (value) => value.toFixed(2).replace("-", "−");

  function drawCircle(points, slopes) {
    const at = ([x, y]) => `${x.toFixed(4)} ${(-y).toFixed(4)}`;
    const sides = [1, 2].map((i) => `<path d="M${at(points[0])} L${at(points[i])}" stroke="${COLOURS[i]}" stroke-width=".02" stroke-dasharray="${i === 1 ? "none" : ".06 .05"}"/>`);
    const arrows = points.map((from, i) => {
      const slope = model.get("along") ? along(from, slopes[i]) : slopes[i];
      if (Math.hypot(...slope) < 1e-3) return "";
      const to = from.map((v, axis) => v - ARROW * slope[axis]);
      return `<path d="M${at(from)} L${at(to)}" stroke="${COLOURS[i]}" stroke-width=".04" marker-end="url(#${id}-head-${i})"/>`;
    });
    stage.querySelector("[data-drawn]").innerHTML = [...sides, ...arrows].join("");
  }

  function drawLine(toPositive, toNegative, margin) {
    const x = (value) => 20 + 65 * value;
    const ticks = [0, 1, 2, 3, 4].map((v) => `<path d="M${x(v)} 70 v6" stroke="currentColor"/><text x="${x(v)}" y="92" text-anchor="middle">${v}</text>`);
    const low = x(toPositive);
    line.querySelector("[data-drawn]").innerHTML = `
      <rect x="${low}" y="40" width="${65 * margin}" height="30" fill="${COLOURS[1]}" fill-opacity=".3"/>
      <path d="M20 70 H280" stroke="currentColor"/>${ticks.join("")}
      <circle cx="${low}" cy="55" r="6" fill="${COLOURS[1]}"/><text x="${low}" y="32" text-anchor="middle">d(a,p)</text>
      <path d="M${x(toNegative)} 47 l8 8 -8 8 -8 -8 z" fill="${COLOURS[2]}"/><text x="${x(toNegative)}" y="14" text-anchor="middle">d(a,n)</text>
      <path d="M${x(toNegative)} 18 V46" stroke="${COLOURS[2]}" stroke-dasharray="2 2"/>
      <text x="150" y="112" text-anchor="middle">squared distance</text>`;
  }

  function draw() {
    const [angles, margin, rule] = [model.get("angles"), model.get("margin"), model.get("rule")];
    const points = angles.map(point);
    const { toPositive, toNegative, loss, slopes } = triplet(points, margin, rule);
    drawCircle(points, slopes);
    drawLine(toPositive, toNegative, margin);
    handles.forEach((handle, i) => {
      const [x, y] = points[i];
      Object.assign(handle.style, { left: `${50 + (50 * x) / REACH}%`, top: `${50 - (50 * y) / REACH}%` });
      handle.setAttribute("aria-label", `${NAMES[i]}, at ${Math.round(angles[i])} degrees; arrow keys move it along the circle`);
    });
    slider.value = margin;
    slider.nextElementSibling.textContent = margin.toFixed(2);
    slider.setAttribute("aria-valuetext", margin.toFixed(2));
    select.value = rule;
    tick.checked = model.get("along");
    const [plus, minus] = rule === "sign reversed" ? [toNegative, toPositive] : [toPositive, toNegative];
    const sum = `${two(plus)} − ${two(minus)} + ${two(margin)} = ${two(plus - minus + margin)}`;
    const cut = loss === plus - minus + margin ? "" : ", cut to 0";
    const word = kind(toPositive, toNegative, margin);
    output.textContent = `d(a,p) = ${two(toPositive)}, d(a,n) = ${two(toNegative)}: ${word === "easy" ? "an" : "a"} ${word} negative. Loss${rule === RULES[0] ? "" : `, ${rule}`}: ${sum}${cut}.`;
    Object.assign(output.dataset, { loss: loss.toFixed(6), kind: word });
  }

  const change = (name, value) => { model.set(name, value); model.save_changes(); };
  const put = (number, degrees) => {
    const wanted = Math.round(10 * (((degrees % 360) + 360) % 360)) / 10;
    change("angles", model.get("angles").map((old, i) => (i === number ? wanted : old)));
  };
  handles.forEach((handle, number) => {
    let held = false;
    handle.addEventListener("pointerdown", (event) => { held = true; handle.setPointerCapture(event.pointerId); });
    handle.addEventListener("pointermove", ({ clientX, clientY }) => {
      if (!held) return;
      const { left, top, width, height } = stage.getBoundingClientRect();
      put(number, (Math.atan2(top + height / 2 - clientY, clientX - left - width / 2) * 180) / Math.PI);
    });
    for (const end of ["pointerup", "pointercancel"]) handle.addEventListener(end, () => { held = false; });
    handle.addEventListener("keydown", (event) => {
      const turn = { ArrowLeft: 1, ArrowUp: 1, ArrowRight: -1, ArrowDown: -1 }[event.key];
      if (!turn) return;
      event.preventDefault();
      put(number, model.get("angles")[number] + turn * (event.shiftKey ? 10 : 1));
    });
  });
  slider.addEventListener("input", () => change("margin", Number(slider.value)));
  select.addEventListener("change", () => change("rule", select.value));
  tick.addEventListener("input", () => change("along", tick.checked));
  const walk = (count) => {
    let angles = model.get("angles");
    for (let i = 0; i < count; i++) angles = stepped(angles, model.get("margin"), model.get("rule"), RATE);
    change("angles", angles);
  };
  const deeds = { step: () => walk(1), steps: () => walk(10), reset: () => change("angles", model.get("start")) };
  for (const button of el.querySelectorAll("[data-do]")) button.addEventListener("click", deeds[button.dataset.do]);
  for (const name of ["angles", "margin", "rule", "along"]) model.on(`change:${name}`, draw);
  draw();
}

export default { render };
