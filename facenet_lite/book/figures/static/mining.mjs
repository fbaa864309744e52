// A batch of points, and the triplets that a mining rule picks from it.
// An anywidget module and a figure of the page alike.

const RULES = ["batch_all", "batch_hard", "semi_hard", "all_semi_hard", "random_semi_hard", "easy_positive_semi_hard"];
const COLOURS = ["#0a8a9c", "#d1562b"];
const REACH = 1.12; // half the side of what is drawn

/** The squared distance of two points. */
export const distance = (u, v) => (u[0] - v[0]) ** 2 + (u[1] - v[1]) ** 2;

/** What a negative is, at this distance. */
export function kind(toPositive, toNegative, margin) {
  if (toNegative <= toPositive) return "hard";
  return toNegative < toPositive + margin ? "semi-hard" : "easy";
}

/** The other pictures of the anchor's person, by index. */
export const positives = (people, a) => [...people.keys()].filter((i) => people[i] === people[a] && i !== a);

/** The anchor's negatives, nearest first, ties by index: [index, distance]. */
export const ranked = (points, people, a) =>
  [...people.keys()].filter((i) => people[i] !== people[a]).map((i) => [i, distance(points[a], points[i])]).sort((s, t) => s[1] - t[1] || s[0] - t[0]);

/** Numbers from 0 to below 1 that a seed gives, one after the other. */
export function chances(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) / 4294967296;
  };
}

/** The triplets [anchor, positive, negative] that a rule picks, by anchor, then by positive. */
export function picks(rule, points, people, margin, seed) {
  const [found, chance] = [[], chances(seed)];
  people.forEach((_, a) => {
    const [friends, others] = [positives(people, a), ranked(points, people, a)];
    if (!friends.length || !others.length) return;
    const far = friends.map((p) => distance(points[a], points[p]));
    const one = (value) => friends[far.indexOf(value)];
    if (rule === "batch_hard") { found.push([a, one(Math.max(...far)), others[0][0]]); return; }
    const nearest = one(Math.min(...far));
    friends.forEach((p, i) => {
      if (rule === "batch_all") {
        for (const [n] of [...others].sort((s, t) => s[0] - t[0])) found.push([a, p, n]);
        return;
      }
      if (rule === "easy_positive_semi_hard" && p !== nearest) return;
      const band = others.filter(([, d]) => kind(far[i], d, margin) === "semi-hard");
      if (!band.length) return;
      let taken = band.slice(0, 1);
      if (rule === "all_semi_hard") taken = band;
      if (rule === "random_semi_hard") taken = [band[Math.floor(chance() * band.length)]];
      for (const [n] of taken) found.push([a, p, n]);
    });
  });
  return found;
}

/** How many of all valid triplets are hard, semi-hard and easy. */
export function census(points, people, margin) {
  const count = { hard: 0, "semi-hard": 0, easy: 0 };
  people.forEach((_, a) => {
    const others = ranked(points, people, a);
    for (const p of positives(people, a)) {
      for (const [, d] of others) count[kind(distance(points[a], points[p]), d, margin)] += 1;
    }
  });
  return count;
}

/** A letter for the person and a number for the picture: A1, A2, B1, ... */
export const names = (people) => people.map((who, i) => String.fromCharCode(65 + who) + (people.slice(0, i).filter((other) => other === who).length + 1));

const STYLE = `
  .mining-rules .controls { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .75rem; min-height: 2rem; }
  .mining-rules .controls input[type="range"] { flex: 1 1 5rem; min-width: 5rem; max-width: 16rem; }
  .mining-rules .value { flex: 0 0 2.6rem; font-variant-numeric: tabular-nums; }
  .mining-rules .stage { position: relative; max-width: 30rem; margin: .5rem 0; }
  .mining-rules svg { width: 100%; display: block; overflow: hidden; }
  .mining-rules .handle { position: absolute; width: 25px; height: 25px; min-height: 0; margin: -12.5px 0 0 -12.5px; padding: 0; border: 2px solid #111; border-radius: 50%; background: #fff; color: #111; font: 600 11px/1 sans-serif; }
  .mining-rules .handle[data-role="positive"], .mining-rules .handle[data-role="friend"] { border-color: #0a8a9c; border-width: 3px; }
  .mining-rules .handle[data-role="picked"] { border-color: #d1562b; border-width: 3px; }
  .mining-rules .handle[data-role="anchor"] { background: #111; color: #fff; box-shadow: 0 0 0 2px #fff; }
`;

let instances = 0;

