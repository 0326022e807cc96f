// The seat map by clicks and keys. The text of the form stays what is saved: it is read from there, and each change is
// written there.

const root = document.getElementById("seat-editor");
const area = document.getElementById("text");
const english = root.dataset.language === "en";
const say = (portuguese, englishText) => (english ? englishText : portuguese);
const { svg, html, mark, sample, stage, next, Cell } = await import(root.dataset.shapes);
const {
  read, write, MaxSeatsPerRow, MaxSeatsPerTable, MaxPlacesPerRow, MaxRows, MaxName, whole, seatsOf, gap, seat, made,
  inOrder, numberingOf, numbered, numberAt, withSeats, taken, namesFrom, freeName, cleaned, widthOf, spotsOf, placeAt,
} = await import(root.dataset.text);
const form = area.form;
/** In places: what stands left of a row's seats, and above all rows. */
const NameWidth = 1.25;
const Margin = 0.5;
const Stage = 1.5;
const MostUndone = 200;

let sections = [];
/** Where one is: what the fields beside the map are about. */
let at = { section: 0, row: 0, place: 0 };
const past = [];
const future = [];
/** Not as it was saved, though there is nothing to undo. */
let dirty = "dirty" in root.dataset;
/** What Events said of a row or a section, until it is another one. */
const faults = new WeakMap();

const button = (label, press) => {
  const made = html("button", { type: "button", class: "button quiet small" }, label);
  made.addEventListener("click", () => made.getAttribute("aria-disabled") === "true" || press());
  return made;
};
const enable = (control, on) => (on ? control.removeAttribute("aria-disabled") : control.setAttribute("aria-disabled", "true"));
let fields = 0;
const field = (label, control) => {
  control.id = `editor-${++fields}`;
  return html("div", { class: "field" }, html("label", { for: control.id }, label), control);
};
const check = (label) => {
  const box = html("input", { type: "checkbox" });
  return [html("label", { class: "check" }, box, html("span", {}, label)), box];
};
const group = (heading, ...children) => html("section", { class: "panel", "aria-labelledby": heading.id }, heading, ...children);

const status = html("p", { class: "fine", role: "status" });
const tell = (words) => (status.textContent = words);

// -- Parts.

const undo = button(say("Desfazer", "Undo"), () => travel(past, future, say("Desfeito", "Undone")));
const redo = button(say("Refazer", "Redo"), () => travel(future, past, say("Refeito", "Redone")));
undo.setAttribute("aria-keyshortcuts", "Control+Z");
redo.setAttribute("aria-keyshortcuts", "Control+Shift+Z");
const total = html("p", { class: "fine seat-total" });
let zoom = 0;
const zooms = [
  ["−", say("Diminuir o mapa", "Make the map smaller"), 1 / 1.25],
  ["+", say("Aumentar o mapa", "Make the map larger"), 1.25],
].map(([sign, label, by]) => {
  const made = button(sign, () => {
    zoom = Math.min(80, Math.max(24, size * by));
    resize();
  });
  made.setAttribute("aria-label", label);
  return made;
});
const bar = html("div", { class: "seat-tools" }, undo, redo, ...zooms, status, total);
const tabs = html("div", { class: "seat-tabs", role: "tablist", "aria-label": say("Setores", "Sections") });

const brushes = {
  kind: say("Trocar o tipo", "Change the kind"),
  gap: say("Abrir ou fechar um vão", "Open or close a gap"),
  aisle: say("Abrir ou fechar um corredor", "Open or close an aisle"),
};
const brush = html("fieldset", { class: "seat-brush" }, html("legend", {}, say("Um clique num lugar serve para", "A click on a seat is to")));
for (const [value, label] of Object.entries(brushes)) {
  const radio = html("input", { type: "radio", name: "seat-brush", value });
  radio.checked = value === "kind";
  brush.append(html("label", { class: "check" }, radio, html("span", {}, label)));
}
// It is not the form's.
for (const radio of brush.querySelectorAll("input")) radio.setAttribute("form", "");

