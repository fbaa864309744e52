// Five landmarks that the reader drags, and the crop that follows.
// An anywidget module and a figure of the page alike.

const COLOURS = ["#0a8a9c", "#d1562b"];

/** The least-squares similarity [a, b, tx, ty]: x' = a x - b y + tx, y' = b x + a y + ty. */
export function similarity(points, targets) {
  const mean = (rows, i) => rows.reduce((sum, row) => sum + row[i], 0) / rows.length;
  const [mx, my, mu, mv] = [mean(points, 0), mean(points, 1), mean(targets, 0), mean(targets, 1)];
  let [along, across, spread] = [0, 0, 0];
  points.forEach(([px, py], i) => {
    const [x, y, u, v] = [px - mx, py - my, targets[i][0] - mu, targets[i][1] - mv];
    along += x * u + y * v; across += x * v - y * u; spread += x * x + y * y;
  });
  if (spread < 1e-9) return null;
  const [a, b] = [along / spread, across / spread];
  if (a * a + b * b < 1e-9) return null;
  return [a, b, mu - (a * mx - b * my), mv - (b * mx + a * my)];
}

/** Where a similarity takes a point. */
export const move = ([a, b, tx, ty], [x, y]) => [a * x - b * y + tx, b * x + a * y + ty];

/** A turn by so many degrees, counter-clockwise on the screen, about the middle of a picture. */
export function turned(degrees, side) {
  const [a, b, c] = [Math.cos(-degrees * Math.PI / 180), Math.sin(-degrees * Math.PI / 180), (side - 1) / 2];
  return [a, b, c - (a * c - b * c), c - (b * c + a * c)];
}

/** The other way round. */
export function inverse([a, b, tx, ty]) {
  const n = a * a + b * b;
  const [c, d] = [a / n, -b / n];
  return [c, d, -(c * tx - d * ty), -(d * tx + c * ty)];
}

/** The transform of one way, from landmarks and the box's corners, for a crop of size pixels. */
export function transform(way, points, box, template, size, margin) {
  const places = template.map((row) => row.map((v) => ((v + margin) / (1 + 2 * margin)) * size - 0.5));
  const middle = (rows, i, j) => [(rows[i][0] + rows[j][0]) / 2, (rows[i][1] + rows[j][1]) / 2];
  if (way === "eyes only") {
    const eyes = (rows) => [middle(rows, 0, 1), middle(rows, 2, 3)];
    return similarity(eyes(points), eyes(places));
  }
  if (way === "least squares") return similarity(points, places);
  // The box is as wide as the template's square is without its margin.
  const scale = size / ((1 + 2 * margin) * (box[2] - box[0]));
  const centre = [(box[0] + box[2]) / 2 - 0.5, (box[1] + box[3]) / 2 - 0.5];
  return [scale, 0, size / 2 - 0.5 - scale * centre[0], size / 2 - 0.5 - scale * centre[1]];
}

const STYLE = `
  .drag-landmarks .columns { display: flex; flex-wrap: wrap; gap: .75rem 1.5rem; align-items: flex-start; margin: .5rem 0; }
  .drag-landmarks .stage { position: relative; flex: 1 1 17rem; max-width: 24rem; }
  .drag-landmarks .result { flex: 1 1 12rem; max-width: 16rem; }
  .drag-landmarks canvas { width: 100%; touch-action: manipulation; }
  .drag-landmarks .handle { position: absolute; width: 24px; height: 24px; min-height: 0; margin: -12px 0 0 -12px; padding: 0; border: 0; border-radius: 50%; background: transparent; cursor: grab; touch-action: none; }
  .drag-landmarks .handle::after { content: ""; position: absolute; inset: 6px; border-radius: 50%; background: #ffd400; border: 2px solid #111; }
  .drag-landmarks .controls { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .75rem; min-height: 2rem; }
  .drag-landmarks .controls input[type="range"] { flex: 1 1 5rem; min-width: 5rem; }
  .drag-landmarks .value { flex: 0 0 2.6rem; text-align: right; font-variant-numeric: tabular-nums; }
  .drag-landmarks p { margin: .2rem 0; }
`;

let instances = 0;

