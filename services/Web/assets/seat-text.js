// A seat map's text, read and written as SeatText does it, and how a house numbers and names. Sections and their rows are never
// changed in place: a change makes others, and what stayed is not drawn again.

// ---- The text.

const MaxPlaces = 60_000;
export const MaxSeatsPerRow = 500;
export const MaxSeatsPerTable = 40;
export const MaxPlacesPerRow = 600;
export const MaxRows = 200;
export const MaxName = 60;
const tablesMark = document.documentElement.lang === "en" ? "(tables)" : "(mesas)";
const kindMarks = { accessible: "*", companion: "+", standard: "" };

export const whole = (text) => (/^[0-9]{1,6}$/.test(text) ? Number(text) : undefined);
const withoutMark = (name) => name.replace(/\s*\((?:mesas|tables)\)$/i, "");
export const seatsOf = (row) => row.places.filter((place) => place.kind !== "gap");
export const gap = () => ({ kind: "gap" });
export const seat = (n, kind = "standard") => ({ n: `${n}`, kind });

let ids = 0;
export const made = (row) => ({ ...row, id: ++ids });

/** The sections, or the number of the first line that cannot be read, or with which there are too many places. */
export function read(text) {
  const sections = new Map();
  let count = 0;
  for (const [i, raw] of text.split(/\r\n|[\r\n\f\u0085\u2028\u2029]/).entries()) {
    const line = raw.trim();
    if (line === "" || isHeading(line)) continue;
    const found = readLine(line);
    if (!found) return { wrong: i + 1 };
    if ((count += found.row.places.length) > MaxPlaces) return { wrong: i + 1, tooLarge: true };
    const section = sections.get(found.section) ?? { name: found.section, table: false, rows: new Map() };
    sections.set(found.section, section);
    section.table ||= found.table;
    const known = section.rows.get(found.row.name);
    if (known) known.places.push(...found.row.places);
    else section.rows.set(found.row.name, made(found.row));
  }
  return { sections: [...sections.values()].map((section) => ({ ...section, rows: [...section.rows.values()] })) };
}

const isHeading = (line) => /^(lugar|lugares|assentos?|poltronas?|cadeiras?|n[úu]mero|nº|seats?|number)$/i.test(partsOf(line).parts[2] ?? "");

/** Parted by the first of these that stands outside of quotes. */
function partsOf(line) {
  for (const sign of [";", "\t"]) {
    const parts = split(line, sign);
    if (parts.length > 1) return { parts, sign };
  }
  return { parts: split(line, ","), sign: "," };
}

/** As spreadsheets write it: what begins with a quote goes on to the next one, of which two are one. */
function split(line, sign) {
  const parts = [];
  let [part, quoted] = ["", false];
  for (let i = 0; i < line.length; i++) {
    if (line[i] === '"' && (quoted || part === "")) {
      if (quoted && line[i + 1] === '"') part += line[i++];
      else quoted = !quoted;
    } else if (line[i] === sign && !quoted) {
      parts.push(part.trim());
      part = "";
    } else if (quoted || part !== "" || /\S/.test(line[i])) part += line[i];
  }
  return [...parts, part.trim()];
}

function readLine(line) {
  const { parts, sign } = partsOf(line);
  const [first, name, ...others] = parts;
  if (others.length === 0 || !first || !name) return undefined;
  let [seats, kind, point] = [others[0], undefined, {}];
  for (const part of others.slice(1).filter(Boolean)) {
    const xy = part.split(",").map((n) => whole(n.trim()));
    if (kindOf(part)) kind = kindOf(part);
    else if (sign === ",") seats += ` ${part}`;
    else if (xy.length === 2 && xy.every((n) => n !== undefined)) point = { x: xy[0], y: xy[1] };
    else return undefined;
  }
  const section = withoutMark(first);
  const places = readPlaces(seats);
  if (!section || !places?.some((place) => place.kind !== "gap")) return undefined;
  return {
    section,
    table: section !== first,
    row: { name, places: kind ? places.map((place) => (place.kind === "gap" ? place : { ...place, kind })) : places, ...point },
  };
}