const kinds = {
  standard: say("comum", "standard"),
  accessible: say("acessível", "accessible"),
  companion: say("acompanhante", "companion"),
  gap: say("vão", "gap"),
};
const key = html("ul", { class: "seat-key" });
for (const [kind, words] of Object.entries(kinds)) {
  const shape = svg("g", { class: "seat" });
  key.append(html("li", {}, sample(mark(shape, 0, 0, "free", { n: "", kind })), words));
}

const ground = svg("svg", { class: "seat-ground", "aria-hidden": "true" });
const floor = html("div", { role: "grid", class: "seat-floor", "aria-describedby": "editor-keys" });
const picture = html("div", { class: "seat-picture" }, ground, floor);
const scroll = html("div", { class: "seat-scroll seat-plan" }, picture);
const keys = html(
  "p",
  { class: "fine", id: "editor-keys" },
  say(
    "Setas andam entre os lugares. Espaço ou Enter é o clique, Delete deixa um vão, Ctrl+Z desfaz.",
    "Arrow keys move between seats. Space or Enter is the click, Delete leaves a gap, Ctrl+Z undoes.",
  ),
);

// The row.
const rowTitle = html("h2", { id: "editor-row" });
const rowFault = html("p", { class: "hint bad" });
const rowName = html("input", { maxlength: MaxName, autocomplete: "off" });
const rowSeats = html("input", { type: "number", inputmode: "numeric", min: 1 });
const scheme = html("select");
const own = new Option(say("como está", "as it is"), "");
scheme.append(own, ...[...document.getElementById("scheme").options].map((o) => new Option(o.text, o.value)));
const [rightLabel, right] = check(say("Contar da direita", "Count from the right"));
const [everywhereLabel, everywhere] = check("");
const rowUp = button(say("Subir", "Up"), () => moveRow(-1));
const rowDown = button(say("Descer", "Down"), () => moveRow(1));
const rowTwice = button(say("Duplicar", "Duplicate"), duplicateRow);
const rowAway = button(say("Remover", "Remove"), removeRow);
const places = [
  [say("Para a esquerda", "To the left"), -1, 0],
  [say("Para a direita", "To the right"), 1, 0],
  [say("Para o palco", "To the stage"), 0, -1],
  [say("Para trás", "To the back"), 0, 1],
].map(([label, dx, dy]) => button(label, () => shift(dx, dy)));
const placedAlone = button(say("Lugar automático", "Automatic place"), () =>
  changeRow(({ x, y, ...row }) => row, say("Lugar automático", "Automatic place")),
);
const rowPanel = group(
  rowTitle,
  rowFault,
  html("div", { class: "pair" }, field(say("Nome", "Name"), rowName), field(say("Lugares", "Seats"), rowSeats)),
  field(say("Numeração", "Numbering"), scheme),
  rightLabel,
  everywhereLabel,
  html("div", { class: "actions" }, rowUp, rowDown, rowTwice, rowAway),
  html(
    "details",
    { class: "quiet-details" },
    html("summary", {}, say("Posição na sala", "Position in the room")),
    html("div", { class: "actions" }, ...places, placedAlone),
  ),
);

// The section.
const sectionTitle = html("h2", { id: "editor-section" });
const sectionFault = html("p", { class: "hint bad" });
const sectionName = html("input", { maxlength: MaxName, autocomplete: "off" });
const [tableLabel, table] = check(say("São mesas, com lugares em volta", "These are tables with seats around them"));
const rowNew = button("", addRow);
const inOrderNames = button(say("Renomear em ordem", "Rename in order"), renameRows);
const sectionUp = button(say("Mover antes", "Move before"), () => moveSection(-1));
const sectionDown = button(say("Mover depois", "Move after"), () => moveSection(1));
const sectionTwice = button(say("Duplicar", "Duplicate"), duplicateSection);
const sectionAway = button(say("Remover", "Remove"), removeSection);
const sectionPanel = group(
  sectionTitle,
  sectionFault,
  field(say("Nome", "Name"), sectionName),
  tableLabel,
  html("div", { class: "actions" }, rowNew, inOrderNames),
  html("div", { class: "actions" }, sectionUp, sectionDown, sectionTwice, sectionAway),
);

