// How a seat is drawn and where the arrow keys lead, for who chooses seats and for who makes the map.

export const Cell = 32;
/** Places are in halves. */
export const Half = Cell / 2;
export const Box = 26;

const made = (element, attributes, children) => {
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
};
export const svg = (name, attributes = {}, ...children) => made(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
export const html = (name, attributes = {}, ...children) => made(document.createElement(name), attributes, children);
export const text = (x, y, content, name) => svg("text", name ? { x, y, class: name } : { x, y }, content);

// Told apart by shape, not by colour alone: a square, a circle with a wheelchair, a diamond; a number, a tick, a cross.
export function mark(group, x, y, state, seat) {
  const [middle, edge] = [Box / 2, Box - 2];
  const shapes = {
    accessible: () => svg("circle", { class: "seat-shape", cx: x + middle, cy: y + middle, r: edge / 2 }),
    companion: () =>
      svg("path", { class: "seat-shape", d: `M${x + middle} ${y}L${x + Box} ${y + middle}L${x + middle} ${y + Box}L${x} ${y + middle}Z`, "stroke-linejoin": "round" }),
    gap: () => svg("rect", { class: "seat-shape seat-gap", x: x + 1, y: y + 1, width: edge, height: edge, rx: 6 }),
  };
  group.replaceChildren((shapes[seat.kind] ?? (() => svg("rect", { class: "seat-shape", x: x + 1, y: y + 1, width: edge, height: edge, rx: 6 })))());
  if (state === "taken") group.append(svg("path", { class: "seat-mark", d: `M${x + 9} ${y + 9}l8 8m0 -8l-8 8` }));
  else if (state === "mine") group.append(svg("path", { class: "seat-mark", d: `M${x + 7} ${y + 13}l4 5l8 -10` }));
  else if (seat.kind === "accessible")
    group.append(
      svg("circle", { class: "seat-chair-head", cx: x + 12, cy: y + 6.5, r: 1.8 }),
      svg("path", { class: "seat-chair", d: `M${x + 12} ${y + 9.5}v5h5l2 4.5M${x + 12} ${y + 11.5}h4M${x + 10} ${y + 13}a4.2 4.2 0 1 0 5.6 5` }),
    );
  else if (seat.kind !== "gap") group.append(text(x + middle, y + middle, seat.n));
  return group;
}

/** A sample for the key. */
export const sample = (group) =>
  svg("svg", { class: "seat-sample", width: Box, height: Box, viewBox: `0 0 ${Box} ${Box}`, "aria-hidden": "true" }, group);

export const stage = (width, margin, name) => [
  svg("path", { class: "seat-stage", d: `M${margin} 30 Q ${width / 2} -14 ${width - margin} 30 Z` }),
  text(width / 2, 20, name, "seat-stage-name"),
];

/** The next seat of the line; or of the next line the one that is nearest. */
export function next(from, all, key) {
  const by = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[key];
  if (!by) return undefined;
  const [right, down] = by;
  const { x, y } = from.seat;
  const line = right ? y : nearest(all.filter((g) => (g.seat.y - y) * down > 0), (g) => Math.abs(g.seat.y - y))?.seat.y;
  return nearest(all.filter((g) => g.seat.y === line && (!right || (g.seat.x - x) * right > 0)), (g) => Math.abs(g.seat.x - x)) ?? from;
}

const nearest = (list, far) => list.reduce((best, g) => (best === undefined || far(g) < far(best) ? g : best), undefined);
