// The seat map: a section at a time as SVG, each seat at its place, by pointer or by arrow keys. What is chosen lies in the form
// as it does without a script.

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
/** Places are in halves. */
const Half = Cell / 2;
const Box = 26;
const Margin = 40;
const Stage = 44;

const map = await (await fetch(root.dataset.source)).json();
const types = new Map(map.types.map((t) => [t.id, t]));
const most = Number(root.dataset.most);
const chosen = new Map();

const tools = html("div", { class: "seat-tools" });
const tabs = html("div", { class: "seat-tabs", role: "tablist", "aria-label": say("Setores", "Sections") });
const panel = html("div", { class: "seat-scroll", role: "tabpanel", id: "seat-panel", tabindex: "0" });
const key = html("ul", { class: "seat-key" });
const picked = html("ul", { class: "seat-picked", "aria-label": say("Lugares escolhidos", "Chosen seats") });
const status = html("p", { class: "fine", role: "status" });
root.querySelector("[data-fallback]").remove();
root.append(tabs, tools, status, panel, key, picked);

const all = map.sections.flatMap((section) => section.rows.flatMap((row) => row.seats));
const has = (kind) => all.some((seat) => seat.kind === kind);
const kinds = {
  accessible: say("Acessível, para cadeira de rodas", "Accessible, for a wheelchair"),
  companion: say("Acompanhante", "Companion"),
};

for (const [state, kind, text] of [
  ["free", undefined, say("Livre", "Free")],
  ["mine", undefined, say("Escolhido", "Chosen")],
  ["taken", undefined, say("Ocupado", "Taken")],
  ...Object.entries(kinds)
    .filter(([kind]) => has(kind))
    .map(([kind, text]) => ["free", kind, text]),
])
  key.append(
    html("li", {}, svg("svg", { class: "seat-sample", width: Box, height: Box, viewBox: `0 0 ${Box} ${Box}`, "aria-hidden": "true" }, drawn(state, kind)), text),
  );

function drawn(state, kind) {
  const group = svg("g", { class: "seat" });
  if (state === "taken") group.setAttribute("aria-disabled", "true");
  if (state === "mine") group.setAttribute("aria-checked", "true");
  mark(group, 0, 0, state, { n: "", kind });
  return group;
}

// Told apart by shape, not by colour alone: a square, a circle with a wheelchair, a diamond; a number, a tick, a cross.
function mark(group, x, y, state, seat) {
  const [middle, edge] = [Box / 2, Box - 2];
  const shapes = {
    accessible: () => svg("circle", { class: "seat-shape", cx: x + middle, cy: y + middle, r: edge / 2 }),
    companion: () =>
      svg("path", { class: "seat-shape", d: `M${x + middle} ${y}L${x + Box} ${y + middle}L${x + middle} ${y + Box}L${x} ${y + middle}Z`, "stroke-linejoin": "round" }),
  };
  group.replaceChildren((shapes[seat.kind] ?? (() => svg("rect", { class: "seat-shape", x: x + 1, y: y + 1, width: edge, height: edge, rx: 6 })))());
  if (state === "taken") group.append(svg("path", { class: "seat-mark", d: `M${x + 9} ${y + 9}l8 8m0 -8l-8 8` }));
  else if (state === "mine") group.append(svg("path", { class: "seat-mark", d: `M${x + 7} ${y + 13}l4 5l8 -10` }));
  else if (seat.kind === "accessible")
    group.append(
      svg("circle", { class: "seat-chair-head", cx: x + 12, cy: y + 6.5, r: 1.8 }),
      svg("path", { class: "seat-chair", d: `M${x + 12} ${y + 9.5}v5h5l2 4.5M${x + 12} ${y + 11.5}h4M${x + 10} ${y + 13}a4.2 4.2 0 1 0 5.6 5` }),
    );
  else group.append(text(x + middle, y + middle, seat.n));
}

function text(x, y, content, name) {
  const made = svg("text", name ? { x, y, class: name } : { x, y });
  made.textContent = content;
  return made;
}

