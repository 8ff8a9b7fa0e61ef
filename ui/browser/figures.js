// The table of figures: filter, sort, choose what is drawn, save as CSV and PNG.
let trigger;

const MOST_DRAWN = 12;
const all = (selector) => [...document.querySelectorAll(`#figures ${selector}`)];
const rows = () => all("tbody tr");

export function connect(element, tell) {
  trigger = tell;
}

export const openReport = (report) => trigger("draw", { report });

// -- filtering and drawing -------------------------------------------------------

export function filter(words) {
  const wanted = words.split(/\s+/).filter(Boolean);
  for (const row of rows())
    row.hidden = wanted.length > 0 && !wanted.some((word) => row.dataset.name.includes(word));
  const groups = new Set(shown().map((row) => row.dataset.group).filter(Boolean));
  choose(new Set([...groups].slice(0, MOST_DRAWN)));
  document.querySelector("#figures .rq-none").hidden = shown().length > 0;
}

const shown = () => rows().filter((row) => !row.hidden);

// A box was ticked: the rows of its group go together.
export function plot(box) {
  const { group } = box.closest("tr").dataset;
  const chosen = new Set(all("tr:has(:checked)").map((row) => row.dataset.group));
  if (box.checked) chosen.add(group);
  else chosen.delete(group);
  choose(chosen);
}

function choose(chosen) {
  for (const row of rows()) {
    const box = row.querySelector("[type=checkbox]");
    if (box) box.checked = chosen.has(row.dataset.group);
  }
  const drawing = document.querySelector("#figures .rq-bars");
  if (!drawing) return;
  let y = 8;
  for (const group of drawing.children) {
    const drawn = chosen.has(group.dataset.group);
    group.setAttribute("display", drawn ? "inline" : "none");
    group.setAttribute("transform", `translate(0 ${y})`);
    if (drawn) y += Number(group.dataset.height);
  }
  drawing.setAttribute("height", y);
  drawing.setAttribute("viewBox", `0 0 ${drawing.width.baseVal.value} ${y}`);
}

// -- sorting -----------------------------------------------------------------------

export function sortBy(button) {
  const heading = button.closest("th");
  const column = [...heading.parentElement.children].indexOf(heading);
  const falling = heading.ariaSort === "ascending";
  for (const other of heading.parentElement.children) other.ariaSort = null;
  heading.ariaSort = falling ? "descending" : "ascending";
  const value = (row) => row.children[column].dataset.value ?? row.children[column].textContent;
  const compare = (a, b) => {
    const [x, y] = [value(a), value(b)];
    if (!x || !y) return Number(!x) - Number(!y); // empty cells last
    const order = isNaN(x) || isNaN(y) ? x.localeCompare(y, "zh") : x - y;
    return falling ? -order : order;
  };
  const body = heading.closest("table").tBodies[0];
  body.append(...[...body.rows].sort(compare));
}

// -- saving ------------------------------------------------------------------------

function save(name, content) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

// The byte order mark tells spreadsheets that this is UTF-8.
const saveLines = (name, ...lines) => save(name, new Blob(["\ufeff", ...lines], { type: "text/csv" }));

export const saveCsv = (button) => saveLines("comparison.csv", button.dataset.csv);

export const saveTable = (button) =>
  saveLines("figures.csv", button.dataset.head, ...shown().map((row) => row.dataset.csv));

export async function savePlot(button) {
  const plot = button.closest(".rq-facts, article").querySelector(".rq-bars");
  const copy = plot.cloneNode(true);
  copy.setAttribute("style", "color: #222; font-family: sans-serif");
  const picture = new Image();
  picture.src = `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
  await picture.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [plot.width.baseVal.value * 2, plot.height.baseVal.value * 2];
  const brush = canvas.getContext("2d");
  brush.fillStyle = "#fff";
  brush.fillRect(0, 0, canvas.width, canvas.height);
  brush.drawImage(picture, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((image) => save("figures.png", image));
}
