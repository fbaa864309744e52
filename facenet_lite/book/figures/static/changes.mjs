// A face that is changed more and more, and how far its embedding moves.
const LEFT = 16, RIGHT = 504, FAR = 0.6;
const x = (distance) => LEFT + (Math.min(distance, FAR) / FAR) * (RIGHT - LEFT);

function render({ model, el }) {
  // JupyterLab looks at the focused element alone: keys typed in the figure are its own.
  el.addEventListener("focusin", ({ target }) => (target.dataset.lmSuppressShortcuts = ""));
  const changes = model.get("changes");
  const threshold = model.get("threshold");
  const stranger = model.get("stranger");
  const root = document.createElement("div");
  root.className = "fl-figure";
  root.innerHTML = `
    <label>change <select></select></label>
    <label>strength <input type="range" min="0" step="1"></label>
    <img alt="" width="176" height="176" style="display:block;margin:.5rem 0;object-fit:contain;background:#7f7f7f">
    <svg viewBox="0 0 520 74" role="img" aria-label="distance to the original on a line from 0 to ${FAR}">
      <g fill="none" stroke="currentColor"><path d="M${LEFT} 36H${RIGHT}"/>
        <path d="M${LEFT} 32v8M${x(0.2)} 32v8M${x(0.4)} 32v8M${RIGHT} 32v8"/>
        <path d="M${x(threshold)} 14v36" stroke="#d1562b" stroke-width="3"/>
        <path d="M${x(stranger)} 14v36" stroke="#7c6fd6" stroke-width="3" stroke-dasharray="5 3"/></g>
      <g fill="currentColor" font-size="13" text-anchor="middle" font-family="sans-serif">
        <text x="${LEFT + 4}" y="66">0</text><text x="${x(0.2)}" y="66">0.2</text>
        <text x="${x(0.4)}" y="66">0.4</text><text x="${RIGHT - 8}" y="66">0.6</text>
        <text x="${x(threshold) - 4}" y="10" text-anchor="end">threshold ${threshold.toFixed(2)}</text>
        <text x="${x(stranger) + 4}" y="10" text-anchor="start">another person</text></g>
      <circle cy="36" r="8" fill="#0a8a9c" stroke="#fff" stroke-width="2"/>
    </svg>
    <output aria-live="polite"></output>`;
  const select = root.querySelector("select");
  const input = root.querySelector("input");
  for (const { name } of changes) select.add(new Option(name, name));

  const draw = () => {
    const change = changes.find(({ name }) => name === model.get("change"));
    const step = change.steps[Math.min(model.get("level"), change.steps.length - 1)];
    const { level, distance, picture } = step;
    const words = `${level} ${change.unit}`;
    select.value = change.name;
    input.max = change.steps.length - 1;
    input.value = model.get("level");
    input.setAttribute("aria-valuetext", words);
    const image = root.querySelector("img");
    image.src = picture;
    image.alt = `The face after the change: ${words}`;
    const dot = root.querySelector("circle");
    dot.style.display = distance === null ? "none" : "";
    if (distance !== null) dot.setAttribute("cx", x(distance));
    root.querySelector("output").textContent =
      distance === null
        ? `${words}: no face found, so there is no embedding`
        : `${words}: squared distance ${distance.toFixed(3)}, ${distance <= threshold ? "still" : "no longer"} the same person`;
  };
  select.addEventListener("change", () => {
    model.set("level", 0);
    model.set("change", select.value);
    model.save_changes();
  });
  input.addEventListener("input", () => {
    model.set("level", Number(input.value));
    model.save_changes();
  });
  model.on("change:change", draw);
  model.on("change:level", draw);
  el.append(root);
  draw();
}

export default { render };