const open = (section) => section.types.map((id) => types.get(id)).filter((t) => t?.open);
const cheapest = (section) => open(section).sort((a, b) => a.price - b.price)[0];
/** Only what somebody in a wheelchair, and who comes along, needs. */
let accessibleOnly = false;
const takes = (section, seat) => seat.free && open(section).length > 0 && (!accessibleOnly || seat.kind);
const freeIn = (section) => section.rows.reduce((n, r) => n + r.seats.filter((s) => takes(section, s)).length, 0);

let current = Math.max(0, map.sections.findIndex((s) => freeIn(s) > 0));
map.sections.forEach((section, at) => {
  const price = cheapest(section);
  const from = open(section).some((t) => t.price !== price.price) ? `${say("a partir de", "from")} ` : "";
  const info = html("span", { class: "fine" });
  const count = () => {
    const free = freeIn(section);
    info.textContent =
      free > 0 ? `${free} ${say("livres", "free")} · ${from}${price.shown}`
      : accessibleOnly ? say("sem lugares acessíveis", "no accessible seats")
      : say("esgotado", "sold out");
  };
  count();
  const tab = html("button", { type: "button", role: "tab", id: `tab-${at}`, "aria-controls": "seat-panel" }, section.name, info);
  tab.addEventListener("click", () => show(at));
  tab.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    show((at + by + map.sections.length) % map.sections.length);
    tabs.children[current].focus();
  });
  tab.count = count;
  tabs.append(tab);
});

// ---- The best that are free, side by side; accessible ones for those alone who ask for them.

const howMany = html("select", { id: "seat-count" });
for (let n = 1; n <= Math.min(most, 10); n++) howMany.append(new Option(n, n, n === 2, n === 2));
const howManyLabel = html("label", { for: "seat-count" });
howManyLabel.textContent = say("Lugares juntos", "Seats together");
const best = html("button", { type: "button", class: "button quiet small" });
best.textContent = say("Escolher os melhores", "Choose the best");
tools.append(howManyLabel, howMany, best);
/** 0: nobody has asked; the section's whole width, where seats stay large enough to be met. */
let zoom = 0;
for (const [sign, label, by] of [
  ["−", say("Diminuir o mapa", "Make the map smaller"), 1 / 1.25],
  ["+", say("Aumentar o mapa", "Make the map larger"), 1.25],
]) {
  const button = html("button", { type: "button", class: "button quiet small", "aria-label": label });
  button.textContent = sign;
  button.addEventListener("click", () => {
    zoom = Math.min(2, Math.max(0.5, (zoom || panel.fit()) * by));
    panel.resize();
  });
  tools.append(button);
}
if (has("accessible")) {
  const only = html("input", { type: "checkbox" });
  const words = html("span");
  words.textContent = say("Só lugares acessíveis", "Accessible seats only");
  tools.append(html("label", { class: "check" }, only, words));
  only.addEventListener("change", () => {
    accessibleOnly = only.checked;
    for (const tab of tabs.children) tab.count();
    if (freeIn(map.sections[current]) === 0) current = Math.max(0, map.sections.findIndex((s) => freeIn(s) > 0));
    show(current);
    status.textContent = say(`${map.sections.reduce((n, s) => n + freeIn(s), 0)} lugares livres`, `${map.sections.reduce((n, s) => n + freeIn(s), 0)} seats free`);
  });
}

/** So many neighbours of one line, near the stage and its middle; undefined: there are none. */
function together(section, count) {
  const seats = section.rows.flatMap((row) => row.seats.map((seat) => ({ seat, row, section })));
  const middle = (Math.min(...seats.map((s) => s.seat.x)) + Math.max(...seats.map((s) => s.seat.x))) / 2;
  const usable = seats
    .filter(({ seat }) => takes(section, seat) && (accessibleOnly || !seat.kind))
    .sort((a, b) => a.seat.y - b.seat.y || a.seat.x - b.seat.x);
  let found;
  for (let i = 0; i + count <= usable.length; i++) {
    const run = usable.slice(i, i + count);
    const line = run.every(({ seat, row }, n) => seat.y === run[0].seat.y && seat.x === run[0].seat.x + 2 * n && (!section.tables || row === run[0].row));
    if (!line || (accessibleOnly && !run.some(({ seat }) => seat.kind === "accessible"))) continue;
    const far = run[0].seat.y * 1.5 + Math.abs(run[0].seat.x + count - 1 - middle);
    if (!found || far < found.far) found = { run, far };
  }
  return found?.run;
}