const desk = html(
  "div",
  { class: "seat-desk", role: "tabpanel", id: "seat-desk" },
  html("div", { class: "seat-board" }, brush, scroll, key, keys),
  html("div", { class: "seat-side" }, rowPanel, sectionPanel),
);
const refused = html("p", { class: "notice bad" });
root.append(refused, bar, tabs, desk);

// -- Changes.

const here = () => sections[at.section];
const row = () => here().rows[at.row];
const nameOf = (r, section = here()) => `${section.table ? say("mesa", "table") : say("fila", "row")} ${r.name}`;
const many = (n, one) => `${n} ${n === 1 ? one : one + (one.endsWith("r") ? "es" : "s")}`;
const large = (words) => words[0].toUpperCase() + words.slice(1);
const withRows = (rows) => sections.with(at.section, { ...here(), rows });

function change(then, words, to = {}) {
  if (write(then) === area.value) return show();
  past.push({ sections, at, words });
  if (past.length > MostUndone) past.shift();
  future.length = 0;
  take(then, { ...at, ...to });
  tell(words);
}

function take(then, to) {
  sections = then;
  at = to;
  area.value = write(sections);
  show();
}

function travel(from, to, words) {
  const step = from.pop();
  if (!step) return;
  to.push({ sections, at, words: step.words });
  take(step.sections, step.at);
  tell(`${words}: ${step.words}`);
}

function changeRow(by, words, to) {
  change(withRows(here().rows.with(at.row, by(row()))), words, to);
}

/** This row, or all of the section. */
function changeRows(by, words) {
  const all = everywhere.checked;
  change(withRows(here().rows.map((r, i) => (all || i === at.row ? by(r) : r))), `${large(all ? everyRow() : nameOf(row()))}: ${words}`);
}

const everyRow = () => (here().table ? say("todas as mesas", "all tables") : say("todas as filas", "all rows"));

const cycle = ["standard", "accessible", "companion", "gap"];

function press(n) {
  const how = brush.querySelector(":checked").value;
  if (how === "kind" || here().table) turn(n, cycle[(cycle.indexOf(row().places[n].kind) + 1) % (here().table ? 3 : 4)]);
  else if (how === "gap") openOrClose(n, [at.row]);
  else openOrClose(n, here().rows.keys());
}

function turn(n, kind) {
  const was = row().places[n];
  if (kind === "gap" && here().table) return;
  if (kind === "gap" && seatsOf(row()).length === 1)
    return tell(say("É o único lugar da fila: remova a fila.", "It is the only seat of the row: remove the row."));
  const number = was.kind === "gap" ? numberAt(row(), n) : was.n;
  const how = numberingOf(row());
  let then = { ...row(), places: row().places.with(n, { n: number, kind }) };
  // A row that counts over its gaps counts anew.
  if (was.kind === "gap" && how && !how.counted) then = numbered(then, how);
  changeRow(() => then, `${large(nameOf(row()))}, ${say("lugar", "seat")} ${then.places[n].n}: ${kinds[kind]}`, { place: n });
}

/** To the left of this place; or through all rows, where they are in this place's column. */
function openOrClose(n, rows) {
  const spots = spotsOf(here());
  const x = spots[at.row].x + n * 2;
  const close = row().places[n].kind === "gap";
  const then = [...here().rows];
  for (const r of rows) {
    const i = r === at.row ? n : Math.ceil((x - spots[r].x) / 2);
    const { places } = then[r];
    if (close && places[i]?.kind === "gap") then[r] = { ...then[r], places: places.toSpliced(i, 1) };
    // An aisle beside a row is none.
    if (!close && (r === at.row || (i > 0 && i < places.length)) && places.length < MaxPlacesPerRow)
      then[r] = { ...then[r], places: places.toSpliced(i, 0, gap()) };
  }
  const changed = then.filter((r, i) => r !== here().rows[i]).length;
  change(
    withRows(then),
    `${close ? say("Vão fechado", "Gap closed") : say("Vão aberto", "Gap opened")}: ${changed === 1 ? nameOf(row()) : many(changed, say("fila", "row"))}`,
    { place: close ? n : n + 1 },
  );
}

