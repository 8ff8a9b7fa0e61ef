// The conversations of this browser. All its tabs share them; which one is open is each tab's own.
const KEY = "rq-conversations";
const OPEN = "rq-open";
const MOST = 20;

function all() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {}; // what is there is not ours
  }
}

// Store the newest; where the browser gives less room, fewer.
function store(conversations) {
  const newest = Object.entries(conversations)
    .filter(([, { exchanges }]) => exchanges.length)
    .sort(([, a], [, b]) => b.changed - a.changed)
    .slice(0, MOST);
  for (;;) {
    try {
      return localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(newest)));
    } catch (error) {
      if (!newest.length) throw error;
      newest.pop();
    }
  }
}

export function open() {
  const [newest] = titles();
  return sessionStorage.getItem(OPEN) ?? (newest ? turnTo(newest.id) : begin());
}

export function turnTo(id) {
  sessionStorage.setItem(OPEN, id);
  return id;
}

export const begin = () => turnTo(crypto.getRandomValues(new Uint32Array(2)).join("-"));

export function forget() {
  const conversations = all();
  delete conversations[open()];
  store(conversations);
  sessionStorage.removeItem(OPEN);
}

export const exchanges = (id = open()) => all()[id]?.exchanges ?? [];

// Put what became of a conversation in the place of what it was. What another tab added
// to it meanwhile stays, after it.
export function save(id, before, after) {
  const conversations = all();
  const known = new Set(before.map((exchange) => JSON.stringify(exchange)));
  const meanwhile = exchanges(id).filter((exchange) => !known.has(JSON.stringify(exchange)));
  conversations[id] = { changed: Date.now(), exchanges: [...after, ...meanwhile] };
  store(conversations);
}

export const titles = () =>
  Object.entries(all())
    .sort(([, a], [, b]) => b.changed - a.changed)
    .map(([id, { exchanges }]) => ({ id, title: exchanges[0].question }));

// Call back when another tab has changed the conversations.
export function whenChanged(callback) {
  addEventListener("storage", (event) => event.key === KEY && callback());
}