function kindOf(text) {
  if (/^(acessível|acessivel|pcd|accessible)$/i.test(text)) return "accessible";
  if (/^(acompanhante|companion)$/i.test(text)) return "companion";
  return /^(normal|comum|standard)$/i.test(text) ? "standard" : undefined;
}

function readPlaces(text) {
  const places = [];
  for (const part of text.split(/[ ,]/).filter(Boolean)) {
    if (part.startsWith("_")) {
      const count = part === "_" ? 1 : whole(part.slice(1));
      if (!(count >= 1 && count <= MaxPlacesPerRow)) return undefined;
      places.push(...Array.from({ length: count }, gap));
    } else {
      const kind = { "*": "accessible", "+": "companion" }[part.at(-1)];
      const numbers = readNumbers(kind ? part.slice(0, -1) : part);
      if (!numbers) return undefined;
      places.push(...numbers.map((n) => seat(n, kind)));
    }
    if (places.length > MaxPlacesPerRow) return undefined;
  }
  return places;
}

/** Of "1-20", "20-1" or, every second one, "1-39/2"; or one number by itself. */
function readNumbers(text) {
  const [, ends, by] = /^([^/]*)\/([1-9][0-9]{0,5}|0+[1-9][0-9]*)$/.exec(text) ?? [undefined, text, "1"];
  const [first, last, ...more] = ends.split("-").map(whole);
  if (first !== undefined && last !== undefined && more.length === 0) {
    const step = Number(by);
    const count = Math.floor(Math.abs(last - first) / step) + 1;
    if (count <= MaxSeatsPerRow) return Array.from({ length: count }, (_, i) => first + (last >= first ? step : -step) * i);
  }
  // A span that is too long is no seat's number.
  const isName = /^[\p{L}\p{Nd}.-]+$/u.test(text) && !/^[\p{Nd}-]+$/u.test(text);
  return isName || whole(text) !== undefined ? [text] : undefined;
}

export function write(sections) {
  let text = "";
  for (const { name, table, rows } of sections)
    for (const row of rows)
      text += `${quoted(name + (table ? ` ${tablesMark}` : ""))}; ${quoted(row.name)}; ${short(row.places)}${row.x === undefined ? "" : `; ${row.x},${row.y}`}\n`;
  return text;
}

