// What the page does in the browser: turn to a source and mark it, find in the text,
// copy, dark mode. It writes text only, never markup.
(() => {
  const WIDE = matchMedia("(min-width: 900px)");
  const reader = () => document.querySelector(".rq-reader");
  let pending = null; // a place in a report that is being fetched
  let cameFrom = null; // the citation that the focus goes back to

  // -- marking ---------------------------------------------------------------

  function clearMarks() {
    for (const mark of document.querySelectorAll(".rq-body:has(mark)")) mark.textContent = mark.textContent;
    for (const shown of document.querySelectorAll(".rq-shown")) shown.classList.remove("rq-shown");
  }

  // Mark the quote in its paragraph; a report that changed since may no longer have it there.
  function markQuote(body, { start, end, figures, quote }) {
    const letters = Array.from(body.textContent); // offsets count code points, as in Python
    const slice = (from, to) => letters.slice(from, to).join("");
    if (!quote || slice(start, end) !== quote) return null;
    const mark = document.createElement("mark");
    let at = start;
    for (const [from, to] of figures) {
      if (from < at || to > end) continue;
      const figure = document.createElement("strong");
      figure.className = "rq-figure";
      figure.textContent = slice(from, to);
      mark.append(slice(at, from), figure);
      at = to;
    }
    mark.append(slice(at, end));
    body.replaceChildren(slice(0, start), mark, slice(end, letters.length));
    return mark;
  }

  function scrollTo(target) {
    const pages = target.closest(".rq-pages");
    const offset = target.getBoundingClientRect().top - pages.getBoundingClientRect().top;
    pages.scrollTo({ top: pages.scrollTop + offset - pages.clientHeight / 4 });
  }

  function turnTo(place) {
    const shown = reader();
    if (!shown) return void (pending = place);
    if (place.report && shown.dataset.report !== place.report) {
      pending = place;
      shown.dispatchEvent(new CustomEvent("rq-open", { bubbles: true, detail: { report: place.report } }));
      return;
    }
    const paragraph = shown.querySelector(`#p-${Number(place.paragraph)}`);
    if (!paragraph) return;
    clearMarks();
    paragraph.classList.add("rq-shown");
    const body = paragraph.querySelector(".rq-body");
    scrollTo(markQuote(body, place) ?? paragraph);
    if (place.focus) paragraph.focus({ preventScroll: true });
  }

  const placeOf = (link, focus) => ({
    report: link.dataset.report,
    paragraph: link.dataset.paragraph,
    start: Number(link.dataset.start || 0),
    end: Number(link.dataset.end || 0),
    figures: JSON.parse(link.dataset.figures || "[]"),
    quote: link.title,
    focus,
  });

  // -- the reader over the chat, on a narrow screen ----------------------------

  function openReader() {
    if (WIDE.matches || document.body.classList.contains("rq-reading")) return;
    document.body.classList.add("rq-reading");
    history.pushState({ reading: true }, "");
  }

  function closeReader() {
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

  // -- find in the text --------------------------------------------------------

  let found = [];
  let current = -1;

  function rangesIn(body, wanted) {
    const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
    const nodes = [];
    let text = "";
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      nodes.push([text.length, node]);
      text += node.data;
    }
    const locate = (offset) => {
      const [start, node] = nodes.findLast(([begin]) => begin <= offset);
      return [node, offset - start];
    };
    const ranges = [];
    for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
      const range = document.createRange();
      range.setStart(...locate(at));
      range.setEnd(...locate(at + wanted.length));
      ranges.push(range);
    }
    return ranges;
  }

  function find(wanted) {
    found = wanted ? [...reader().querySelectorAll(".rq-body")].flatMap((body) => rangesIn(body, wanted)) : [];
    current = -1;
    CSS.highlights?.set("rq-found", new Highlight(...found));
    step(1);
  }

  function step(by) {
    const count = reader().querySelector(".rq-found");
    const asked = reader().querySelector("[data-page=find]").value;
    count.textContent = asked ? "0/0" : "";
    if (!found.length) return void CSS.highlights?.delete("rq-current");
    current = (current + by + found.length) % found.length;
    CSS.highlights?.set("rq-current", new Highlight(found[current]));
    scrollTo(found[current].startContainer.parentElement.closest("p"));
    count.textContent = `${current + 1}/${found.length}`;
  }

  // -- dark mode ---------------------------------------------------------------

  function showTheme() {
    const chosen = localStorage.getItem("rq-theme");
    if (chosen) document.body.classList.toggle("dark", chosen === "dark");
    const dark = document.body.classList.contains("dark");
    document.querySelector("[data-page=dark]")?.setAttribute("aria-pressed", String(dark));
  }

  function switchTheme() {
    localStorage.setItem("rq-theme", document.body.classList.contains("dark") ? "light" : "dark");
    showTheme();
  }

  // -- the table of figures --------------------------------------------------------

  function sortBy(button) {
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

  function save(name, content) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(content);
    link.download = name;
    link.click();
    URL.revokeObjectURL(link.href);
  }

  function saveTable(button) {
    // The byte order mark tells spreadsheets that this is UTF-8.
    save("figures.csv", new Blob(["\ufeff", button.dataset.csv], { type: "text/csv" }));
  }

  async function savePlot() {
    const plot = document.querySelector(".rq-bars");
    const copy = plot.cloneNode(true);
    copy.style.color = "#222";
    copy.style.fontFamily = "sans-serif";
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

  // -- copy ---------------------------------------------------------

  async function copy(text) {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const area = document.createElement("textarea"); // pages served without TLS have no clipboard
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }

  async function copyAnswer(button) {
    await copy(button.dataset.copy);
    const label = button.textContent;
    button.textContent = button.dataset.done;
    setTimeout(() => (button.textContent = label), 1500);
  }

  // -- wiring ------------------------------------------------------------------

  const PAGE_ACTS = {
    read: openReader,
    close: closeReader,
    up: () => step(-1),
    down: () => step(1),
    dark: switchTheme,
    sort: sortBy,
    csv: saveTable,
    png: savePlot,
  };

  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return; // a new tab, by the link's address
    const link = event.target.closest("a.rq-cite, a.rq-jump");
    if (link) {
      event.preventDefault();
      if (link.matches(".rq-cite")) cameFrom = link;
      openReader();
      return turnTo(placeOf(link, true));
    }
    const button = event.target.closest("[data-page]");
    PAGE_ACTS[button?.dataset.page]?.(button);
  });

  document.addEventListener("input", (event) => {
    if (event.target.matches("[data-page=find]")) find(event.target.value.trim());
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeReader();
    if (event.key === "Enter" && event.target.matches("[data-page=find]")) step(event.shiftKey ? -1 : 1);
  });

  window.reportQA = {
    // `tell` tells the server what the visitor wants: {do, ...data of the element}.
    chat(element, tell, watch) {
      const act = (wanted) => element.querySelector(".rq-draft") || tell(wanted); // one thing at a time
      const detail = (source) => ({ do: source.dataset.act, ...source.dataset });
      element.addEventListener("click", (event) => {
        const button = event.target.closest("button[data-act]");
        if (!button) return;
        if (button.dataset.act === "copy") copyAnswer(button);
        else act(detail(button));
      });
      element.addEventListener("change", (event) => {
        const chooser = event.target.closest("select[data-act]");
        if (chooser) act({ ...detail(chooser), index: chooser.value });
      });
      element.addEventListener("submit", (event) => {
        event.preventDefault();
        const fields = Object.fromEntries(new FormData(event.target));
        const complaint = Object.entries(fields).find(([name]) => name.startsWith("complaint"))?.[1];
        act({ ...detail(event.target), complaint, comment: fields.comment });
      });
      watch("value", () => requestAnimationFrame(() => {
        const log = element.querySelector(".rq-log");
        log?.scrollTo({ top: log.scrollHeight });
        const first = WIDE.matches && element.querySelector(".rq-fresh a.rq-cite");
        if (first) turnTo(placeOf(first, false));
      }));
    },

    reader(element, open, watch) {
      element.addEventListener("rq-open", (event) => open(event.detail));
      element.addEventListener("change", (event) => {
        if (event.target.matches("select[data-act=open]")) open({ report: event.target.value });
      });
      watch("value", () => requestAnimationFrame(() => {
        showTheme();
        document.documentElement.lang = document.querySelector(".rq-header").lang;
        const place = pending ?? addressed();
        pending = null;
        if (place && reader()?.dataset.report === place.report) turnTo(place);
      }));
    },
  };

  // The place that the page's own address names, once.
  let opened = false;
  function addressed() {
    const query = new URLSearchParams(location.search);
    if (opened || !query.get("report")) return null;
    opened = true;
    openReader();
    return { report: query.get("report"), paragraph: query.get("paragraph"), focus: false };
  }
})();
