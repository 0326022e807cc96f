// The seat map: the room, and a section at a time as SVG, each seat at its place, by pointer or by arrow keys. What is chosen lies in the form
// as it does without a script.

const root = document.getElementById("seats");
const english = root.dataset.language === "en";
const say = (portuguese, englishText) => (english ? englishText : portuguese);
const { svg, html, text, mark, sample, stage, next, Half, Box, Cell } = await import(root.dataset.shapes);

const Margin = 40;
const Stage = 44;
/** Targets of 24 px do not meet (WCAG 2.5.8). */
const least = 24 / Cell;

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

for (const [state, kind, words] of [
  ["free", undefined, say("Livre", "Free")],
  ["mine", undefined, say("Escolhido", "Chosen")],
  ["taken", undefined, say("Ocupado", "Taken")],
  ...Object.entries(kinds)
    .filter(([kind]) => has(kind))
    .map(([kind, words]) => ["free", kind, words]),
])
  key.append(
    html("li", {}, sample(drawn(state, kind)), words),
  );

function drawn(state, kind) {
  const group = svg("g", { class: "seat" });
  if (state === "taken") group.setAttribute("aria-disabled", "true");
  if (state === "mine") group.setAttribute("aria-checked", "true");
  mark(group, 0, 0, state, { n: "", kind });
  return group;
}

const open = (section) => section.types.map((id) => types.get(id)).filter((t) => t?.open);
const cheapest = (section) => open(section).sort((a, b) => a.price - b.price)[0];
/** Only what somebody in a wheelchair, and who comes along, needs. */
let accessibleOnly = false;
const takes = (section, seat) => seat.free && open(section).length > 0 && (!accessibleOnly || seat.kind);
const freeIn = (section) => section.rows.reduce((n, r) => n + r.seats.filter((s) => takes(section, s)).length, 0);

// ---- The room: its sections one behind another from the stage, all in one measure, each with what is free.

const many = map.sections.length > 1;
const ends = (section, side) => Math.max(...section.rows.flatMap((row) => row.seats.map((seat) => seat[side] + 2)));
const [widest, deepest] = ["x", "y"].map((side) => Math.max(...map.sections.map((section) => ends(section, side))));
// Beside the seats only where that leaves these as wide as they are.
const beside = (widest * Half + 2 * Margin) * least < root.clientWidth - 368;
if (many) {
  root.classList.add("many");
  root.classList.toggle("beside", beside);
  tabs.append(svg("svg", { class: "seat-room-stage", viewBox: "0 0 160 32", "aria-hidden": "true" }, ...stage(160, 0, say("Palco", "Stage"))));
}
/** Of half a place, in pixels. */
const measure = Math.min(5, (beside ? 220 : Math.min(220, root.clientWidth * 0.4)) / widest, (beside ? 120 : 72) / deepest);

function miniature(section) {
  const [wide, deep] = [ends(section, "x"), ends(section, "y")];
  const [taken, free] = ["taken", "free"].map((name) => svg("path", { class: name }));
  const picture = svg("svg", { class: "seat-miniature", width: wide * measure, height: deep * measure, viewBox: `0 0 ${wide} ${deep}`, "aria-hidden": "true" }, taken, free);
  picture.count = () => {
    const dots = { true: "", false: "" };
    for (const row of section.rows) for (const seat of row.seats) dots[Boolean(takes(section, seat))] += `M${seat.x + 1} ${seat.y + 1}h0`;
    free.setAttribute("d", dots.true);
    taken.setAttribute("d", dots.false);
  };
  return picture;
}

