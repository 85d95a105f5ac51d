// Item cards, with what the seeker thinks of each item where the service keeps that.

import { make } from "./elements.js";

const KINDS = [
  ["liked", "Liked"],
  ["disliked", "Disliked"],
  ["accepted", "I take it"],
];

/** A list of cards; null without items. `judge(kind, id)` is told of a choice, null where none is kept. */
export function cards(items, judge = null) {
  if (!items?.length) return null;
  return make("ul", { class: "cards", "aria-label": "Recommended" }, ...items.map((item) => card(item, judge)));
}

function card(item, judge) {
  const name = item.year ? `${item.title} (${item.year})` : item.title;
  const year = item.year ? make("span", { class: "year" }, String(item.year)) : null;
  return make(
    "li",
    { class: "card" },
    make("p", { class: "name" }, make("strong", {}, item.title), year && " ", year),
    item.genres?.length ? make("p", { class: "genres" }, ...item.genres.map((genre) => make("span", {}, genre))) : null,
    item.people?.length ? make("p", { class: "people" }, item.people.slice(0, 4).join(", ")) : null,
    item.text ? make("p", { class: "text" }, item.text) : null,
    judge && buttons(name, item.id, judge),
  );
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
