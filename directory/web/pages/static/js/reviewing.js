// Shortcuts for reviewers. They can be turned off (WCAG 2.1.4) and never act while a field is typed in.

const KEPT = "shortcuts-off";
const box = document.querySelector("[data-shortcuts]");
const links = [...document.querySelectorAll("[data-queue] a")];

// Where storage is forbidden the choice holds for this page only.
const stored = (use) => {
  try {
    return use(localStorage);
  } catch {
    return null;
  }
};

box.checked = stored((kept) => kept.getItem(KEPT)) === null;
box.addEventListener("change", () => {
  stored((kept) => (box.checked ? kept.removeItem(KEPT) : kept.setItem(KEPT, "1")));
});

const move = (by) => {
  const here = links.indexOf(document.activeElement);
  const next = here < 0 ? (by > 0 ? 0 : links.length - 1) : here + by;
  links[Math.min(Math.max(next, 0), links.length - 1)]?.focus();
};

const act = {
  j: () => move(1),
  k: () => move(-1),
  q: () => location.assign("/review"),
  "?": () => {
    const list = document.querySelector(".shortcuts");
    list.open = true;
    list.querySelector("summary").focus();
  },
};

document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("textarea, select, input:not([type=radio], [type=checkbox])");
  if (!box.checked || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!target && !act[event.key]) return;
  event.preventDefault();
  if (target) target.focus();
  else act[event.key]();
});