const tabList = () => tabs.querySelectorAll("[role=tab]");
let current = Math.max(0, map.sections.findIndex((s) => freeIn(s) > 0));
map.sections.forEach((section, at) => {
  const picture = many ? miniature(section) : undefined;
  const price = cheapest(section);
  const from = open(section).some((t) => t.price !== price.price) ? `${say("a partir de", "from")} ` : "";
  const info = html("span", { class: "fine" });
  const count = () => {
    const free = freeIn(section);
    info.textContent =
      free > 0 ? `${free} ${free === 1 ? say("livre", "free") : say("livres", "free")} · ${from}${price.shown}`
      : accessibleOnly ? say("sem lugares acessíveis", "no accessible seats")
      : say("esgotado", "sold out");
    picture?.count();
  };
  count();
  const tab = html("button", { type: "button", role: "tab", id: `tab-${at}`, "aria-controls": "seat-panel" }, ...(picture ? [picture] : []), html("span", {}, section.name), info);
  tab.addEventListener("click", () => {
    show(at);
    // On a phone its seats are further down.
    if (panel.getBoundingClientRect().top > innerHeight * 0.7) panel.scrollIntoView({ block: "center" });
  });
  tab.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    show((at + by + map.sections.length) % map.sections.length);
    tabList()[current].focus();
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
/** Where nothing is free there is no best. */
const offer = () => {
  const none = map.sections.every((section) => freeIn(section) === 0);
  for (const part of [howManyLabel, howMany, best]) part.hidden = none;
};
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
    for (const tab of tabList()) tab.count();
    if (freeIn(map.sections[current]) === 0) current = Math.max(0, map.sections.findIndex((s) => freeIn(s) > 0));
    show(current);
    const free = map.sections.reduce((n, s) => n + freeIn(s), 0);
    status.textContent = free === 1 ? say("1 lugar livre", "1 seat free") : say(`${free} lugares livres`, `${free} seats free`);
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
  offer();
  tabList().forEach((tab, n) => {
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
  picture.append(...stage(width, Margin, say("Palco", "Stage")));
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
      const to = next(group, made, event.key);
      if (to) {
        event.preventDefault();
        move(to, true);
      } else if (event.key === " " || event.key === "Enter") {
        event.preventDefault();
        press();
      }
    });
    Object.assign(group, { repaint: paint, seat });
    picture.append(group);
    return group;
  });

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
  const { paddingLeft, paddingRight } = getComputedStyle(panel);
  const edges = parseFloat(paddingLeft) + parseFloat(paddingRight);
  panel.fit = () => Math.min(1, Math.max(least, (panel.clientWidth - edges) / width));
  panel.resize = () => {
    const scale = zoom || panel.fit();
    picture.setAttribute("width", width * scale);
    picture.setAttribute("height", height * scale);
    panel.scrollLeft = (panel.scrollWidth - panel.clientWidth) / 2;
  };
  panel.resize();
  panel.repaint = () => made.forEach((g) => g.repaint());
}

function toggle(seat, row, section, type) {
  if (chosen.has(seat.id)) chosen.delete(seat.id);
  else if (chosen.size >= most) {
    status.textContent = most === 1 ? say("É um lugar no máximo.", "One seat at most.") : say(`São no máximo ${most} lugares.`, `At most ${most} seats.`);
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
        const at = [...picked.children].indexOf(remove.parentElement);
        chosen.delete(item.seat.id);
        panel.repaint();
        list();
        (picked.children[Math.min(at, chosen.size - 1)]?.querySelector("button") ?? panel).focus();
      });
      return html("li", {}, name, hidden, select, remove);
    }),
  );
  status.textContent = chosen.size === 1 ? say("1 escolhido", "1 chosen") : say(`${chosen.size} escolhidos`, `${chosen.size} chosen`);
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
// From then on it is this buyer who has them.
const answered = 30_000;
let sentAt = -Infinity;
const sent = () => Date.now() - sentAt < answered;
root.closest("form").addEventListener("submit", () => (sentAt = Date.now()));
addEventListener("pageshow", () => (sentAt = -Infinity));
const byId = new Map(all.map((seat) => [seat.id, seat]));

async function refresh() {
  const answer = await fetch(root.dataset.source);
  if (!answer.ok) return;
  const { sections } = await answer.json();
  if (sent()) return;
  let changed = false;
  for (const { id, free } of sections.flatMap((section) => section.rows.flatMap((row) => row.seats))) {
    const seat = byId.get(id);
    if (!seat || seat.free === free) continue;
    seat.free = free;
    changed = true;
  }
  if (!changed) return;
  const lost = [...chosen.values()].filter(({ seat }) => !seat.free);
  for (const { seat } of lost) chosen.delete(seat.id);
  for (const tab of tabList()) tab.count();
  offer();
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
    if (!document.hidden && !sent()) await refresh().catch(() => {});
  }
})();
