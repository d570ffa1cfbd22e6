// "None of these" and the other answers exclude one another as one ticks; the server holds to it without this too.

for (const box of document.querySelectorAll(".answers input[type=checkbox]")) {
  box.addEventListener("change", () => {
    if (!box.checked) return;
    const alone = "exclusive" in box.dataset;
    for (const other of box.form.elements[box.name]) {
      if (other !== box && (alone || "exclusive" in other.dataset)) other.checked = false;
    }
  });
}
