// What a search considered: each draft with its score, and how the conversation could go on after it.

import { make } from "./elements.js";

/** Scores lie between 0 (disappointed) and 2 (what was wanted, or better). */
const BEST = 2;

const score = (value) => (typeof value === "number" ? `${value.toFixed(2)} of ${BEST}` : "no score");

/** The drafts as list entries that open and close; the chosen one is open. */
export function draftList(trace) {
  return trace.drafts.map((draft, place) => {
    const chosen = place === trace.chosen;
    return make(
      "li",
      { class: chosen ? "draft chosen" : "draft" },
      make(
        "details",
        { open: chosen },
        make(
          "summary",
          {},
          make(
            "span",
            { class: "head" },
            make("span", { class: "number" }, `Draft ${place + 1}`),
            chosen ? make("span", { class: "badge" }, "said") : null,
            bar(draft.value),
            make("span", { class: "score" }, score(draft.value)),
          ),
          make("span", { class: "words" }, draft.text),
        ),
        draft.note ? make("p", { class: "hint" }, `${sentence(draft.note)}`) : null,
        draft.unfinished ? make("p", { class: "hint" }, "This draft was cut off.") : null,
        draft.leaves?.length ? branch(grown(draft.leaves)) : null,
      ),
    );
  });
}

function bar(value) {
  const filled = make("span", { class: "filled" });
  filled.style.inlineSize = `${(100 * Math.min(Math.max(value ?? 0, 0), BEST)) / BEST}%`;
  return make("span", { class: "meter", "aria-hidden": "true" }, filled);
}

const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");

/** Leaves that begin alike share their beginning: the tree that the search walked. */
function grown(leaves) {
  const root = { children: [], values: [] };
  for (const leaf of leaves) {
    let node = root;
    for (const turn of leaf.turns) {
      let next = node.children.find((child) => child.turn.role === turn.role && child.turn.text === turn.text);
      if (!next) {
        next = { turn, children: [], values: [] };
        node.children.push(next);
      }
      node = next;
      node.values.push(leaf.value);
    }
  }
  return root;
}

/** What follows a node: turns one under the other, until the ways part; then one to open for each way. */
function branch(node) {
  const list = make("ol", { class: "turns" });
  let here = node;
  while (here.children.length === 1) {
    [here] = here.children;
    list.append(make("li", { class: here.turn.role }, spoken(here.turn)));
    if (here.children.length === 0) list.append(ending(here));
  }
  for (const [place, child] of here.children.entries()) {
    list.append(
      make(
        "li",
        { class: `way ${child.turn.role}` },
        make(
          "details",
          {},
          make(
            "summary",
            {},
            make("span", { class: "head" }, `Way ${place + 1} of ${here.children.length}`, bar(mean(child)), make("span", { class: "score" }, score(mean(child)))),
            make("span", { class: "words" }, spoken(child.turn)),
          ),
          child.children.length ? branch(child) : ending(child, "p"),
        ),
      ),
    );
  }
  return list;
}

function spoken(turn) {
  const who = turn.role === "seeker" ? "Simulated you" : "Recommender";
  return make("span", { class: "spoken" }, make("b", {}, `${who}: `), make("bdi", {}, turn.text));
}

function ending(node, tag = "li") {
  return make(tag, { class: "ending" }, "Ends with ", make("b", {}, score(mean(node))));
}

function mean(node) {
  const values = node.values.filter((value) => typeof value === "number");
  return values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : null;
}

/** Which draft was said and why, in words. */
export function verdict(trace) {
  const { drafts, chosen } = trace;
  const said = drafts[chosen];
  const parts = [];
  const values = drafts.map((draft) => draft.value).filter((value) => typeof value === "number");
  if (drafts.length === 1) {
    parts.push("There was only one draft, and it was said.");
  } else if (typeof said?.value !== "number") {
    parts.push(`None of the ${drafts.length} drafts could be scored, so draft ${chosen + 1} was said.`);
  } else {
    const alike = values.filter((value) => value === said.value).length;
    const rest = values.length < drafts.length ? ` of the ${values.length} that were scored` : ` of ${drafts.length}`;
    if (said.value < Math.max(...values)) {
      parts.push(`Draft ${chosen + 1} was drawn at random; it came to ${score(said.value)}.`);
    } else if (alike === drafts.length) {
      parts.push(`All ${alike} drafts ended alike, with ${score(said.value)}, so the first one was said.`);
    } else if (alike > 1) {
      parts.push(`${alike} drafts came to ${score(said.value)}, the best${rest}; the earliest, draft ${chosen + 1}, was said.`);
    } else {
      parts.push(`Draft ${chosen + 1} was said: played forward, it ended best${rest}, with ${score(said.value)}.`);
    }
    const first = drafts[0].value;
    if (chosen !== 0 && typeof first === "number") {
      parts.push(`Draft 1, which the model would have said without a search, came to ${score(first)}.`);
    }
    if (chosen === 0) parts.push("It is also what the model would have said without a search.");
  }
  if (trace.stopped) parts.push(`The search was ended early: ${limit(trace.stopped)}.`);
  return parts.join(" ");
}

function limit(stopped) {
  const known = {
    deadline: "its deadline came",
    seconds: "its time was used up",
    calls: "its model calls were used up",
    tokens: "its tokens were used up",
  };
  return known[stopped] ?? stopped;
}

/** What the search cost, in words; empty where that is not known. */
export function cost(usage) {
  if (!usage) return "";
  const tokens = (usage.prompt_tokens ?? 0) + (usage.completion_tokens ?? 0);
  return `This took ${usage.calls} model ${usage.calls === 1 ? "call" : "calls"} and ${tokens.toLocaleString("en")} tokens.`;
}
