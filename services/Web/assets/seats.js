// The seat map: a section at a time as SVG, by pointer or by arrow keys. What is chosen lies in the form as it does without
// a script.

const root = document.getElementById("seats");
const english = root.dataset.language === "en";
const say = (portuguese, englishText) => (english ? englishText : portuguese);
const svg = (name, attributes = {}, ...children) => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
};
const html = (name, attributes = {}, ...children) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
};

const Cell = 32;
const Box = 26;
const Margin = 40;
const Stage = 44;

const map = await (await fetch(root.dataset.source)).json();
const types = new Map(map.types.map((t) => [t.id, t]));
const most = Number(root.dataset.most);
const chosen = new Map();

const tabs = html("div", { class: "seat-tabs", role: "tablist", "aria-label": say("Setores", "Sections") });
const panel = html("div", { class: "seat-scroll", role: "tabpanel", id: "seat-panel", tabindex: "0" });
const key = html("ul", { class: "seat-key", "aria-hidden": "true" });
const picked = html("ul", { class: "seat-picked", "aria-label": say("Lugares escolhidos", "Chosen seats") });
const status = html("p", { class: "hidden", role: "status" });
root.querySelector("[data-fallback]").remove();
root.append(tabs, panel, key, picked, status);

for (const [state, text] of [
  ["free", say("Livre", "Free")],
  ["mine", say("Escolhido", "Chosen")],
  ["taken", say("Ocupado", "Taken")],
])
  key.append(html("li", {}, svg("svg", { class: "seat-sample", width: Box, height: Box, viewBox: `0 0 ${Box} ${Box}` }, drawn(state)), text));

function drawn(state) {
  const group = svg("g", { class: "seat" });
  if (state === "taken") group.setAttribute("aria-disabled", "true");
  if (state === "mine") group.setAttribute("aria-checked", "true");
  mark(group, 0, 0, state, "");
  return group;
}

// Told apart by shape, not by colour alone: a number, a tick, a cross.
function mark(group, x, y, state, number) {
  group.replaceChildren(svg("rect", { x: x + 1, y: y + 1, width: Box - 2, height: Box - 2, rx: 6 }));
  if (state === "taken") group.append(svg("path", { d: `M${x + 9} ${y + 9}l8 8m0 -8l-8 8` }));
  else if (state === "mine") group.append(svg("path", { d: `M${x + 7} ${y + 13}l4 5l8 -10` }));
  else group.append(text(x + Box / 2, y + Box / 2, number));
}

function text(x, y, content, name) {
  const made = svg("text", name ? { x, y, class: name } : { x, y });
  made.textContent = content;
  return made;
}

const open = (section) => section.types.map((id) => types.get(id)).filter((t) => t?.open);
const cheapest = (section) => open(section).sort((a, b) => a.price - b.price)[0];
const freeIn = (section) => (open(section).length === 0 ? 0 : section.rows.reduce((n, r) => n + r.seats.filter((s) => s.free).length, 0));

let current = Math.max(0, map.sections.findIndex((s) => freeIn(s) > 0));
map.sections.forEach((section, at) => {
  const price = cheapest(section);
  const free = freeIn(section);
  const info = html("span", { class: "fine" });
  info.textContent = free === 0 ? say("esgotado", "sold out") : `${free} ${say("livres", "free")} · ${price.shown}`;
  const tab = html("button", { type: "button", role: "tab", id: `tab-${at}`, "aria-controls": "seat-panel" }, section.name, info);
  tab.addEventListener("click", () => show(at));
  tab.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    show((at + by + map.sections.length) % map.sections.length);
    tabs.children[current].focus();
  });
  tabs.append(tab);
});

