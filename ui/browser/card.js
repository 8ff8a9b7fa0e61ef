// The card that quotes a citation's sentence, on hover and on focus.
import { dressed, placeOf } from "./reader.js";

const WAIT = 150; // milliseconds: the pointer may cross the gap between link and card
const GAP = 8; // pixels

const card = document.createElement("div");
card.id = "rq-card";
card.role = "tooltip";
card.hidden = true;

let shownFor = null;
let timer = 0;

function element(tag, className, ...content) {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...content);
  return made;
}

function show(link) {
  clearTimeout(timer);
  if (shownFor === link) return;
  shownFor?.removeAttribute("aria-describedby");
  shownFor = link;
  const { report, paragraph, start, end, figures, quote } = placeOf(link, false);
  const letters = [...Array(start).fill(""), ...quote]; // offsets are the paragraph's
  const where = [`${report} ¶${paragraph}`, link.dataset.section].filter(Boolean).join(" · ");
  card.replaceChildren(
    element("small", "", where),
    element("q", "", ...dressed(letters, start, end, figures, "strong", "rq-figure")),
  );
  document.querySelector("main").append(card);
  card.hidden = false;
  link.setAttribute("aria-describedby", card.id);
  place(link);
}

function place(link) {
  const [at, size] = [link.getBoundingClientRect(), card.getBoundingClientRect()];
  const left = Math.min(at.left, innerWidth - size.width - GAP);
  const below = at.bottom + GAP;
  const top = below + size.height < innerHeight ? below : at.top - size.height - GAP;
  Object.assign(card.style, { left: `${Math.max(GAP, left)}px`, top: `${Math.max(GAP, top)}px` });
}

export function hide() {
  clearTimeout(timer);
  card.hidden = true;
  shownFor?.removeAttribute("aria-describedby");
  shownFor = null;
}

const soon = (step) => {
  clearTimeout(timer);
  timer = setTimeout(step, WAIT);
};

const cited = (event) => event.target.closest?.("a.rq-cite");

document.addEventListener("pointerover", (event) => {
  if (event.pointerType === "touch") return; // a tap opens the reader
  if (card.contains(event.target)) clearTimeout(timer);
  else if (cited(event)) soon(() => show(cited(event)));
  else if (shownFor) soon(hide);
});
document.addEventListener("focusin", (event) => {
  const link = cited(event);
  if (link?.matches(":focus-visible")) show(link);
  else if (shownFor) hide();
});
document.addEventListener("scroll", () => shownFor && hide(), true);
