// The blind test: the same message to both models, on sides drawn at random, shown when both are done.
// An enhanced reply takes longer, so whoever saw them come one after the other would not be blind.

import { cards } from "./cards.js";
import { byId, growing, make, sendsOnEnter, show } from "./elements.js";
import { Trouble, getJson, postJson, reply } from "./service.js";

/** Starts the blind test; see startChat. */
export function startArena({ complain, known }) {
  const message = byId("arena-message");
  const fit = growing(message);
  const state = { pair: null, stores: false, running: null, sides: null, own: new Map() };
  const tell = (text) => {
    byId("arena-state").textContent = text;
  };

  async function ask() {
    await known();
    const text = message.value.trim();
    if (text === "" || state.running || state.pair === null) return;
    const models = toss() ? state.pair : [...state.pair].reverse();
    running(new AbortController());
    show(byId("sides"), false);
    show(byId("vote"), false);
    byId("left-title").textContent = "Left";
    byId("right-title").textContent = "Right";
    state.sides = null;
    tell("Both are working on it.");
    const { signal } = state.running;
    try {
      const [left, right] = await Promise.all(
        models.map((model) => reply({ model, messages: [{ role: "user", content: text }] }, { signal })),
      );
      state.sides = { left: models[0], right: models[1], dialogue: name() };
      fill(byId("left"), left);
      fill(byId("right"), right);
      show(byId("sides"), true);
      show(byId("vote"), true);
      for (const button of buttons()) button.disabled = false;
      tell("Which one would you rather have heard?");
    } catch (error) {
      state.running.abort();
      tell(error.name === "AbortError" ? "Stopped." : `There is nothing to compare: ${error.message}`);
      if (error.name !== "AbortError" && !(error instanceof Trouble)) throw error;
    } finally {
      running(null);
    }
  }

  // Of this comparison: pressed twice, it is one vote.
  const name = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const toss = () => crypto.getRandomValues(new Uint8Array(1))[0] < 128;
  const buttons = () => byId("vote").querySelectorAll("button");

  function fill(place, said) {
    const found = cards(said.usbrec?.items, null, said.usbrec?.units);
    place.replaceChildren(make("p", { class: "bubble" }, said.text), ...(found ? [found] : []));
  }

  function running(controller) {
    const before = document.activeElement;
    state.running = controller;
    show(byId("arena-stop"), controller !== null);
    show(byId("arena-send"), controller === null);
    // As in the chat: the keyboard's place in the page goes on to the successor.
    if (before === byId("arena-send") && controller !== null) byId("arena-stop").focus();
    if (before === byId("arena-stop") && controller === null) message.focus();
  }

  async function vote(winner) {
    const sides = state.sides;
    if (sides === null) return;
    state.sides = null;
    for (const button of buttons()) button.disabled = true;
    try {
      if (state.stores) await postJson("v1/usbrec/votes", { ...sides, winner });
      else remember(sides, winner);
    } catch (error) {
      state.sides = sides;
      for (const button of buttons()) button.disabled = false;
      complain(error);
      return;
    }
    byId("left-title").textContent = `Left: ${sides.left}`;
    byId("right-title").textContent = `Right: ${sides.right}`;
    show(byId("vote"), false);
    tell(winner === "tie" ? "Noted: no difference." : `Noted. You preferred ${sides[winner]}.`);
    message.value = "";
    fit();
    message.focus();
    await count();
  }

  // What is counted

  function remember({ left, right }, winner) {
    const [a, b] = [left, right].sort();
    const pair = state.own.get(`${a}\n${b}`) ?? { a, b, wins_a: 0, wins_b: 0, ties: 0 };
    if (winner === "tie") pair.ties += 1;
    else if ((winner === "left" ? left : right) === a) pair.wins_a += 1;
    else pair.wins_b += 1;
    state.own.set(`${a}\n${b}`, { ...pair, ...interval(pair) });
  }

  async function count() {
    try {
      const pairs = state.stores ? (await getJson("v1/usbrec/votes")).pairs : [...state.own.values()];
      byId("counts").replaceChildren(pairs.length ? table(pairs) : make("p", {}, "Nobody has voted yet."));
    } catch (error) {
      complain(error);
    }
  }

  message.addEventListener("input", () => {
    if (state.running === null && state.sides === null) tell("");
  });
  sendsOnEnter(message, byId("arena-form"));
  byId("arena-form").addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
  });
  byId("arena-stop").addEventListener("click", () => {
    state.running?.abort();
    message.focus();
  });
  for (const button of buttons()) button.addEventListener("click", () => vote(button.dataset.winner));

  return {
    count,
    /** What can be compared here. */
    offer(models, { stores }) {
      state.stores = stores;
      const better = models.find((one) => one.usbrec?.enhanced);
      const plain = models.find((one) => better && one.id === better.id.replace(/:ses$/, "") && one !== better)
        ?? models.find((one) => !one.usbrec?.enhanced);
      state.pair = better && plain ? [plain.id, better.id] : null;
      byId("arena-send").disabled = state.pair === null;
      if (state.pair === null) tell("This service has no enhanced model beside a plain one, so there is nothing to compare.");
      byId("count-note").textContent = stores
        ? "Counted by the service, without what was asked. Whoever has a key has one vote on each comparison."
        : "This service keeps nothing: votes are counted in this page alone and are gone when it is closed.";
    },
  };
}

/** Wilson's interval of the share of votes for `a`, ties counted half to each side. */
function interval({ wins_a, wins_b, ties }) {
  const n = wins_a + wins_b + ties;
  const share = (wins_a + ties / 2) / n;
  const z = 1.959964;
  const middle = (share + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n))) / (1 + (z * z) / n);
  return { share_a: share, ci95: [Math.max(0, middle - half), Math.min(1, middle + half)] };
}

const percent = (share) => (typeof share === "number" ? `${Math.round(100 * share)} %` : "–");

function table(pairs) {
  const rows = pairs.map((pair) => {
    const [low, high] = pair.ci95 ?? [null, null];
    return make(
      "tr",
      {},
      make("th", { scope: "row" }, pair.a, make("span", { class: "hint" }, " against "), pair.b),
      make("td", { class: "number" }, `${pair.wins_a} : ${pair.wins_b}`),
      make("td", { class: "number" }, String(pair.ties)),
      make("td", {}, range(pair.share_a, low, high), make("span", { class: "figures" }, `${percent(pair.share_a)} [${percent(low)}, ${percent(high)}]`)),
    );
  });
  const heads = ["models", "wins", "ties", "share of the first, with 95 % interval"];
  return make(
    "table",
    {},
    make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head)))),
    make("tbody", {}, ...rows),
  );
}

/** A line from 0 to 100 % with the middle marked, the interval on it, and the share as a dot. */
function range(share, low, high) {
  const line = make("span", { class: "range", "aria-hidden": "true" });
  if (typeof low === "number" && typeof high === "number") {
    const span = make("span", { class: "span" });
    span.style.insetInlineStart = `${100 * low}%`;
    span.style.inlineSize = `${100 * (high - low)}%`;
    line.append(span);
  }
  if (typeof share === "number") {
    const dot = make("span", { class: "dot" });
    dot.style.insetInlineStart = `${100 * share}%`;
    line.append(dot);
  }
  return line;
}