function show(at) {
  current = at;
  [...tabs.children].forEach((tab, n) => {
    tab.setAttribute("aria-selected", n === at);
    tab.tabIndex = n === at ? 0 : -1;
  });
  panel.setAttribute("aria-labelledby", `tab-${at}`);
  const section = map.sections[at];
  const longest = Math.max(...section.rows.map((r) => r.seats.length));
  const width = longest * Cell + Margin * 2;
  const height = section.rows.length * Cell + Stage + 12;
  const picture = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": section.name });
  picture.append(
    svg("path", { class: "seat-stage", d: `M${Margin} 30 Q ${width / 2} -14 ${width - Margin} 30 Z` }),
    text(width / 2, 20, say("Palco", "Stage"), "seat-stage-name"),
  );
  const grid = section.rows.map((row, r) => {
    const y = Stage + r * Cell;
    const left = (width - row.seats.length * Cell) / 2;
    picture.append(text(18, y + Box / 2, row.name), text(width - 18, y + Box / 2, row.name));
    return row.seats.map((seat, s) => {
      const free = seat.free && open(section).length > 0;
      const group = svg("g", { class: "seat", role: "checkbox", tabindex: "-1" });
      const paint = () => {
        const mine = chosen.has(seat.id);
        group.setAttribute("aria-checked", mine);
        if (!free) group.setAttribute("aria-disabled", "true");
        group.setAttribute(
          "aria-label",
          `${section.name}, ${say("fila", "row")} ${row.name}, ${say("lugar", "seat")} ${seat.n}, ${free ? cheapest(section).shown : say("ocupado", "taken")}`,
        );
        mark(group, left + s * Cell, y, free ? (mine ? "mine" : "free") : "taken", seat.n);
      };
      paint();
      group.addEventListener("click", () => {
        if (free) toggle(seat, row, section);
        paint();
        move(r, s);
      });
      group.addEventListener("keydown", (event) => {
        const to = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key];
        if (to) {
          event.preventDefault();
          const next = grid[r + to[0]];
          if (next) move(r + to[0], Math.min(next.length - 1, Math.max(0, s + to[1])), true);
        } else if (event.key === " " || event.key === "Enter") {
          event.preventDefault();
          if (free) toggle(seat, row, section);
          paint();
        }
      });
      group.repaint = paint;
      picture.append(group);
      return group;
    });
  });
  // One stop for the tab key; the arrows go from there.
  let stop = null;
  function move(r, s, focus) {
    stop?.setAttribute("tabindex", "-1");
    stop = grid[r][s];
    stop.setAttribute("tabindex", "0");
    if (focus) {
      stop.focus();
      stop.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  }
  const firstFree = grid.findIndex((_, r) => section.rows[r].seats.some((x) => x.free));
  move(Math.max(0, firstFree), Math.max(0, section.rows[Math.max(0, firstFree)].seats.findIndex((x) => x.free)));
  panel.replaceChildren(picture);
  panel.scrollLeft = (panel.scrollWidth - panel.clientWidth) / 2;
  panel.repaint = () => grid.flat().forEach((g) => g.repaint());
}

function toggle(seat, row, section, type) {
  if (chosen.has(seat.id)) chosen.delete(seat.id);
  else if (chosen.size >= most) {
    status.textContent = say(`São no máximo ${most} lugares.`, `At most ${most} seats.`);
    return;
  } else chosen.set(seat.id, { seat, row, section, type: type ?? open(section)[0].id });
  list();
}

function list() {
  picked.replaceChildren(
    ...[...chosen.values()].map((item) => {
      const label = `${item.section.name} ${item.row.name}-${item.seat.n}`;
      const name = html("strong");
      name.textContent = label;
      const hidden = html("input", { type: "hidden", name: "seat", value: item.seat.id });
      const select = html("select", { name: `type-${item.seat.id}`, "aria-label": `${say("Tipo de ingresso", "Ticket type")}: ${label}` });
      for (const type of open(item.section)) {
        const option = html("option", { value: type.id });
        option.textContent = `${type.name} – ${type.shown}`;
        option.selected = type.id === item.type;
        select.append(option);
      }
      select.addEventListener("change", () => {
        item.type = select.value;
        list();
        picked.querySelector(`[name="type-${item.seat.id}"]`).focus();
      });
      hidden.dataset.price = types.get(item.type).price;
      const remove = html("button", { type: "button", class: "link", "aria-label": `${say("Remover", "Remove")} ${label}` });
      remove.textContent = say("Remover", "Remove");
      remove.addEventListener("click", () => {
        chosen.delete(item.seat.id);
        panel.repaint();
        list();
      });
      return html("li", {}, name, hidden, select, remove);
    }),
  );
  status.textContent = say(`${chosen.size} escolhidos`, `${chosen.size} chosen`);
  document.dispatchEvent(new Event("choice"));
}

// What was chosen before signing in, as far as it is still free.
for (const pair of root.dataset.chosen.split(" ").filter(Boolean)) {
  const [id, type] = pair.split(":");
  for (const section of map.sections)
    for (const row of section.rows)
      for (const seat of row.seats)
        if (seat.id === id && seat.free && open(section).length > 0)
          toggle(seat, row, section, open(section).some((t) => t.id === type) ? type : undefined);
}
show(current);
