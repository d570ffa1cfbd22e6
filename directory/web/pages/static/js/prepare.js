// Prints the sheet and clears it. Nothing here sends or stores anything: what is typed lives in the page alone.

const fields = () => document.querySelectorAll(".prepare textarea");
const print = document.querySelector("[data-print]");
const clear = document.querySelector("[data-clear]");

print.hidden = false;
clear.hidden = false;
print.addEventListener("click", () => window.print());
clear.addEventListener("click", () => {
  for (const field of fields()) field.value = "";
  fields()[0].focus();
});