function shift(dx, dy) {
  const spot = spotsOf(here())[at.row];
  const [x, y] = [Math.max(0, spot.x + dx), Math.max(0, spot.y + dy)];
  changeRow((r) => ({ ...r, x, y }), `${large(nameOf(row()))}: ${x}, ${y}`);
}

function moveRow(by) {
  const to = at.row + by;
  if (to < 0 || to >= here().rows.length) return;
  const rows = here().rows.with(at.row, here().rows[to]).with(to, row());
  change(withRows(rows), `${large(nameOf(row()))}: ${to + 1} / ${rows.length}`, { row: to });
}

const full = () => here().rows.length >= MaxRows && tell(say(`São no máximo ${MaxRows} filas num setor.`, `At most ${MaxRows} rows in a section.`));

function duplicateRow() {
  if (full()) return;
  const { x, y, ...like } = row();
  const copy = made({ ...like, name: freeName(here().rows, like.name) });
  change(withRows(here().rows.toSpliced(at.row + 1, 0, copy)), `${large(nameOf(copy))} ${say("acrescentada", "added")}`, { row: at.row + 1 });
}

function addRow() {
  if (full()) return;
  const { x, y, ...like } = here().rows.at(-1);
  const plain = like.places.map((place) => (place.kind === "gap" ? place : { ...place, kind: "standard" }));
  const copy = made({ ...like, places: plain, name: freeName(here().rows, like.name) });
  change(withRows([...here().rows, copy]), `${large(nameOf(copy))} ${say("acrescentada", "added")}`, { row: here().rows.length });
}

function removeRow() {
  if (here().rows.length === 1) return removeSection();
  const words = `${large(nameOf(row()))} ${say("removida", "removed")}`;
  change(withRows(here().rows.toSpliced(at.row, 1)), words, { row: Math.min(at.row, here().rows.length - 2) });
}

function renameRows() {
  const names = namesFrom(here().rows[0].name) ?? namesFrom("A");
  const rows = here().rows.map((r, i) => ({ ...r, name: names(i) }));
  change(withRows(rows), `${rows[0].name} – ${rows.at(-1).name}`);
}

function moveSection(by) {
  const to = at.section + by;
  if (to < 0 || to >= sections.length) return;
  change(sections.with(at.section, sections[to]).with(to, here()), `${here().name}: ${to + 1} / ${sections.length}`, { section: to });
}

function duplicateSection() {
  const copy = { ...here(), name: freeName(sections, here().name.replace(/ \d+$/, "")), rows: here().rows.map(made) };
  change(sections.toSpliced(at.section + 1, 0, copy), `${copy.name} ${say("acrescentado", "added")}`, { section: at.section + 1 });
}

function removeSection() {
  const words = `${here().name} ${say("removido", "removed")}`;
  change(sections.toSpliced(at.section, 1), words, { section: Math.max(0, at.section - 1), row: 0, place: 0 });
}

// -- Fields beside the map. A name that cannot be is said, and goes back to what it was.

const rename = (input, items, item, then) =>
  input.addEventListener("change", () => {
    const name = cleaned(input.value);
    const others = items().filter((other) => other !== item());
    if (name && name !== item().name && !taken(others, name)) return then(name);
    if (name !== item().name)
      tell(name ? say(`Já existe: ${name}`, `It is there already: ${name}`) : say("Precisa de um nome.", "It needs a name."));
    input.value = item().name;
  });
rename(rowName, () => here().rows, row, (name) => changeRow((r) => ({ ...r, name }), large(nameOf({ name }))));
rename(sectionName, () => sections, here, (name) => change(sections.with(at.section, { ...here(), name }), name));
rowSeats.addEventListener("change", () => {
  const most = here().table ? MaxSeatsPerTable : MaxSeatsPerRow;
  const count = Math.min(most, whole(rowSeats.value) || 0);
  if (count === 0) return show();
  changeRows((r) => withSeats(r, count), many(count, say("lugar", "seat")));
});
const renumber = () =>
  changeRows(
    (r) => numbered(r, { scheme: scheme.value || "up", right: right.checked, counted: numberingOf(r)?.counted }),
    say("numeração mudada", "numbering changed"),
  );
