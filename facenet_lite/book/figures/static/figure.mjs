// Draws the figures of a page: each with its own module, and a model that lives in the page.
class Model extends EventTarget {
  #state;
  constructor(state) {
    super();
    this.#state = { ...state };
  }
  get(name) {
    return this.#state[name];
  }
  set(name, value) {
    if (this.#state[name] === value) return;
    this.#state[name] = value;
    this.dispatchEvent(new CustomEvent(`change:${name}`, { detail: value }));
    this.dispatchEvent(new CustomEvent("change"));
  }
  on(name, listener) {
    this.addEventListener(name, listener);
  }
  off(name, listener) {
    this.removeEventListener(name, listener);
  }
  save_changes() {}
  send() {}
}

for (const el of document.querySelectorAll("[data-figure]")) {
  try {
    const { default: module } = await import(new URL(el.dataset.figure, import.meta.url));
    const model = new Model(JSON.parse(el.dataset.state));
    await module.initialize?.({ model });
    el.replaceChildren();
    await module.render({ model, el });
    el.dataset.ready = "true";
  } catch (error) {
    console.error(`figure ${el.dataset.figure}:`, error);
    el.append(" This figure could not be drawn.");
  }
}
