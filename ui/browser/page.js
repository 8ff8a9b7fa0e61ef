// What the page does in the browser. It writes text only, never markup.
// Each part of the page that the server fills is handed here once it is there.
import * as card from "./card.js";
import * as talk from "./chat.js";
import * as facts from "./figures.js";
import { find, step } from "./find.js";
import * as report from "./reader.js";
import * as theme from "./theme.js";

export { connect as chat } from "./chat.js";
export { connect as figures } from "./figures.js";

export function reader(element, tell, watch) {
  report.connect(element, tell, watch);
  theme.show();
}

export function composer(element) {
  element.querySelector("#send").disabled = false;
}

const CLICKS = {
  read: report.lay,
  close: report.close,
  up: () => step(-1),
  down: () => step(1),
  dark: theme.change,
  sort: facts.sortBy,
  csv: facts.saveTable,
  save: facts.saveCsv,
  png: facts.savePlot,
  begin: talk.begin,
  forget: talk.forget,
  stop: talk.stop,
};

const CHANGES = {
  conversations: talk.choose,
  plot: facts.plot,
  report: (chooser) => report.choose(chooser.value),
  facts: (chooser) => facts.openReport(chooser.value),
};

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a new tab, by the link's address
  const link = event.target.closest("a.rq-cite, a.rq-jump");
  if (link) {
    event.preventDefault();
    card.hide();
    return report.follow(link);
  }
  const button = event.target.closest("button[data-page]");
  CLICKS[button?.dataset.page]?.(button);
});

document.addEventListener("change", (event) => CHANGES[event.target.dataset.page]?.(event.target));

document.addEventListener("input", (event) => {
  if (event.target.matches("[data-page=find]")) find(event.target.value.trim());
  if (event.target.matches("[data-page=filter]")) facts.filter(event.target.value);
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-page=ask]")) return;
  event.preventDefault();
  talk.ask();
});

document.addEventListener("keydown", (event) => {
  if (event.isComposing) return; // Enter chooses a word of the input method
  if (event.key === "Escape") {
    card.hide();
    report.close();
  }
  if (event.key !== "Enter") return;
  if (event.target.matches("[data-page=find]")) step(event.shiftKey ? -1 : 1);
  if (event.target.matches(".rq-composer textarea") && !event.shiftKey) {
    event.preventDefault();
    talk.ask();
  }
});