function render({ model, el }) {
  // JupyterLab looks at the focused element alone: keys typed in the figure are its own.
  el.addEventListener("focusin", ({ target }) => (target.dataset.lmSuppressShortcuts = ""));
  const id = `mining-rules-${++instances}`;
  const [points, people] = [model.get("points"), model.get("people")];
  const called = names(people);
  el.classList.add("fl-figure");
  el.innerHTML = `
    <style>${STYLE}</style>
    <div class="mining-rules">
      <div class="controls"><label for="${id}-rule">Rule</label>
        <select id="${id}-rule" data-name="rule">${RULES.map((rule) => `<option>${rule}</option>`).join("")}</select>
        <button type="button" data-draw>Draw again</button></div>
      <div class="controls"><label for="${id}-margin">Margin</label>
        <input type="range" id="${id}-margin" min="0" max="1" step="0.05"><span class="value" aria-hidden="true"></span>
        <label for="${id}-positive">Band of</label><select id="${id}-positive" data-name="positive"></select></div>
      <div class="stage"><svg viewBox="${-REACH} ${-REACH} ${2 * REACH} ${2 * REACH}" role="img" aria-label="Lines from the anchor to what the rule picks, and around it the semi-hard band of one positive"><g></g></svg>
        <div role="group" aria-label="Points: choose the anchor">${called.map((name, i) => `<button type="button" class="handle" data-point="${i}">${name}</button>`).join("")}</div></div>
      <output aria-live="polite"></output>
    </div>`;
  const stage = el.querySelector("svg g");
  const handles = [...el.querySelectorAll(".handle")];
  const [rules, bands] = [...el.querySelectorAll("select")];
  const slider = el.querySelector("input");
  const again = el.querySelector("[data-draw]");
  const output = el.querySelector("output");
  handles.forEach((handle, i) => Object.assign(handle.style, { left: `${50 + (50 * points[i][0]) / REACH}%`, top: `${50 - (50 * points[i][1]) / REACH}%` }));
  const number = (count) => String(count).replace(/\B(?=(\d{3})+$)/g, ",");

  function drawing(mine, a, p, margin) {
    const [x, y] = [points[a][0], -points[a][1]];
    const inner = distance(points[a], points[p]);
    const [near, far] = [Math.sqrt(inner), Math.sqrt(inner + margin)];
    const ring = (r, dash) => `<circle cx="${x}" cy="${y}" r="${r}" fill="none" stroke="${COLOURS[0]}" stroke-width=".008" stroke-dasharray="${dash}"/>`;
    const band = `<circle cx="${x}" cy="${y}" r="${(near + far) / 2}" fill="none" stroke="${COLOURS[0]}" stroke-opacity=".18" stroke-width="${far - near}"/>${ring(near, "none")}${ring(far, ".03 .03")}`;
    const line = (to, colour, dash, width) => `<path d="M${x} ${y} L${points[to][0]} ${-points[to][1]}" stroke="${colour}" stroke-width="${width}" stroke-dasharray="${dash}"/>`;
    const wide = (other) => (mine.some((row) => row[1] === p && row[2] === other) ? 0.025 : 0.01);
    const to = (place) => [...new Set(mine.map((row) => row[place]))];
    return band + to(1).map((i) => line(i, COLOURS[0], "none", i === p ? 0.025 : 0.01)).join("") + to(2).map((i) => line(i, COLOURS[1], ".05 .03", wide(i))).join("");
  }

  function draw() {
    const [rule, margin, a, p] = ["rule", "margin", "anchor", "positive"].map((name) => model.get(name));
    const found = picks(rule, points, people, margin, model.get("seed"));
    const mine = found.filter((row) => row[0] === a);
    const friends = positives(people, a);
    stage.innerHTML = friends.length ? drawing(mine, a, p, margin) : "";
    bands.innerHTML = friends.map((i) => `<option value="${i}">${called[i]}</option>`).join("");
    bands.value = p;
    bands.disabled = friends.length === 0;
    rules.value = rule;
    again.hidden = rule !== "random_semi_hard";
    slider.value = margin;
    slider.nextElementSibling.textContent = margin.toFixed(2);
    slider.setAttribute("aria-valuetext", margin.toFixed(2));
    handles.forEach((handle, i) => {
      const friend = i === p ? "positive" : "friend";
      const role = i === a ? "anchor" : friends.includes(i) ? friend : mine.some((row) => row[2] === i) ? "picked" : "";
      handle.dataset.role = role;
      handle.tabIndex = i === a ? 0 : -1;
      handle.setAttribute("aria-pressed", String(i === a));
      handle.setAttribute("aria-label", `${called[i]}${role ? `, ${role}` : ""}`);
    });
    const all = census(points, people, margin);
    const total = all.hard + all["semi-hard"] + all.easy;
    const some = (rows) => `${number(rows.length)} triplet${rows.length === 1 ? "" : "s"}`;
    let text = `${rule} picks ${some(found)} of ${number(total)}: of all, ${number(all.hard)} are hard, ${number(all["semi-hard"])} semi-hard, ${number(all.easy)} easy. ${called[a]} is the anchor of ${number(mine.length)}.`;
    if (friends.length) {
      const inner = distance(points[a], points[p]);
      const negatives = mine.filter((row) => row[1] === p).map((row) => row[2]);
      const described = negatives.slice(0, 3).map((n) => `${called[n]} at ${distance(points[a], points[n]).toFixed(2)} (${kind(inner, distance(points[a], points[n]), margin)})`);
      const rest = negatives.length > 3 ? ` and ${negatives.length - 3} more` : "";
      text += ` With ${called[p]} at ${inner.toFixed(2)}: ${described.join(", ") || "no negative"}${rest}.`;
    }
    output.textContent = text;
    Object.assign(output.dataset, { triplets: found.length, anchor: mine.length });
  }

  const change = (name, value) => { model.set(name, value); model.save_changes(); };
  const choose = (a) => {
    const friends = positives(people, a);
    if (friends.length && !friends.includes(model.get("positive"))) model.set("positive", friends[0]);
    change("anchor", a);
  };
  handles.forEach((handle, i) => {
    handle.addEventListener("click", () => choose(i));
    handle.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const next = (i + step + handles.length) % handles.length;
      choose(next);
      handles[next].focus();
    });
  });
  rules.addEventListener("change", () => change("rule", rules.value));
  bands.addEventListener("change", () => change("positive", Number(bands.value)));
  slider.addEventListener("input", () => change("margin", Number(slider.value)));
  again.addEventListener("click", () => change("seed", model.get("seed") + 1));
  for (const name of ["rule", "margin", "anchor", "positive", "seed"]) model.on(`change:${name}`, draw);
  draw();
}

export default { render };