scheme.addEventListener("change", () => (scheme.value ? renumber() : show()));
right.addEventListener("change", renumber);
table.addEventListener("change", () => {
  const rows = here().rows.map((r) => (table.checked ? { ...r, places: seatsOf(r) } : r));
  change(sections.with(at.section, { ...here(), table: table.checked, rows }), `${here().name}: ${table.checked ? say("mesas", "tables") : say("filas", "rows")}`);
});
// Enter takes a field's value, and sends nothing.
root.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("input, select")) {
    event.preventDefault();
    event.target.dispatchEvent(new Event("change"));
  }
});
root.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.target.matches("input:not([type=checkbox], [type=radio])")) return;
  const k = event.key.toLowerCase();
  if (k !== "z" && k !== "y") return;
  event.preventDefault();
  (k === "y" || event.shiftKey ? redo : undo).click();
});

// -- Drawing: what is as it was stays.

const groups = new Map();
let cells = [];
let stop;

function show() {
  const any = sections.length > 0;
  for (const part of [bar, tabs, desk]) part.hidden = !any && !(part === bar && past.length + future.length > 0);
  refused.hidden = true;
  enable(undo, past.length > 0);
  enable(redo, future.length > 0);
  const count = (list, kind) => list.reduce((n, s) => n + s.rows.reduce((m, r) => m + r.places.filter((p) => (kind ? p.kind === kind : p.kind !== "gap")).length, 0), 0);
  const accessible = count(sections, "accessible");
  total.textContent =
    many(count(sections), say("lugar", "seat")) + (accessible ? `, ${accessible} ${accessible === 1 ? kinds.accessible : say("acessíveis", "accessible")}` : "");
  if (!any) {
    for (const [id, g] of groups) groups.delete(id), g.remove();
    return;
  }
  at.section = Math.min(at.section, sections.length - 1);
  at.row = Math.min(at.row, here().rows.length - 1);
  at.place = Math.max(0, Math.min(at.place, row().places.length - 1));
  showTabs(count);
  draw();
  showFields();
}

function showTabs(count) {
  while (tabs.children.length > sections.length) tabs.lastChild.remove();
  sections.forEach((section, i) => {
    const tab = tabs.children[i] ?? newTab(i);
    const rows = section.rows.length;
    const seats = count([section]);
    const info = `${many(rows, section.table ? say("mesa", "table") : say("fila", "row"))}, ${many(seats, say("lugar", "seat"))}`;
    if (tab.firstChild.data !== section.name) tab.firstChild.data = section.name;
    if (tab.lastChild.textContent !== info) tab.lastChild.textContent = info;
    tab.setAttribute("aria-selected", i === at.section);
    tab.tabIndex = i === at.section ? 0 : -1;
  });
  desk.setAttribute("aria-labelledby", `editor-tab-${at.section}`);
}

function newTab(i) {
  const tab = html("button", { type: "button", role: "tab", id: `editor-tab-${i}`, "aria-controls": "seat-desk" }, " ", html("span", { class: "fine" }));
  const open = (to) => {
    at = { section: to, row: 0, place: 0 };
    show();
  };
  tab.addEventListener("click", () => open(i));
  tab.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    open((i + by + sections.length) % sections.length);
    tabs.children[at.section].focus();
  });
  tabs.append(tab);
  return tab;
}

