// The chat: asks the server, keeps what it answers in the notebook, shows what is open.
import * as notebook from "./notebook.js";
import { chosen, placeOf, turnTo, WIDE } from "./reader.js";

const PATIENCE = 120_000; // milliseconds without a word from the server

let chat, trigger;
let sent = null; // the conversation that the server is at work on: {id, exchanges}
let busyUntil = 0;
let next = null; // what is wanted while the server is at something else than an answer

const box = () => document.querySelector(".rq-composer textarea");
const busy = () => performance.now() < busyUntil;
const answering = () => Boolean(chat?.querySelector("[data-state=draft]"));

// Tell the server what the visitor wants; one thing at a time. Tells whether it will be done.
function act(wanted) {
  if (busy() && answering()) return false;
  if (!trigger || busy()) {
    next = wanted;
    return true;
  }
  busyUntil = performance.now() + PATIENCE;
  sent = { id: notebook.open(), exchanges: notebook.exchanges() };
  trigger("act", { ...wanted, exchanges: sent.exchanges, here: chosen() });
  return true;
}

const show = () => act({ do: "show" });

export function connect(element, tell, watch) {
  const asked = next; // before the chat was there
  [chat, trigger, next] = [element, tell, null];
  element.addEventListener("click", onClick);
  element.addEventListener("submit", onComplaint);
  watch("value", () => requestAnimationFrame(onPage));
  notebook.whenChanged(() => {
    fillBar();
    if (!busy() && !same(notebook.exchanges(), sent.exchanges)) show();
  });
  fillBar();
  show();
  next = asked;
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

function onPage() {
  const page = chat.querySelector(".rq-chat");
  if (!page) return;
  const log = page.querySelector(".rq-log");
  log?.scrollTo({ top: log.scrollHeight });
  document.querySelector(".rq-composer").classList.toggle("rq-busy", page.dataset.state === "draft");
  if (page.dataset.state === "draft") return void (busyUntil = performance.now() + PATIENCE);
  busyUntil = 0;
  if (page.dataset.keep !== undefined) keep(JSON.parse(page.dataset.keep));
  if (page.dataset.box !== undefined) write(page.dataset.box);
  fillBar();
  if (next) {
    const wanted = next;
    next = null;
    return void act(wanted);
  }
  const first = WIDE.matches && page.querySelector(".rq-fresh a.rq-cite");
  if (first) turnTo(placeOf(first, false));
}

function keep(exchanges) {
  notebook.save(sent.id, sent.exchanges, exchanges);
  sent = { id: sent.id, exchanges: notebook.exchanges(sent.id) };
}

function write(question) {
  box().value = question;
  box().focus();
}

// -- the bar of conversations --------------------------------------------------

function fillBar() {
  const chooser = document.querySelector("[data-page=conversations]");
  const untitled = chooser.closest(".rq-bar").dataset.untitled;
  const id = notebook.open();
  const titles = notebook.titles();
  if (!titles.some((each) => each.id === id)) titles.unshift({ id, title: untitled });
  chooser.replaceChildren(...titles.map((each) => new Option(each.title, each.id, false, each.id === id)));
}

function change(step) {
  if (busy() && answering()) return;
  step();
  fillBar();
  show();
}

export const begin = () => change(notebook.begin);
export const forget = () => change(notebook.forget);
export const choose = (chooser) => change(() => notebook.turnTo(chooser.value));

// -- asking ----------------------------------------------------------------------

export function ask() {
  const question = box().value;
  if (question.trim() && act({ do: "ask", question })) box().value = "";
}

export function stop() {
  busyUntil = 0;
  trigger("stop", { exchanges: sent.exchanges });
}

function onClick(event) {
  const button = event.target.closest("button[data-act]");
  if (!button) return;
  if (button.dataset.act === "copy") copyAnswer(button);
  else act({ do: button.dataset.act, ...button.dataset });
}

function onComplaint(event) {
  event.preventDefault();
  const fields = Object.fromEntries(new FormData(event.target));
  const complaint = Object.entries(fields).find(([name]) => name.startsWith("complaint"))?.[1];
  act({ do: event.target.dataset.act, ...event.target.dataset, complaint, comment: fields.comment });
}

// -- copying -----------------------------------------------------------------------

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
