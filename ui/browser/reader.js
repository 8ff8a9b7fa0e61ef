// The report beside the chat: turns to a place and marks it; over the chat on a narrow screen.
export const WIDE = matchMedia("(min-width: 900px)");

let pending = null; // a place in a report that is being fetched
let choice = null; // the report that the visitor wanted to see, not one that was only cited
let cameFrom = null; // the citation that the focus goes back to
let trigger;

export const reader = () => document.querySelector(".rq-reader");

export function connect(element, tell, watch) {
  trigger = tell;
  const arrived = () => {
    document.documentElement.lang = document.querySelector(".rq-header").lang;
    const place = pending ?? addressed();
    if (!place || reader()?.dataset.report !== place.report) return;
    pending = null;
    turnTo(place);
  };
  watch("value", () => requestAnimationFrame(arrived));
  arrived();
}

const openReport = (report) => trigger("open", { report });

export function choose(report) {
  choice = report;
  openReport(report);
}

export const chosen = () => (reader()?.dataset.report === choice ? choice : null);

// The place that the page's own address names, once.
let opened = false;
function addressed() {
  const query = new URLSearchParams(location.search);
  if (opened || !query.get("report") || !reader()) return null;
  opened = true;
  choice = query.get("report");
  lay();
  return { report: query.get("report"), paragraph: query.get("paragraph"), focus: false };
}

export const placeOf = (link, focus) => ({
  report: link.dataset.report,
  paragraph: link.dataset.paragraph,
  start: Number(link.dataset.start || 0),
  end: Number(link.dataset.end || 0),
  figures: JSON.parse(link.dataset.figures || "[]"),
  quote: link.dataset.quote,
  focus,
});

export function turnTo(place) {
  const shown = reader();
  if (!shown) return void (pending = place);
  if (place.report && shown.dataset.report !== place.report) {
    pending = place;
    return openReport(place.report);
  }
  const paragraph = shown.querySelector(`#p-${Number(place.paragraph)}`);
  if (!paragraph) return;
  clearMarks();
  paragraph.classList.add("rq-shown");
  const body = paragraph.querySelector(".rq-body");
  scrollTo(markQuote(body, place) ?? paragraph);
  if (place.focus) paragraph.focus({ preventScroll: true });
}

export function scrollTo(target) {
  const pages = target.closest(".rq-pages");
  const offset = target.getBoundingClientRect().top - pages.getBoundingClientRect().top;
  pages.scrollTo({ top: pages.scrollTop + offset - pages.clientHeight / 4 });
}

// -- marking ---------------------------------------------------------------------

const lettersOf = (body) => Array.from(body.textContent); // offsets count code points, as in Python

function clearMarks() {
  for (const body of document.querySelectorAll(".rq-body:has(mark)")) {
    const letters = lettersOf(body);
    body.replaceChildren(...headed(body, letters, 0, letters.length));
  }
  for (const shown of document.querySelectorAll(".rq-shown")) shown.classList.remove("rq-shown");
}

// Mark the quote in its paragraph; a report that changed since may no longer have it there.
function markQuote(body, { start, end, figures, quote }) {
  const letters = lettersOf(body);
  if (!quote || letters.slice(start, end).join("") !== quote) return null;
  const mark = document.createElement("mark");
  mark.append(...dressed(letters, start, end, figures, "strong", "rq-figure"));
  body.replaceChildren(
    ...headed(body, letters, 0, start),
    mark,
    ...headed(body, letters, end, letters.length),
  );
  return mark;
}

const headed = (body, letters, from, to) =>
  dressed(letters, from, to, JSON.parse(body.dataset.headings || "[]"), "b");

// The text from one place to another, with an element around each span that lies within.
export function dressed(letters, from, to, spans, tag, className = "") {
  const nodes = [];
  let at = from;
  for (const [start, end] of spans) {
    if (start < at || end > to) continue;
    const element = document.createElement(tag);
    if (className) element.className = className;
    element.textContent = letters.slice(start, end).join("");
    nodes.push(letters.slice(at, start).join(""), element);
    at = end;
  }
  return [...nodes, letters.slice(at, to).join("")];
}

// -- over the chat, on a narrow screen -----------------------------------------------

export function lay() {
  if (WIDE.matches || document.body.classList.contains("rq-reading")) return;
  document.body.classList.add("rq-reading");
  history.pushState({ reading: true }, "");
}

export function close() {
  if (document.body.classList.contains("rq-reading")) history.back();
  else giveFocusBack();
}

function giveFocusBack() {
  if (cameFrom?.isConnected) cameFrom.focus();
  cameFrom = null;
}

addEventListener("popstate", () => {
  document.body.classList.remove("rq-reading");
  giveFocusBack();
});

// Follow a link to a place in a report.
export function follow(link) {
  if (link.matches(".rq-cite")) cameFrom = link;
  lay();
  turnTo(placeOf(link, true));
}