function draw() {
  const section = here();
  const spots = spotsOf(section);
  const within = picture.contains(document.activeElement);
  const ids = new Set(section.rows.map((r) => r.id));
  for (const [id, g] of groups)
    if (!ids.has(id)) {
      g.remove();
      groups.delete(id);
    }
  cells = [];
  section.rows.forEach((r, i) => {
    const g = groups.get(r.id) ?? newRow(r.id);
    if (floor.children[i] !== g) floor.insertBefore(g, floor.children[i] ?? null);
    g.at = i;
    drawRow(g, r, section, spots[i]);
    cells.push(...g.cells);
  });
  const width = Math.max(...section.rows.map((r, i) => spots[i].x / 2 + widthOf(r, section.table))) + NameWidth + 2 * Margin;
  const height = Math.max(...spots.map((s) => s.y)) / 2 + (section.table ? 3 : 1) + Stage + Margin;
  if (picture.wide !== width) {
    ground.setAttribute("viewBox", `0 0 ${width * Cell} ${Stage * Cell}`);
    ground.replaceChildren(...stage(width * Cell, Margin * Cell, say("Palco", "Stage")));
  }
  Object.assign(picture, { wide: width });
  Object.assign(picture.style, { width: `${width}em`, height: `${height}em` });
  if (picture.of !== section.name) {
    floor.setAttribute("aria-label", (picture.of = section.name));
    resize();
  }
  setStop(groups.get(row().id).cells[at.place], within);
}

function newRow(id) {
  const name = html("div", { class: "seat-line-name", role: "rowheader" });
  const g = html("div", { role: "row", class: "seat-line" }, name);
  Object.assign(g, { name, cells: [] });
  groups.set(id, g);
  return g;
}

function drawRow(g, r, section, spot) {
  const chosen = section.rows[at.row] === r;
  if (g.chosen !== chosen) g.setAttribute("aria-selected", (g.chosen = chosen));
  if (g.x !== spot.x || g.y !== spot.y) g.style.transform = `translate(${Margin + spot.x / 2}em, ${Stage + spot.y / 2}em)`;
  if (g.x !== spot.x || g.y !== spot.y || g.row !== r || g.table !== section.table) {
    const fault = faults.get(r);
    g.name.textContent = r.name;
    g.name.setAttribute("aria-label", large(nameOf(r, section)) + (fault ? `, ${fault}` : ""));
    g.classList.toggle("wrong", fault !== undefined);
    g.classList.toggle("around", section.table);
    drawCells(g, r, section, spot);
    Object.assign(g, { ...spot, row: r, table: section.table });
  }
}

/** What stands before and behind the change moves along. */
function drawCells(g, r, section, spot) {
  const [old, then] = [g.cells, r.places];
  let [same, behind] = [0, 0];
  while (same < Math.min(old.length, then.length) && old[same].place === then[same]) same++;
  while (behind < Math.min(old.length, then.length) - same && old.at(-1 - behind).place === then.at(-1 - behind)) behind++;
  const between = old.slice(same, old.length - behind);
  while (between.length > then.length - same - behind) between.pop().remove();
  while (between.length < then.length - same - behind) {
    const cell = Object.assign(html("div", { role: "gridcell", tabindex: "-1" }), { of: g });
    (between.at(-1) ?? old[same - 1] ?? g.name).after(cell);
    between.push(cell);
  }
  g.cells = [...old.slice(0, same), ...between, ...old.slice(old.length - behind)];
  const place = nameOf(r, section);
  // Also while it is not drawn: a browser leaves out what it takes to be out of sight.
  g.style.width = `${widthOf(r, section.table) + (section.table ? 0 : NameWidth)}em`;
  g.style.gridTemplateColumns = section.table ? `repeat(${widthOf(r, true)}, 1em)` : "";
  g.cells.forEach((cell, n) => {
    const { kind, n: number } = then[n];
    const { x, y } = placeAt(r, section.table, n);
    const words = kind === "gap" ? `${place}, ${kinds.gap}` : `${place}, ${say("lugar", "seat")} ${number}, ${kinds[kind]}`;
    if (cell.words !== words) {
      cell.setAttribute("aria-label", (cell.words = words));
      cell.className = `seat seat-spot ${kind}`;
      const drawing = { accessible: true, companion: true }[kind];
      cell.replaceChildren(drawing ? sample(mark(svg("g"), 0, 0, "free", then[n])) : kind === "gap" ? "" : number);
    }
    cell.style.gridArea = section.table ? `${y / 2 + 1} / ${x / 2 + 1}` : "";
    Object.assign(cell, { at: n, place: then[n], seat: { x: spot.x + x, y: spot.y + y } });
  });
}