best.addEventListener("click", () => {
  const count = Number(howMany.value);
  // First where one looks already.
  const order = [current, ...map.sections.keys()];
  const at = order.find((n) => together(map.sections[n], count));
  if (at === undefined) {
    status.textContent = say(`Não há ${count} lugares juntos. Tente menos, ou escolha no mapa.`, `There are no ${count} seats together. Try fewer, or choose on the map.`);
    return;
  }
  const run = together(map.sections[at], count);
  chosen.clear();
  for (const { seat, row, section } of run) toggle(seat, row, section);
  show(at);
  panel.querySelector("[aria-checked=true]").scrollIntoView({ block: "nearest", inline: "center" });
  const labels = run.map(({ row, seat }) => `${row.name}-${seat.n}`).join(", ");
  status.textContent = `${map.sections[at].name}: ${labels}`;
});

function show(at) {
  current = at;
  [...tabs.children].forEach((tab, n) => {
    tab.setAttribute("aria-selected", n === at);
    tab.tabIndex = n === at ? 0 : -1;
  });
  panel.setAttribute("aria-labelledby", `tab-${at}`);
  const section = map.sections[at];
  const price = cheapest(section)?.shown;
  const seats = section.rows.flatMap((row) => row.seats.map((seat) => ({ seat, row })));
  const width = (Math.max(...seats.map(({ seat }) => seat.x)) + 2) * Half + Margin * 2;
  const height = (Math.max(...seats.map(({ seat }) => seat.y)) + 2) * Half + Stage + 12;
  const picture = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": section.name });
  picture.append(
    svg("path", { class: "seat-stage", d: `M${Margin} 30 Q ${width / 2} -14 ${width - Margin} 30 Z` }),
    text(width / 2, 20, say("Palco", "Stage"), "seat-stage-name"),
  );
  for (const row of section.rows) name(row);

  /** At both edges of the map; where others stand beside it, next to its seats; on a table. */
  function name(row) {
    const [left, right] = [Math.min(...row.seats.map((s) => s.x)), Math.max(...row.seats.map((s) => s.x)) + 2];
    const y = Stage + row.seats[0].y * Half;
    if (section.tables) {
      const top = y + 2 * Half - 2;
      picture.append(svg("rect", { class: "seat-table", x: Margin + left * Half, y: top, width: (right - left) * Half - Cell + Box, height: Box + 4, rx: 8 }));
      picture.append(text(Margin + ((left + right) / 2) * Half - 3, top + Box / 2 + 2, row.name, "seat-table-name"));
      return;
    }
    const alone = !section.rows.some((other) => other !== row && other.seats[0].y === row.seats[0].y);
    const [before, behind] = alone ? [18, width - 18] : [Margin + left * Half - 10, Margin + right * Half + 4];
    picture.append(text(before, y + Box / 2, row.name));
    if (alone) picture.append(text(behind, y + Box / 2, row.name));
  }

  const place = say(section.tables ? "mesa" : "fila", section.tables ? "table" : "row");
  const made = seats.map(({ seat, row }) => {
    const group = svg("g", { class: "seat", role: "checkbox", tabindex: "-1" });
    const paint = () => {
      const mine = chosen.has(seat.id);
      const free = seat.free && price !== undefined;
      const words = [section.name, `${place} ${row.name}`, `${say("lugar", "seat")} ${seat.n}`, kinds[seat.kind], free ? price : say("ocupado", "taken")];
      group.setAttribute("aria-label", words.filter(Boolean).join(", "));
      group.setAttribute("aria-checked", mine);
      if (takes(section, seat)) group.removeAttribute("aria-disabled");
      else group.setAttribute("aria-disabled", "true");
      mark(group, Margin + seat.x * Half, Stage + seat.y * Half, free ? (mine ? "mine" : "free") : "taken", seat);
    };
    const press = () => {
      if (takes(section, seat) || chosen.has(seat.id)) toggle(seat, row, section);
      paint();
    };
    paint();
    group.addEventListener("click", () => {
      press();
      move(group);
    });
    group.addEventListener("keydown", (event) => {
      const by = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key];
      if (by) {
        event.preventDefault();
        move(next(group, ...by) ?? group, true);
      } else if (event.key === " " || event.key === "Enter") {
        event.preventDefault();
        press();
      }
    });
    Object.assign(group, { repaint: paint, seat });
    picture.append(group);
    return group;
  });

  /** The next seat of the line; or of the next line the one that is nearest. */
  function next(from, right, down) {
    const { x, y } = from.seat;
    if (right) return nearest(made.filter((g) => g.seat.y === y && (g.seat.x - x) * right > 0), (g) => Math.abs(g.seat.x - x));
    const line = nearest(made.filter((g) => (g.seat.y - y) * down > 0), (g) => Math.abs(g.seat.y - y))?.seat.y;
    return nearest(made.filter((g) => g.seat.y === line), (g) => Math.abs(g.seat.x - x));
  }

  // One stop for the tab key; the arrows go from there.
  let stop = null;
  function move(to, focus) {
    stop?.setAttribute("tabindex", "-1");
    stop = to;
    stop.setAttribute("tabindex", "0");
    if (focus) {
      stop.focus();
      stop.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  }
  move(made.find((g) => takes(section, g.seat)) ?? made[0]);
  panel.replaceChildren(picture);
  // Targets of 24 px do not meet (WCAG 2.5.8).
  panel.fit = () => Math.min(1, Math.max(24 / (2 * Half), panel.clientWidth / width));
  panel.resize = () => {
    const scale = zoom || panel.fit();
    picture.setAttribute("width", width * scale);
    picture.setAttribute("height", height * scale);
    panel.scrollLeft = (panel.scrollWidth - panel.clientWidth) / 2;
  };
  panel.resize();
  panel.repaint = () => made.forEach((g) => g.repaint());
}

