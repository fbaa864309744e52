// A person who does not exist, drawn from a few numbers: an anywidget module and a figure of the page alike.

const CANVAS = 128, HALF = 64, COARSE = 64, POINTS = 73;
const REACH = 2.5, TURN = 0;  // of the how sliders, the first turns the head
const BAR = "#0a8a9c";

/** Bytes from base64, as one of the typed arrays of whole bytes. */
function bytes(text, Kind) {
  return Kind.from(atob(text), (c) => c.charCodeAt(0));
}

/** What the page knows of the model, unpacked once. */
export function unpack(state) {
  const directions = state.directions.map(({ texture, step, mirror, moves }) => (
    { texture: bytes(texture, Int8Array), step, mirror, moves: moves.flat() }));
  return { ...state.rules, mean: bytes(state.mean, Uint8Array), directions,
    points: state.points.flat(), triangles: state.triangles };
}

/** A sum of components has no bounds, a grey level has: data/nobody/tone.py. */
export function tone(x) {
  if (x < 40) return Math.round(40 * Math.exp((x - 40) / 40));
  return Math.round(x > 215 ? 255 - 40 * Math.exp((215 - x) / 40) : x);
}

/** The skin in the mean shape, RGB (128, 128, 3): the mean, and each direction as often as asked. */
export function skin(model, amounts) {
  const change = new Float64Array(COARSE * COARSE * 3);
  model.directions.forEach(({ texture, step, mirror }, n) => {
    const amount = amounts[n] * step;
    if (amount === 0) return;
    for (let y = 0; y < COARSE; y++) for (let x = 0; x < COARSE / 2; x++) for (let c = 0; c < 3; c++) {
      const value = amount * texture[(y * COARSE / 2 + x) * 3 + c];
      change[(y * COARSE + x) * 3 + c] += value;
      change[(y * COARSE + COARSE - 1 - x) * 3 + c] += mirror * value;
    }
  });
  const out = new Uint8ClampedArray(CANVAS * CANVAS * 3);
  const within = (i) => Math.max(0, Math.min(COARSE - 1, i));
  for (let y = 0; y < CANVAS; y++) for (let x = 0; x < CANVAS; x++) {
    // A coarse pixel's centre lies between two fine ones: 3/4 of the nearer and 1/4 of the next.
    const near = (i) => i >> 1, next = (i) => within((i >> 1) + (i & 1 ? 1 : -1));
    const [y0, y1, x0, x1] = [near(y), next(y), near(x), next(x)];
    const left = Math.min(x, CANVAS - 1 - x);
    for (let c = 0; c < 3; c++) {
      const at = (row, column) => change[(row * COARSE + column) * 3 + c];
      const changed = (9 * at(y0, x0) + 3 * at(y0, x1) + 3 * at(y1, x0) + at(y1, x1)) / 16;
      out[(y * CANVAS + x) * 3 + c] = tone(model.mean[(y * HALF + left) * 3 + c] + changed);
    }
  }
  return out;
}

/** Twice a triangle's area; negative where it is turned over. */
function area(points, [a, b, c]) {
  return (points[2 * b] - points[2 * a]) * (points[2 * c + 1] - points[2 * a + 1])
    - (points[2 * b + 1] - points[2 * a + 1]) * (points[2 * c] - points[2 * a]);
}

/** All points of the mesh on the canvas, x y x y ...: lips parted, folded faces pulled to the mean. */
export function shape(model, amounts) {
  const points = Float64Array.from(model.points);
  model.directions.forEach(({ moves }, n) => moves.forEach((move, i) => { points[i] += amounts[n] * move; }));
  for (const [upper, lower] of model.lips) {
    const short = Math.max(0, model.lipGap - (points[2 * lower + 1] - points[2 * upper + 1])) / 2;
    points[2 * upper + 1] -= short;
    points[2 * lower + 1] += short;
  }
  const folded = (t) => area(points, t) < -model.fold * area(model.points, t);
  for (let round = 0; round < 60 && model.triangles.some(folded); round++) {
    for (let i = 0; i < 2 * POINTS; i++) points[i] = model.points[i] + 0.93 * (points[i] - model.points[i]);
  }
  return points;
}

/** Points of the canvas in the picture. */
export function placed(model, points) {
  const [scale, x, y] = model.frame;
  return points.map((value, i) => value * scale + (i % 2 ? y : x));
}

