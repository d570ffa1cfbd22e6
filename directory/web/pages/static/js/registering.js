// Saves a step while it is typed, looks numbers up, and filters long lists. Without this file every step works with
// its buttons.

const PAUSE_MS = 1500;
const PATIENCE_MS = 15000;
const NPI = /^[0-9]{10}$/;

class Draft {
  constructor(form) {
    this.form = form;
    this.status = form.querySelector("[data-autosaved]");
    this.timer = 0;
    this.sending = Promise.resolve();
    this.busy = false;
    this.left = false;
    this.unsaved = false;
    // Leaving by a link or the browser's own buttons, before the pause is over.
    addEventListener("beforeunload", (event) => {
      if (this.unsaved && !this.left) event.preventDefault();
    });
    form.addEventListener("input", (event) => this.changed(event.target));
    form.addEventListener("submit", (event) => this.leave(event));
  }

  changed(input) {
    clearTimeout(this.timer);
    this.unsaved = true;
    if (input.hasAttribute("data-look-up") && NPI.test(input.value.trim())) this.inTurn(() => this.lookUp(input));
    else this.timer = setTimeout(() => this.inTurn(() => this.save()), PAUSE_MS);
  }

  // One request at a time: each carries the version that the one before it made.
  inTurn(send) {
    const unreachable = () => this.say("Not saved: no connection. It is tried again with the next change.");
    const one = async () => {
      if (this.left) return;
      this.busy = true;
      await send().catch(() => {
        this.unsaved = true;
        unreachable();
      });
      this.busy = false;
    };
    this.sending = this.sending.then(one);
  }

  leave(event) {
    clearTimeout(this.timer);
    this.left = true;
    if (!this.busy) return;
    event.preventDefault();
    // A form is not submitted within its own submit event, of which a promise that is settled would still be part.
    this.sending.finally(() => setTimeout(() => this.form.requestSubmit(event.submitter)));
  }

  send(action) {
    const body = new URLSearchParams(new FormData(this.form));
    body.set("do", action);
    return fetch(this.form.action, { method: "POST", body, signal: AbortSignal.timeout(PATIENCE_MS) });
  }

  say(text) {
    this.status.textContent = text;
  }

  async save() {
    this.unsaved = false;
    const answer = await this.send("autosave");
    if (!answer.ok) return this.refused(answer.status);
    this.form.elements.version.value = (await answer.json()).version;
    this.say("Saved.");
  }

  async lookUp(input) {
    this.unsaved = false;
    const answer = await this.send(input.dataset.lookUp);
    if (!answer.ok) return this.refused(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    this.form.elements.version.value = page.querySelector("form[data-autosave] [name=version]").value;
    for (const place of this.form.querySelectorAll("[data-found]")) {
      const found = page.querySelector(`[data-found="${place.dataset.found}"]`);
      place.replaceChildren(...(found ? found.childNodes : []));
    }
    const name = this.form.elements.namedItem("name");
    if (name && !name.value) name.value = page.querySelector("#name").value;
    this.say("Saved.");
  }

  refused(status) {
    this.unsaved = true;
    if (status === 401) this.say("You were signed out. Sign in in another tab, then go on here: nothing is lost.");
    else if (status === 409) this.say("This step was changed in another window. Press Save to see both.");
    else this.say("Not saved: press Save.");
  }
}

for (const form of document.querySelectorAll("form[data-autosave]")) new Draft(form);

// A page that the browser kept as it was left holds an old version.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

for (const details of document.querySelectorAll(".checks details")) {
  const list = details.querySelector(".checks__list");
  const label = document.createElement("label");
  const input = document.createElement("input");
  input.type = "search";
  label.className = "checks__filter field";
  label.append("Show only those with ", input);
  list.before(label);
  input.addEventListener("input", (event) => {
    event.stopPropagation();
    const wanted = input.value.trim().toLocaleLowerCase();
    for (const choice of list.children) {
      const ticked = choice.querySelector("input").checked;
      choice.hidden = !ticked && !choice.textContent.toLocaleLowerCase().includes(wanted);
    }
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
}
