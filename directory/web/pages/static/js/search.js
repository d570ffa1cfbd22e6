// Makes the two boxes better: suggestions as one types (ARIA combobox with list autocomplete), and "use my position".
// Without this file both are plain boxes of a plain form.

const DELAY_MS = 140;

class Combobox {
  constructor(field, form) {
    this.kinds = field.dataset.combobox;
    this.form = form;
    this.input = field.querySelector("input[type=text]");
    this.options = [];
    this.active = -1;
    this.labels = JSON.parse(form.dataset.kinds);
    this.list = this.makeList(field);
    this.status = this.makeStatus(field);
    this.describe();
    this.listen();
  }

  makeList(field) {
    const list = document.createElement("ul");
    list.className = "suggestions";
    list.id = `${this.input.id}-suggestions`;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", field.querySelector("label").textContent);
    list.hidden = true;
    this.input.closest(".search__box").after(list);
    return list;
  }

  makeStatus(field) {
    const status = document.createElement("p");
    status.className = "visually-hidden";
    status.setAttribute("role", "status");
    field.append(status);
    return status;
  }

  describe() {
    this.input.setAttribute("role", "combobox");
    this.input.setAttribute("aria-autocomplete", "list");
    this.input.setAttribute("aria-controls", this.list.id);
    this.input.setAttribute("aria-expanded", "false");
  }

  listen() {
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("keydown", (event) => this.pressed(event));
    this.input.addEventListener("blur", () => this.close());
    // Without this the box loses the focus, and the list closes, before the click arrives.
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.clicked(event));
  }

  typed() {
    clearTimeout(this.timer);
    this.asking?.abort();
    if (this.input.value.trim().length < 2) {
      this.close();
      return;
    }
    this.timer = setTimeout(() => this.ask(this.input.value), DELAY_MS);
  }

  async ask(text) {
    this.asking = new AbortController();
    const query = new URLSearchParams({ q: text.slice(0, 100), kinds: this.kinds, lang: this.form.dataset.lang });
    try {
      const answer = await fetch(`${this.form.dataset.suggest}?${query}`, { signal: this.asking.signal });
      if (answer.ok && document.activeElement === this.input) this.show((await answer.json()).suggestions);
      else this.close();
    } catch {
      this.close();
    }
  }

  show(options) {
    this.options = options;
    this.active = -1;
    this.list.replaceChildren(...options.map((option, index) => this.row(option, index)));
    this.list.hidden = options.length === 0;
    this.input.setAttribute("aria-expanded", String(options.length > 0));
    this.input.removeAttribute("aria-activedescendant");
    const words = options.length ? this.form.dataset.count.replace("{n}", options.length) : this.form.dataset.none;
    this.status.textContent = words;
  }

  row(option, index) {
    const row = document.createElement("li");
    row.id = `${this.list.id}-${index}`;
    row.dataset.index = index;
    row.setAttribute("role", "option");
    row.setAttribute("aria-selected", "false");
    const name = document.createElement("span");
    name.textContent = option.label;
    row.append(name);
    if (option.kind !== "place") {
      const detail = document.createElement("small");
      detail.textContent = [this.labels[option.kind], option.detail].filter(Boolean).join(", ");
      row.append(detail);
    }
    return row;
  }

  pressed(event) {
    const open = !this.list.hidden;
    if (event.key === "ArrowDown" && !open && this.input.value.trim().length > 1) this.ask(this.input.value);
    else if (event.key === "ArrowDown" && open) this.move(1);
    else if (event.key === "ArrowUp" && open) this.move(-1);
    else if (event.key === "Escape" && open) this.close();
    else if (event.key === "Enter" && open && this.active >= 0) this.choose(this.active);
    else return;
    event.preventDefault();
  }

  move(step) {
    const count = this.options.length;
    this.active = this.active < 0 && step < 0 ? count - 1 : (this.active + step + count) % count;
    [...this.list.children].forEach((row, index) => row.setAttribute("aria-selected", String(index === this.active)));
    const row = this.list.children[this.active];
    this.input.setAttribute("aria-activedescendant", row.id);
    row.scrollIntoView({ block: "nearest" });
  }

  clicked(event) {
    const row = event.target.closest("[role=option]");
    if (row) this.choose(Number(row.dataset.index));
  }

  choose(index) {
    this.input.value = this.options[index].label;
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
    this.close();
    this.status.textContent = this.input.value;
  }

  close() {
    clearTimeout(this.timer);
    this.list.hidden = true;
    this.active = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}

class NearMe {
  constructor(button, form) {
    this.button = button;
    this.form = form;
    this.near = form.querySelector("#near");
    this.status = form.querySelector("#near-status");
    button.hidden = false;
    button.addEventListener("click", () => this.ask());
    for (const event of ["input", "change"]) this.near.addEventListener(event, () => this.forget());
  }

  ask() {
    this.status.textContent = this.status.dataset.looking;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => this.found(coords),
      () => this.say("denied"),
      { maximumAge: 600000, timeout: 10000 },
    );
  }

  found({ latitude, longitude }) {
    this.forget();
    this.near.value = "";
    // Two decimals are about half a mile: enough to search, too little to show a home.
    this.keep("lat", latitude.toFixed(2));
    this.keep("lon", longitude.toFixed(2));
    this.say("done");
  }

  keep(name, value) {
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name, value });
    input.dataset.position = "";
    this.form.append(input);
  }

  forget() {
    this.form.querySelectorAll("[data-position]").forEach((input) => input.remove());
    this.status.textContent = "";
  }

  say(what) {
    this.status.textContent = this.status.dataset[what];
  }
}

for (const form of document.querySelectorAll("form.search")) {
  for (const field of form.querySelectorAll("[data-combobox]")) new Combobox(field, form);
  const button = form.querySelector("[data-near-me]");
  if (button && "geolocation" in navigator) new NearMe(button, form);
}