/** Carry the skin to the shape, triangle by triangle: RGBA (size, size, 4). */
export function paint(model, texture, corners) {
  const { size, points, triangles } = model;
  const label = new Int16Array(size * size);
  const areas = triangles.map((t) => area(corners, t));
  const order = triangles.map((_, n) => n).sort((m, n) => areas[m] - areas[n] || m - n);
  // Where the pixel (x, y) comes from: a x + b y + c on the canvas, in x and in y.
  const maps = triangles.map((t, n) => {
    const [a, b, c] = t.map((p) => [corners[2 * p], corners[2 * p + 1]]);
    return [0, 1].map((axis) => {
      const [p, q, r] = t.map((point) => points[2 * point + axis]);
      const across = ((q - p) * (c[1] - a[1]) - (r - p) * (b[1] - a[1])) / areas[n];
      const down = ((r - p) * (b[0] - a[0]) - (q - p) * (c[0] - a[0])) / areas[n];
      return [across, down, p - across * a[0] - down * a[1]];
    });
  });
  for (const n of order) {
    if (Math.abs(areas[n]) < 1e-6) continue;
    const [a, b, c] = triangles[n].map((p) => [corners[2 * p], corners[2 * p + 1]]);
    const sides = [[a, b], [b, c], [c, a]];
    const span = (axis) => [Math.max(0, Math.ceil(Math.min(a[axis], b[axis], c[axis]))),
      Math.min(size - 1, Math.floor(Math.max(a[axis], b[axis], c[axis])))];
    const [[left, right], [top, bottom]] = [span(0), span(1)];
    const turn = Math.sign(areas[n]);
    for (let y = top; y <= bottom; y++) for (let x = left; x <= right; x++) {
      const inside = sides.every(([p, q]) => turn * ((q[0] - p[0]) * (y - p[1]) - (q[1] - p[1]) * (x - p[0])) >= -1e-9);
      if (inside) label[y * size + x] = n;
    }
  }
  const out = new Uint8ClampedArray(size * size * 4);
  const within = (v) => Math.max(0, Math.min(CANVAS - 1, v));
  for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) {
    const [u, v] = maps[label[y * size + x]].map(([across, down, shift]) => within(across * x + down * y + shift));
    const [column, row] = [Math.floor(u), Math.floor(v)];
    const [next, below] = [within(column + 1), within(row + 1)];
    const [s, t] = [u - column, v - row];
    for (let c = 0; c < 3; c++) {
      const at = (r, k) => texture[(r * CANVAS + k) * 3 + c];
      out[(y * size + x) * 4 + c] = Math.round((1 - t) * ((1 - s) * at(row, column) + s * at(row, next))
        + t * ((1 - s) * at(below, column) + s * at(below, next)));
    }
    out[(y * size + x) * 4 + 3] = 255;
  }
  return out;
}

