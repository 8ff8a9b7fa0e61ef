// Find words in the text of the open report.
import { reader, scrollTo } from "./reader.js";

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

export function find(wanted) {
  const bodies = wanted ? [...reader().querySelectorAll(".rq-body")] : [];
  found = bodies.flatMap((body) => rangesIn(body, wanted));
  current = -1;
  CSS.highlights?.set("rq-found", new Highlight(...found));
  step(1);
}

export function step(by) {
  const count = reader().querySelector(".rq-found");
  const asked = reader().querySelector("[data-page=find]").value;
  count.textContent = asked ? "0/0" : "";
  if (!found.length) return void CSS.highlights?.delete("rq-current");
  current = (current + by + found.length) % found.length;
  CSS.highlights?.set("rq-current", new Highlight(found[current]));
  scrollTo(found[current].startContainer.parentElement.closest("p"));
  count.textContent = `${current + 1}/${found.length}`;
}