async function render({ model, el }) {
  // JupyterLab looks at the focused element alone: keys typed in the figure are its own.
  el.addEventListener("focusin", ({ target }) => (target.dataset.lmSuppressShortcuts = ""));
  const id = `drag-landmarks-${++instances}`;
  const [side, size, names, template] = ["side", "size", "names", "template"].map((name) => model.get(name));
  const [wide, deep] = [2 * side, 3 * size]; // canvases finer than the page needs
  el.classList.add("fl-figure");
  el.innerHTML = `
    <style>${STYLE}</style>
    <div class="drag-landmarks">
      <div class="controls"><label for="${id}-way">Align by</label>
        <select id="${id}-way"><option>least squares</option><option>eyes only</option><option>box</option></select>
        <button type="button" data-reset>Put the landmarks back</button></div>
      <div class="controls"><label for="${id}-turn">Turn the picture</label>
        <input type="range" id="${id}-turn" data-name="turn" min="-180" max="180" step="5"><span class="value" aria-hidden="true"></span></div>
      <div class="controls"><label for="${id}-margin">Crop margin</label>
        <input type="range" id="${id}-margin" data-name="crop_margin" min="0" max="1" step="0.05"><span class="value" aria-hidden="true"></span></div>
      <div class="columns">
        <div class="stage"><canvas width="${wide}" height="${wide}" role="img" aria-label="The portrait with its landmarks and the square that becomes the crop"></canvas>
          ${names.map((name, i) => `<button type="button" class="handle" data-point="${i}"></button>`).join("")}</div>
        <div class="result"><canvas width="${deep}" height="${deep}" role="img" aria-label="The crop, with a ring where the template wants each landmark and a dot where it has come to lie"></canvas>
          <p>Ring: the template. Dot: the landmark.</p></div>
      </div>
      <output aria-live="polite"></output>
    </div>`;
  const [stage, result] = [...el.querySelectorAll("canvas")];
  const handles = [...el.querySelectorAll(".handle")];
  const output = el.querySelector("output");
  const select = el.querySelector("select");
  const photo = new Image();
  photo.src = model.get("picture");
  await photo.decode();

  // A similarity between pixels' centres, as a canvas of so many pixels a pixel wants it.
  const paint = (canvas, [a, b, tx, ty], unit) => {
    const context = canvas.getContext("2d");
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = "#000";
    context.fillRect(0, 0, canvas.width, canvas.height);
    const shift = [tx + 0.5 - 0.5 * (a - b), ty + 0.5 - 0.5 * (a + b)];
    context.setTransform(a * unit, b * unit, -b * unit, a * unit, shift[0] * unit, shift[1] * unit);
    context.imageSmoothingQuality = "high";
    context.drawImage(photo, 0, 0, side, side);
    context.setTransform(1, 0, 0, 1, 0, 0);
    return context;
  };
  const compose = (m, n) => {
    const [x, y] = move(m, [n[2], n[3]]);
    return [m[0] * n[0] - m[1] * n[1], m[1] * n[0] + m[0] * n[1], x, y];
  };
  const outline = (context, corners, colour, dash) => {
    for (const [stroke, width] of [["#fff", 7], [colour, 4]]) {
      Object.assign(context, { strokeStyle: stroke, lineWidth: width });
      context.setLineDash(dash);
      context.beginPath();
      corners.forEach(([x, y], i) => context[i ? "lineTo" : "moveTo"]((x + 0.5) * 2, (y + 0.5) * 2));
      context.closePath();
      context.stroke();
    }
    context.setLineDash([]);
  };

  function draw() {
    const [way, margin] = [model.get("way"), model.get("crop_margin")];
    const spin = turned(model.get("turn"), side);
    const points = model.get("points").map((point) => move(spin, point));
    // A detector's box stays upright: only its middle turns with the picture.
    const box = model.get("box");
    const half = (box[2] - box[0]) / 2;
    const [cx, cy] = move(spin, [(box[0] + box[2]) / 2 - 0.5, (box[1] + box[3]) / 2 - 0.5]);
    const upright = [cx + 0.5 - half, cy + 0.5 - half, cx + 0.5 + half, cy + 0.5 + half];
    const matrix = transform(way, points, upright, template, size, margin);
    const context = paint(stage, spin, 2);
    handles.forEach((handle, i) => {
      const [x, y] = points[i];
      Object.assign(handle.style, { left: `${(100 * (x + 0.5)) / side}%`, top: `${(100 * (y + 0.5)) / side}%` });
      handle.setAttribute("aria-label", `${names[i]}, at ${Math.round(x)}, ${Math.round(y)}; arrow keys move it`);
    });
    select.value = way;
    for (const input of el.querySelectorAll("input")) {
      input.value = model.get(input.dataset.name);
      const text = input.dataset.name === "turn" ? `${model.get("turn")}°`.replace("-", "−") : margin.toFixed(2);
      input.nextElementSibling.textContent = text;
      input.setAttribute("aria-valuetext", text);
    }
    if (!matrix) {
      output.textContent = "These points fix no transform: no rotation fits them better than another.";
      output.dataset.error = "";
      return;
    }
    const back = inverse(matrix);
    const edge = [[-0.5, -0.5], [size - 0.5, -0.5], [size - 0.5, size - 0.5], [-0.5, size - 0.5]];
    outline(context, edge.map((corner) => move(back, corner)), COLOURS[0], []);
    const crop = paint(result, compose(matrix, spin), 3);
    let squares = 0;
    points.forEach((point, i) => {
      const place = template[i].map((v) => ((v + margin) / (1 + 2 * margin)) * size - 0.5);
      const [x, y] = move(matrix, point);
      squares += (x - place[0]) ** 2 + (y - place[1]) ** 2;
      const at = (v) => (v + 0.5) * 3;
      for (const [stroke, width] of [["#111", 7], ["#fff", 3]]) {
        Object.assign(crop, { strokeStyle: stroke, lineWidth: width });
        crop.beginPath();
        crop.arc(at(place[0]), at(place[1]), 11, 0, 7);
        crop.moveTo(at(place[0]), at(place[1]));
        crop.lineTo(at(x), at(y));
        crop.stroke();
      }
      crop.fillStyle = "#ffd400";
      crop.beginPath();
      crop.arc(at(x), at(y), 7, 0, 7);
      crop.fill();
      Object.assign(crop, { strokeStyle: "#111", lineWidth: 2 });
      crop.stroke();
    });
    const error = Math.sqrt(squares / points.length);
    const angle = (Math.atan2(-matrix[1], matrix[0]) * 180) / Math.PI;
    output.textContent = `Turned by ${angle.toFixed(1).replace("-", "−")}°, scaled by ${Math.hypot(matrix[0], matrix[1]).toFixed(2)}; `
      + `root mean square distance to the template: ${error.toFixed(1)} of ${size} pixels.`;
    Object.assign(output.dataset, { error: error.toFixed(4), angle: angle.toFixed(4) });
  }

  const put = (number, [x, y]) => {
    const inside = (v) => Math.min(side - 1, Math.max(0, v));
    const back = move(inverse(turned(model.get("turn"), side)), [inside(x), inside(y)]);
    model.set("points", model.get("points").map((point, i) => (i === number ? back : point)));
    model.save_changes();
  };
  handles.forEach((handle, number) => {
    const at = () => move(turned(model.get("turn"), side), model.get("points")[number]);
    let grip = null;
    const where = ({ clientX, clientY }) => {
      const { left, top, width } = stage.getBoundingClientRect();
      return [((clientX - left) * side) / width - 0.5, ((clientY - top) * side) / width - 0.5];
    };
    handle.addEventListener("pointerdown", (event) => {
      const [[x, y], [px, py]] = [at(), where(event)];
      grip = [x - px, y - py];
      handle.setPointerCapture(event.pointerId);
    });
    handle.addEventListener("pointermove", (event) => {
      if (!grip) return;
      const [px, py] = where(event);
      put(number, [px + grip[0], py + grip[1]]);
    });
    for (const end of ["pointerup", "pointercancel"]) handle.addEventListener(end, () => { grip = null; });
    handle.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (!step) return;
      event.preventDefault();
      const far = event.shiftKey ? 8 : 1;
      const [x, y] = at();
      put(number, [x + far * step[0], y + far * step[1]]);
    });
  });
  const change = (name, value) => { model.set(name, value); model.save_changes(); };
  select.addEventListener("change", () => change("way", select.value));
  for (const input of el.querySelectorAll("input")) {
    input.addEventListener("input", () => change(input.dataset.name, Number(input.value)));
  }
  el.querySelector("[data-reset]").addEventListener("click", () => change("points", model.get("start")));
  for (const name of ["points", "way", "turn", "crop_margin"]) model.on(`change:${name}`, draw);
  draw();
}

export default { render };
