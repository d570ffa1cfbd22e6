// Saves a step while it is typed, and filters long lists. Without this file every step works with its buttons.

const PAUSE_MS = 3000;

for (const form of document.querySelectorAll("form[data-autosave]")) {
  const status = form.querySelector("[data-autosaved]");
  let timer = 0;
  let leaving = false;

  const save = async () => {
    if (leaving) return;
    const body = new FormData(form);
    body.set("do", "autosave");
    let answer;
    try {
      answer = await fetch(form.action, { method: "POST", body, redirect: "error" });
    } catch {
      status.textContent = "Not saved: no connection. It is tried again with the next change.";
      return;
    }
    if (answer.ok) {
      form.elements.version.value = (await answer.json()).version;
      status.textContent = "Saved.";
    } else if (answer.status === 401) {
      status.textContent = "You were signed out. Sign in in another tab, then go on here: nothing is lost.";
    } else if (answer.status === 409) {
      status.textContent = "This step was changed in another window. Press Save to see both.";
    } else {
      status.textContent = "Not saved: press Save.";
    }
  };

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE_MS);
  });
  form.addEventListener("submit", () => {
    leaving = true;
    clearTimeout(timer);
  });
}

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