/** Where it would be read as something else. */
const quoted = (name) => (/^"|;/.test(name) ? `"${name.replaceAll('"', '""')}"` : name);

/** Neighbours as spans. */
function short(places) {
  const parts = [];
  const next = (at) => (places[at + 1]?.kind === places[at].kind ? whole(places[at + 1].n) : undefined);
  for (let i = 0; i < places.length; ) {
    let to = i;
    const { n, kind } = places[i];
    if (kind === "gap") {
      while (places[to + 1]?.kind === "gap") to++;
      parts.push(to === i ? "_" : `_${to - i + 1}`);
    } else {
      const step = next(i) - whole(n);
      if ([1, -1, 2, -2].includes(step)) while (whole(places[to].n) + step === next(to)) to++;
      // Two are shorter by themselves.
      if (to - i < 2) to = i;
      parts.push((to === i ? n : `${n}-${places[to].n}${Math.abs(step) === 2 ? "/2" : ""}`) + kindMarks[kind]);
    }
    i = to + 1;
  }
  return parts.join(" ");
}

// ---- Numbers and names, as a house makes them.

const letters = (n) => (n > 0 ? letters(Math.floor((n - 1) / 26)) + String.fromCharCode(65 + ((n - 1) % 26)) : "");

export function inOrder(count, scheme, right) {
  const up = Array.from({ length: count }, (_, i) => i + 1);
  const numbers = {
    up: () => up,
    odd: () => up.map((n) => 2 * n - 1),
    even: () => up.map((n) => 2 * n),
    middle: () => [...up.filter((n) => n % 2 === 1).reverse(), ...up.filter((n) => n % 2 === 0)],
    letters: () => up.map(letters),
  }[scheme]().map(String);
  return right ? numbers.reverse() : numbers;
}

/** How a row is numbered; counted: its gaps take numbers, too. */
export function numberingOf(row) {
  const seats = seatsOf(row);
  for (const counted of [true, false])
    for (const scheme of ["up", "odd", "even", "middle", "letters"])
      for (const right of [false, true]) {
        const numbers = inOrder(counted ? row.places.length : seats.length, scheme, right);
        if ((counted ? row.places : seats).every((place, i) => place.kind === "gap" || place.n === numbers[i])) return { scheme, right, counted };
      }
  return undefined;
}

export function numbered(row, { scheme, right, counted }) {
  const numbers = inOrder(counted ? row.places.length : seatsOf(row).length, scheme, right);
  let i = 0;
  return { ...row, places: row.places.map((place) => (place.kind === "gap" && !counted ? place : { ...place, n: numbers[i++] })) };
}

/** A number for a place where there was none: what it was, or goes on from its neighbour, or is the next of all. */
export function numberAt(row, at) {
  const used = new Set(seatsOf(row).map((s) => s.n));
  const how = numberingOf(row);
  const highest = Math.max(0, ...[...used].map((n) => whole(n) ?? 0));
  const before = row.places.slice(0, at).findLast((p) => p.kind !== "gap");
  return [row.places[at]?.n, how?.counted && inOrder(row.places.length, how.scheme, how.right)[at], (whole(before?.n ?? "") ?? NaN) + 1, highest + 1]
    .filter(Boolean)
    .map(String)
    .find((n) => n !== "NaN" && !used.has(n));
}

export function withSeats(row, count) {
  const how = numberingOf(row);
  const places = [...row.places];
  let more = count - seatsOf(row).length;
  for (; more < 0; more++) {
    while (places.pop().kind === "gap");
    while (places.at(-1)?.kind === "gap") places.pop();
  }
  for (; more > 0; more--) places.push(seat(numberAt({ ...row, places: [...places, gap()] }, places.length)));
  const made = { ...row, places };
  return how ? numbered(made, how) : made;
}

export const taken = (items, name) => items.some((item) => item.name.toLowerCase() === name.toLowerCase());

/** From "A": A, B … Z, AA …; from "1": 1, 2 …; undefined when it is neither. */
export function namesFrom(first) {
  const start = /^[a-z]{1,2}$/i.test(first) ? [...first.toUpperCase()].reduce((n, c) => n * 26 + c.charCodeAt(0) - 64, 0) : whole(first);
  if (start === undefined) return undefined;
  return (i) => (whole(first) === undefined ? letters(start + i) : `${start + i}`);
}

export function freeName(items, name) {
  const names = namesFrom(name) ?? ((i) => `${name.slice(0, MaxName - 4)} ${i + 1}`);
  for (let i = 1; ; i++) if (!taken(items, names(i))) return names(i);
}

/** As it can stand in a line. */
export const cleaned = (name) => withoutMark(name.replace(/[;"\s\ufeff]+/g, " ").trim()).trim();

// ---- Where rows are, in half places, as Events sets them by itself (its SeatGrid).

export const widthOf = (row, table) => (table ? Math.ceil(row.places.length / 2) : row.places.length);

export function spotsOf({ rows, table }) {
  const widest = Math.max(...rows.map((row) => widthOf(row, table)));
  const aLine = Math.ceil(Math.sqrt(rows.length));
  let before = -2;
  return rows.map((row, i) => {
    const x = row.x ?? (table ? (i % aLine) * (widest * 2 + 2) : widest - row.places.length);
    before = row.y ?? (table ? Math.floor(i / aLine) * 8 : before + 2);
    return { x, y: before };
  });
}

export const placeAt = (row, table, n) => {
  const width = widthOf(row, table);
  return table && n >= width ? { x: (2 * width - 1 - n) * 2, y: 4 } : { x: n * 2, y: 0 };
};