/** One stop for the tab key; the arrows go from there. */
function setStop(to, focus) {
  if (stop !== to) {
    stop?.setAttribute("tabindex", "-1");
    stop = to;
    stop.setAttribute("tabindex", "0");
  }
  if (focus && document.activeElement !== stop) stop.focus();
}

function goTo(cell, focus) {
  const before = at.row;
  at = { ...at, row: cell.of.at, place: cell.at };
  setStop(cell, focus);
  if (before === at.row) return;
  for (const i of [before, at.row]) {
    const g = floor.children[i];
    g.setAttribute("aria-selected", (g.chosen = i === at.row));
  }
  showFields();
}

picture.addEventListener("click", ({ target }) => {
  const cell = target.closest("[role=gridcell]");
  const g = target.closest("[role=row]");
  if (!g) return;
  goTo(cell ?? g.cells[0], cell);
  if (cell) press(cell.at);
  else tell(large(nameOf(row())));
});
picture.addEventListener("keydown", (event) => {
  const cell = event.target.closest("[role=gridcell]");
  if (!cell || event.altKey) return;
  const line = event.ctrlKey || event.metaKey ? cells : cell.of.cells;
  const to = { Home: line[0], End: line.at(-1) }[event.key] ?? (event.ctrlKey || event.metaKey ? undefined : next(cell, cells, event.key));
  if (to) goTo(to, true);
  else if (event.key === " " || event.key === "Enter") press(cell.at);
  else if (event.key === "Delete" || event.key === "Backspace") turn(cell.at, "gap");
  else return;
  event.preventDefault();
});
picture.addEventListener("focusin", ({ target }) => target.of && goTo(target));

// Fingers get 44 px, a mouse no less than 24 (WCAG 2.5.5, 2.5.8), and all of it where it fits. It stays while one edits.
let size = Cell;
const fit = () => (matchMedia("(pointer: coarse)").matches ? 44 : Math.min(Cell, Math.max(24, (scroll.clientWidth - 26) / picture.wide)));
function resize() {
  size = zoom || fit();
  picture.style.fontSize = `${size}px`;
}

function showFields() {
  const [section, r] = [here(), row()];
  const set = (control, value) => control.value !== value && (control.value = value);
  rowTitle.textContent = large(nameOf(r));
  rowFault.textContent = faults.get(r) ?? "";
  rowFault.hidden = !faults.has(r);
  set(rowName, r.name);
  set(rowSeats, `${seatsOf(r).length}`);
  rowSeats.max = section.table ? MaxSeatsPerTable : MaxSeatsPerRow;
  const how = numberingOf(r);
  set(scheme, how?.scheme ?? "");
  own.hidden = how !== undefined;
  right.checked = how?.right ?? false;
  everywhereLabel.lastChild.textContent = say(`Lugares e numeração em ${everyRow()}`, `Seats and numbering in ${everyRow()}`);
  everywhereLabel.hidden = section.rows.length === 1;
  enable(rowUp, at.row > 0);
  enable(rowDown, at.row < section.rows.length - 1);
  placedAlone.hidden = r.x === undefined;
  for (const [control, label] of [rowUp, rowDown, rowTwice, rowAway].map((b) => [b, nameOf(r)])) control.setAttribute("aria-label", `${control.textContent}: ${label}`);
  sectionTitle.textContent = say("Setor", "Section");
  sectionFault.textContent = faults.get(section) ?? "";
  sectionFault.hidden = !faults.has(section);
  set(sectionName, section.name);
  table.checked = section.table;
  rowNew.textContent = section.table ? say("Nova mesa", "New table") : say("Nova fila", "New row");
  enable(sectionUp, at.section > 0);
  enable(sectionDown, at.section < sections.length - 1);
  for (const control of [sectionUp, sectionDown, sectionTwice, sectionAway]) control.setAttribute("aria-label", `${control.textContent}: ${section.name}`);
  brush.hidden = section.table;
}

// -- The form around it.

const more = document.getElementById("more");
const asText = document.getElementById("as-text");
const value = (name) => form.elements[name].value.trim();

