// Item cards, with what the seeker thinks of each item where the service keeps that.

import { make } from "./elements.js";

const KINDS = [
  ["liked", "Liked"],
  ["disliked", "Disliked"],
  ["accepted", "I take it"],
];

// Columns of the catalogue by what their names say they hold.
const PRICE = /price|preis|cost|kosten/i;
const PICTURE = /image|img|picture|photo|thumbnail|cover|poster|bild|foto/i;
const ADDRESS = /url|link|href/i;

/** A list of cards; null without items. `judge(kind, id)` is told of a choice, null where none is kept. */
export function cards(items, judge = null, units = {}) {
  if (!items?.length) return null;
  const made = items.map((item) => card(item, judge, units ?? {}));
  return make("ul", { class: "cards", "aria-label": "Recommended" }, ...made);
}

function card(item, judge, units) {
  const columns = Object.entries(item.columns ?? {});
  const first = (pattern) => columns.find(([name]) => pattern.test(name));
  const picture = pictureAddress(first(PICTURE)?.[1]);
  const link = address(columns.find(([name]) => ADDRESS.test(name) && !PICTURE.test(name))?.[1]);
  const price = first(PRICE);
  const shown = ([name]) => !PICTURE.test(name) && !ADDRESS.test(name) && name !== price?.[0];
  const name = item.year ? `${item.title} (${item.year})` : item.title;
  const year = item.year ? make("span", { class: "year" }, String(item.year)) : null;
  const about = make(
    "div",
    { class: "about" },
    make("p", { class: "name" }, make("strong", {}, link ? linked(link, item.title) : item.title), year && " ", year),
    price ? make("p", { class: "price" }, make("bdi", {}, amount(price[1], units[price[0]], true))) : null,
    item.genres?.length ? make("p", { class: "genres" }, ...item.genres.map((genre) => make("span", {}, genre))) : null,
    item.people?.length ? make("p", { class: "people" }, item.people.slice(0, 4).join(", ")) : null,
    item.text ? make("p", { class: "text" }, item.text) : null,
    ...columns.filter(shown).map(([name, value]) => detail(name, value, units[name])),
    judge && buttons(name, item.id, judge),
  );
  return make("li", { class: "card", dir: "auto" }, picture && pictured(picture), about);
}

/** A picture beside what is told of an item; gone where it cannot be loaded, so that no empty frame stays. */
function pictured(src) {
  const made = make("img", { class: "picture", alt: "", loading: "lazy", referrerPolicy: "no-referrer" });
  made.addEventListener("error", () => made.remove());
  made.src = src;
  return made;
}

/** An address of the web, null for anything else: what a catalogue says is never run. */
function address(value) {
  if (typeof value !== "string") return null;
  try {
    const url = new URL(value, location.href);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}

/** A picture's address: of the web, or the picture itself. Nothing in an image can run or load anything. */
function pictureAddress(value) {
  return typeof value === "string" && /^data:image\//i.test(value) ? value : address(value);
}

function linked(href, title) {
  return make("a", { href, target: "_blank", rel: "noopener noreferrer" }, title);
}

function amount(value, unit, price = false) {
  // A price without a currency has cents where it is no whole number.
  const money = unit ? !/[a-z]{4,}/i.test(unit) : price && !Number.isInteger(value);
  const digits = typeof value === "number" && money ? { minimumFractionDigits: 2, maximumFractionDigits: 2 } : {};
  const text = typeof value === "number" ? value.toLocaleString("en", digits) : String(value);
  return unit ? `${text} ${unit}` : text;
}

function detail(name, value, unit) {
  const told = value === true ? "yes" : value === false ? "no" : amount(value, unit);
  return make("p", { class: "detail" }, `${name.replaceAll("_", " ")}: ${told}`);
}

function buttons(name, id, judge) {
  const group = make("div", { class: "feedback", role: "group", "aria-label": `Your opinion of ${name}` });
  const state = make("span", { class: "hint", role: "status" });
  for (const [kind, words] of KINDS) {
    group.append(
      make("button", {
        type: "button",
        "aria-pressed": "false",
        textContent: words,
        onclick: async (event) => {
          const button = event.currentTarget;
          state.textContent = "";
          try {
            await judge(kind, id);
            for (const other of group.querySelectorAll("button")) {
              other.setAttribute("aria-pressed", String(other === button));
            }
            state.textContent = "Noted.";
          } catch (error) {
            state.textContent = error.message;
          }
        },
      }),
    );
  }
  group.append(state);
  return group;
}
