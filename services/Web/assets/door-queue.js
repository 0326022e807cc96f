// What a door lets in without a network is kept on the phone until the server has it, and is told from any page of the door, of
// all its dates; what the server does not count is shown until somebody has seen it.

export const english = document.documentElement.lang === "en";
export const say = (portuguese, englishText) => (english ? englishText : portuguese);
const backgroundPatience = 20_000;
const batchSize = 200;

export function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

const format = (at, zone, options) => new Intl.DateTimeFormat(english ? "en-US" : "pt-BR", { timeZone: zone, ...options }).format(new Date(at));
export const timeOf = (at, zone) => format(at, zone, { hour: "2-digit", minute: "2-digit" });
const dateOf = (at, zone) => format(at, zone, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

// ---- What stays on this phone.

let database;
const opened = () =>
  (database ??= new Promise((done, failed) => {
    const asked = indexedDB.open("ticketing-door", 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("lists");
      asked.result.createObjectStore("queue", { keyPath: "key", autoIncrement: true }).createIndex("session", "session");
    };
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  }));

async function storedOnce(name, mode, work) {
  const transaction = (await opened()).transaction(name, mode);
  return new Promise((done, failed) => {
    let answer;
    transaction.oncomplete = () => done(answer?.result);
    transaction.onerror = transaction.onabort = () => failed(transaction.error);
    answer = work(transaction.objectStore(name));
  });
}

/** A browser may close what it has open: the next one is a new one. A transaction that failed has changed nothing. */
export async function stored(...what) {
  try {
    return await storedOnce(...what);
  } catch {
    database?.then((old) => old.close()).catch(() => {});
    database = undefined;
    return storedOnce(...what);
  }
}

const queued = () => stored("queue", "readonly", (queue) => queue.getAll());
export const waiting = async (session) => (await queued()).filter((scan) => !scan.told && (!session || scan.session === session));

/** A browser that runs out of room does not take it from the door. */
export const holdOn = async () => navigator.storage?.persist?.().catch(() => {});

let own = localStorage.getItem("ticketing-device");
if (!own) localStorage.setItem("ticketing-device", (own = crypto.randomUUID()));
export const device = own;

// ---- The server.

/** The server did not answer, or not as one that works. */
export class Away extends Error {}

// A browser that does not say that a script asks is led to the sign-in itself.
const isSignedOut = ({ type, status }) => type === "opaqueredirect" || status === 401;

/** What the server says, in time and whole. Whoever is signed out is led to the sign-in. */
export async function ask(path, { within = backgroundPatience, ...options } = {}) {
  let answer;
  try {
    answer = await fetch(path, { ...options, redirect: "manual", signal: AbortSignal.timeout(within) });
    if (!isSignedOut(answer)) {
      const { ok, status, headers } = answer;
      const text = await answer.text();
      if (status < 500) return { ok, status, headers, text };
    }
  } catch {
    throw new Away();
  }
  if (!isSignedOut(answer)) throw new Away();
  // Names stay on a phone no longer than its door may see them; what it has still to tell has none.
  await stored("lists", "readwrite", (lists) => lists.clear()).catch(() => {});
  location.reload();
  // The page goes.
  return new Promise(() => {});
}

export const pageOf = ({ text }) => new DOMParser().parseFromString(text, "text/html");

const token = (page) => page.querySelector("[name=__RequestVerificationToken]");

let telling;
/**
 * One at a time: what is told twice is merged twice.
 * @param first The date that is told before the others.
 * @param settled Is called with scans and what became of them.
 * @returns The dates whose door is not theirs.
 */
export const sync = (options) => (telling ??= tellAll(options).finally(() => (telling = undefined)));

async function tellAll({ first, settled }) {
  const foreign = new Set();
  const dates = new Set((await waiting()).map(({ session }) => session));
  for (const date of [...dates].sort((a, b) => (b === first) - (a === first))) if (!(await tellOne(date, settled))) foreign.add(date);
  return foreign;
}

/** @returns False: somebody else's door. */
async function tellOne(session, settled) {
  let renewed = false;
  for (let size = batchSize; ; ) {
    const scans = (await waiting(session)).slice(0, size);
    if (scans.length === 0) return true;
    const answer = await ask(`/portaria/${session}/lote`, {
      method: "POST",
      headers: { "Content-Type": "application/json", RequestVerificationToken: token(document).value },
      body: JSON.stringify({
        deviceId: device,
        scans: scans.map(({ code, number, at, gate }) => (code ? { code, at, gate } : { number, at, gate })),
      }),
    });
    if (answer.status === 400 && !renewed) {
      // The page's token is of another sign-in: a newer page has another one.
      renewed = true;
      const fresh = token(pageOf(await ask(location.href, { cache: "reload" })));
      if (fresh) for (const old of document.getElementsByName("__RequestVerificationToken")) old.value = fresh.value;
      continue;
    }
    if (answer.status === 404) return false;
    // One that the server does not take holds no other one up.
    if (answer.status === 422 && scans.length > 1) {
      size = Math.ceil(scans.length / 2);
      continue;
    }
    if (!answer.ok && answer.status !== 422) throw new Error(`${answer.status}`);
    const results = answer.ok ? JSON.parse(answer.text).results : [{ verdict: "refused" }];
    // What counts is done with; what does not is somebody's to look at.
    const counts = results.map(({ verdict, conflict }) => !conflict && (verdict === "admitted" || verdict === "alreadyUsed"));
    await stored("queue", "readwrite", (queue) => {
      scans.forEach((scan, i) => {
        if (counts[i]) queue.delete(scan.key);
        else queue.put({ ...scan, told: results[i] });
      });
    });
    await settled(scans, results);
    size = batchSize;
  }
}

// ---- How it stands.

const panel = document.querySelector("[data-state]");
const aside = panel.querySelector("section");
export const unkept = say("Este aparelho não consegue guardar: recarregue a página.", "This device cannot keep anything: reload the page.");

/** What is said, before how many wait of which date. */
export async function state(...said) {
  const scans = await waiting().catch(() => undefined);
  const dates = new Map();
  for (const scan of scans ?? []) dates.set(scan.session, [...(dates.get(scan.session) ?? []), scan]);
  const others = dates.size - dates.has(location.pathname.split("/")[2]);
  const words = [
    ...said,
    scans ? "" : unkept,
    ...[...dates.values()].map((of) => {
      const count = of.length === 1 ? say("1 entrada para enviar", "1 admission to send") : say(`${of.length} entradas para enviar`, `${of.length} admissions to send`);
      return others > 0 && of[0].starts ? `${count} (${dateOf(of[0].starts, of[0].zone)}).` : `${count}.`;
    }),
  ].filter(Boolean);
  const line = panel.querySelector("[role=status]");
  line.textContent = words.join(" ");
  line.hidden = words.length === 0;
  panel.hidden = words.length === 0 && aside.hidden;
}

const reasons = {
  alreadyUsed: say("Entrou duas vezes", "Admitted twice"),
  admitted: say("Entrou duas vezes", "Admitted twice"),
  voided: say("Não valia mais", "No longer good"),
  blocked: say("Estava bloqueado", "Was blocked"),
  unknown: say("Desconhecido nesta data", "Unknown for this date"),
  refused: say("Registro recusado", "Record refused"),
};
function reason({ told, ...scan }) {
  const where = ({ at, gate }) => {
    const time = timeOf(at, scan.zone);
    return gate ? say(`${time} em ${gate}`, `${time} at ${gate}`) : time;
  };
  return `${reasons[told.verdict]}: ${[scan, told.conflict].filter(Boolean).map(where).join("; ")}`;
}

let shown = 0;
/**
 * Shows what was told and does not count.
 * @param nameOf Says whose ticket it was, where that is known.
 * @returns Whether there is more than before.
 */
export async function showAside(nameOf = () => "") {
  const scans = (await queued().catch(() => [])).filter(({ told }) => told);
  const items = scans.map((scan) => {
    const item = element("li");
    const seen = element("button", "button quiet", say("Visto", "Seen"));
    seen.type = "button";
    seen.addEventListener("click", async () => {
      await stored("queue", "readwrite", (queue) => queue.delete(scan.key)).catch(() => {});
      await showAside(nameOf);
      panel.hidden = aside.hidden && panel.querySelector("[role=status]").hidden;
    });
    item.append(element("strong", "", nameOf(scan) || scan.number || ""), " ", element("span", "", reason(scan)), " ", seen);
    return item;
  });
  const more = items.length > shown;
  shown = items.length;
  aside.querySelector("ul").replaceChildren(...items);
  aside.hidden = items.length === 0;
  if (items.length > 0) panel.hidden = false;
  return more;
}
