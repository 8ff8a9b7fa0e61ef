// Dark or light: as the system has it, until the visitor chooses.
const KEY = "rq-theme";

export function show() {
  const chosen = localStorage.getItem(KEY);
  if (chosen) document.body.classList.toggle("dark", chosen === "dark");
  const dark = document.body.classList.contains("dark");
  document.querySelector("[data-page=dark]")?.setAttribute("aria-pressed", String(dark));
}

export function change() {
  localStorage.setItem(KEY, document.body.classList.contains("dark") ? "light" : "dark");
  show();
}