/** The form's own rows, without asking the server; what makes none is the server's to say. */
form.querySelector("[name=do][value=add]").addEventListener("click", (event) => {
  if (!refused.hidden) return;
  const name = cleaned(value("section"));
  const known = sections.find((section) => section.name === name);
  const names = namesFrom(value("first"));
  const [rows, seats] = [whole(value("rows")), whole(value("seats"))];
  const tables = known?.table ?? form.elements.tables.checked;
  if (!name || !names || !(rows >= 1 && rows <= MaxRows) || !(seats >= 1 && seats <= (tables ? MaxSeatsPerTable : MaxSeatsPerRow))) return;
  const without = new Set(value("without").toLowerCase().split(/[ ,;]+/).filter(Boolean));
  const line = inOrder(seats, value("scheme"), form.elements.right.checked)
    .map((n) => (without.has(n.toLowerCase()) ? { n, kind: "gap" } : seat(n)))
    .filter((place) => place.kind !== "gap" || !tables);
  const old = known?.rows ?? [];
  if (!line.some((place) => place.kind !== "gap") || old.length + rows > MaxRows) return;
  event.preventDefault();
  const added = [];
  for (let i = 0; added.length < rows; i++) if (!taken(old, names(i))) added.push(made({ name: names(i), places: line }));
  const section = { name, table: tables, rows: [...old, ...added] };
  const where = known ? sections.indexOf(known) : sections.length;
  change(
    known ? sections.with(where, section) : [...sections, section],
    say(`${name}: ${rows} ${tables ? "mesas" : "filas"} de ${seats}`, `${name}: ${rows} ${tables ? "tables" : "rows"} of ${seats}`),
    { section: where, row: old.length, place: 0 },
  );
  form.elements.first.value = freeName(section.rows, section.rows.at(-1).name);
  more.open = false;
  stop.focus();
});
// Enter in the map's name saves the map: the first button of the form is another one's.
form.elements.name.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("[name=do][value=save]"));
});

function takeText() {
  const found = read(area.value);
  if (found.wrong) {
    for (const part of [bar, tabs, desk]) part.hidden = true;
    refused.hidden = false;
    refused.textContent = found.tooLarge
      ? say("Um mapa tem no máximo 60.000 lugares, contando os vãos.", "A map has at most 60,000 places, its gaps among them.")
      : say(
          `Não entendemos a linha ${found.wrong} do texto. Corrija-a abaixo, e o mapa volta.`,
          `We do not understand line ${found.wrong} of the text. Put it right below, and the map is back.`,
        );
    asText.open = true;
    return;
  }
  if (sections.length > 0 && write(found.sections) === write(sections)) return show();
  if (sections.length > 0) past.push({ sections, at, words: say("texto", "text") });
  future.length = 0;
  dirty = true;
  sections = found.sections;
  show();
}
let typed;
area.addEventListener("input", () => {
  clearTimeout(typed);
  typed = setTimeout(takeText, 300);
});
area.addEventListener("change", () => {
  takeText();
  // A file with a seat a line is longer than what is sent and kept.
  if (refused.hidden) area.value = write(sections);
});

// What is not saved is not left without a question, which browsers ask in their own words.
let sent = false;
form.addEventListener("submit", () => (sent = true));
addEventListener("pageshow", () => (sent = false));
addEventListener("beforeunload", (event) => {
  if (!sent && (dirty || past.length > 0)) event.preventDefault();
});

asText.open = false;
root.hidden = false;
for (const part of document.querySelectorAll("[data-sketch]")) part.hidden = true;
const found = read(area.value);
for (const { dataset } of [...document.querySelectorAll("#faults [data-section]")].reverse()) {
  const section = found.sections?.[dataset.section];
  const wrong = section?.rows[dataset.row] ?? section;
  if (!wrong) continue;
  faults.set(wrong, dataset.words);
  at = { section: Number(dataset.section), row: Number(dataset.row ?? 0), place: 0 };
}
if (found.wrong) takeText();
else {
  sections = found.sections;
  show();
}