const nearest = (list, far) => list.reduce((best, g) => (best === undefined || far(g) < far(best) ? g : best), undefined);

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
      if (item.seat.kind) {
        const kind = html("span", { class: "fine" });
        kind.textContent = ` ${kinds[item.seat.kind]}`;
        name.append(kind);
      }
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

// ---- Others choose, too: what is free is asked for again while somebody looks, and what was chosen and is gone is said.

const every = 10_000;
const byId = new Map(all.map((seat) => [seat.id, seat]));

async function refresh() {
  const answer = await fetch(root.dataset.source);
  if (!answer.ok) return;
  let changed = false;
  for (const { id, free } of (await answer.json()).sections.flatMap((section) => section.rows.flatMap((row) => row.seats))) {
    const seat = byId.get(id);
    if (!seat || seat.free === free) continue;
    seat.free = free;
    changed = true;
  }
  if (!changed) return;
  const lost = [...chosen.values()].filter(({ seat }) => !seat.free);
  for (const { seat } of lost) chosen.delete(seat.id);
  for (const tab of tabs.children) tab.count();
  panel.repaint();
  if (lost.length === 0) return;
  list();
  const labels = lost.map(({ row, seat }) => `${row.name}-${seat.n}`).join(", ");
  status.textContent = say(`Alguém levou antes: ${labels}. Escolha outro lugar.`, `Somebody was quicker: ${labels}. Choose another seat.`);
}

(async () => {
  for (;;) {
    await new Promise((go) => setTimeout(go, every));
    // Out of reach for now: what is shown stays, and the server decides anyway.
    if (!document.hidden) await refresh().catch(() => {});
  }
})();
