// How everything on the page is made: elements and text nodes, never markup, so that nothing a model or a
// catalogue says can be anything but text.

/**
 * An element. `properties` are set on it (`class` and names with a hyphen as attributes, functions under
 * `on...` as listeners); children that are null or "" are left out.
 */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (name === "class" || name.includes("-") || name === "role") element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children.filter((child) => child !== null && child !== ""));
  return element;
}

export const byId = (id) => document.getElementById(id);

export function show(element, shown) {
  element.hidden = !shown;
}

/** Text boxes grow with what is typed, up to the height that the style sheet allows. */
export function growing(area) {
  const fit = () => {
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight + 2}px`;
  };
  area.addEventListener("input", fit);
  return fit;
}

/** Enter sends, Shift and Enter begins a line; an input method that is choosing a word keeps its Enter. */
export function sendsOnEnter(area, form) {
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
}