/** Numbers of a normal distribution from a seed, none beyond what a slider reaches. */
export function normals(seed, count) {
  let state = seed >>> 0;
  const even = () => {  // mulberry32
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return Array.from({ length: count }, () => {
    const drawn = Math.sqrt(-2 * Math.log(1 - even())) * Math.cos(2 * Math.PI * even());
    return Math.max(-REACH, Math.min(REACH, Math.round(10 * drawn) / 10));
  });
}

const STYLE = `
  .nobody { width: 100%; max-width: 42rem; }
  .nobody .views { display: flex; gap: .75rem; align-items: flex-end; max-width: 30rem; }
  .nobody figure { margin: 0; flex: 1 1 0; min-width: 0; }
  .nobody figure.main { flex-grow: 1.6; }
  .nobody canvas { width: 100%; aspect-ratio: 1; border-radius: .3rem; }
  .nobody .main canvas { touch-action: pan-y; cursor: ew-resize; }
  .nobody figcaption { font-size: .85rem; margin: 0; }
  .nobody .sliders { display: grid; grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); gap: 0 1rem; width: 100%; }
  .nobody .how .sliders { grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); }
  .nobody .sliders label { display: flex; flex-wrap: nowrap; gap: .5rem; }
  .nobody .sliders span { flex: 0 0 1.5rem; text-align: right; }
  .nobody .how .sliders span { flex-basis: 9.5rem; line-height: 1.15; }
  .nobody .sliders input { flex: 1 1 3rem; min-width: 3rem; }
  .nobody legend { font-weight: 600; font-size: 1rem; margin: .5rem 0 0; padding: 0; }
  .nobody input[type=checkbox] { width: 24px; height: 24px; margin: 0; }
  .nobody .buttons { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem .75rem; margin: .5rem 0; }
  @media (max-width: 576px) { .nobody canvas { max-width: 11rem; } }
`;

function render({ model, el }) {
  // JupyterLab looks at the focused element alone: keys typed in the figure are its own.
  el.addEventListener("focusin", ({ target }) => (target.dataset.lmSuppressShortcuts = ""));
  const state = Object.fromEntries(["mean", "directions", "points", "triangles", "rules"].map((name) => [name, model.get(name)]));
  const known = unpack(state);
  const people = model.get("who").length;
  const slider = (name, n) => `<label><span>${name}</span><input type="range" data-n="${n}"
    min="${-REACH}" max="${REACH}" step="0.1" aria-label="${n < people ? `identity ${name}` : name}"></label>`;
  const sliders = state.directions.map(({ name }, n) => slider(name, n));
  el.innerHTML = `
    <style>${STYLE}</style>
    <div class="nobody${el.classList.contains("fl-figure") ? "" : " fl-figure"}">
      <div class="views">
        <figure class="main"><canvas width="${known.size}" height="${known.size}" tabindex="0" role="application"
          aria-label="The drawn face. Left and right arrows turn it."></canvas><figcaption>this picture</figcaption></figure>
        <figure><canvas width="${known.size}" height="${known.size}" role="img"
          aria-label="The same person, facing us in even light."></canvas><figcaption>the same person at rest</figcaption></figure>
      </div>
      <div class="buttons">
        <button type="button" data-do="person">another person</button>
        <button type="button" data-do="picture">another picture</button>
        <button type="button" data-do="rest">mean face</button>
        <label><input type="checkbox"><span>68 landmarks</span></label></div>
      <output aria-live="polite"></output>
      <fieldset class="how"><legend>How the picture was taken</legend><div class="sliders">${sliders.slice(people).join("")}</div></fieldset>
      <fieldset><legend>Who it is</legend><div class="sliders">${sliders.slice(0, people).join("")}</div></fieldset>
    </div>`;
  const [main, calm] = el.querySelectorAll("canvas");
  const inputs = [...el.querySelectorAll("input[type=range]")].sort((a, b) => a.dataset.n - b.dataset.n);
  const tick = el.querySelector("input[type=checkbox]");
  const out = el.querySelector("output");

  const show = (canvas, amounts, dots) => {
    const corners = placed(known, shape(known, amounts));
    const pixels = paint(known, skin(known, amounts), corners);
    const context = canvas.getContext("2d");
    context.putImageData(new ImageData(pixels, known.size, known.size), 0, 0);
    if (!dots) return;
    for (let i = 0; i < 68; i++) {
      context.beginPath();
      context.arc(corners[2 * i] + 0.5, corners[2 * i + 1] + 0.5, 2, 0, 2 * Math.PI);
      for (const [paintWith, colour] of [["stroke", "#111"], ["fill", "#ffd400"]]) {
        context[`${paintWith}Style`] = colour;
        context[paintWith]();
      }
    }
  };
  const length = (values) => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0)).toFixed(1);
  let shown = null;
  const draw = () => {
    const [who, how] = [model.get("who"), model.get("how")];
    show(main, [...who, ...how], model.get("landmarks"));
    if (shown !== who) show(calm, [...who, ...how.map(() => 0)], false);
    shown = who;
    [...who, ...how].forEach((value, n) => {
      inputs[n].value = value;
      inputs[n].setAttribute("aria-valuetext", `${value.toFixed(1)} standard deviations`);
    });
    tick.checked = model.get("landmarks");
    out.textContent = `Who: ${length(who)} standard deviations from the mean face. How: ${length(how)}.`;
  };
  const put = (values) => {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    model.save_changes();
  };
  const change = (name, n, value) => put({ [name]: model.get(name).map((old, i) => (i === n ? value : old)) });
  for (const input of inputs) {
    const n = Number(input.dataset.n);
    input.addEventListener("input", () => (n < people ? change("who", n, Number(input.value)) : change("how", n - people, Number(input.value))));
  }
  tick.addEventListener("input", () => put({ landmarks: tick.checked }));
  const zeros = (name) => model.get(name).map(() => 0);
  const seeded = (name, add) => normals(1000 * (model.get("person") + 1) + add, model.get(name).length);
  let picture = 0;
  const deeds = {
    person: () => { put({ person: model.get("person") + 1 }); put({ who: seeded("who", 0) }); },
    picture: () => put({ how: seeded("how", ++picture) }),
    rest: () => put({ who: zeros("who"), how: zeros("how") }),
  };
  for (const button of el.querySelectorAll("button")) button.addEventListener("click", deeds[button.dataset.do]);

  const turn = (by) => {
    const wanted = Math.round(10 * (model.get("how")[TURN] + by)) / 10;
    change("how", TURN, Math.max(-REACH, Math.min(REACH, wanted)));
  };
  main.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -0.1, ArrowRight: 0.1 }[event.key];
    if (!by) return;
    event.preventDefault();
    turn(by);
  });
  let from = null;
  main.addEventListener("pointerdown", (event) => { from = event.clientX; main.setPointerCapture(event.pointerId); });
  main.addEventListener("pointerup", () => { from = null; });
  main.addEventListener("pointercancel", () => { from = null; });
  main.addEventListener("pointermove", (event) => {
    const by = from === null ? 0 : Math.round((60 * (event.clientX - from)) / main.clientWidth) / 10;
    if (by === 0) return;
    from = event.clientX;
    turn(by);
  });
  for (const name of ["who", "how", "landmarks"]) model.on(`change:${name}`, draw);
  draw();
}

export default { render };
