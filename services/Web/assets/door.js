// The door with a script: a scan changes the page without loading it anew, with a sound and a vibration; the camera reads
// codes, by the browser where it can, else by a reader of ours. Without a network the door goes on by itself: it has the session's
// list and the keys, admits, and tells the server when it is back. Readers that type, and people, use the form as it is.

const root = document.querySelector(".door");
const { Away, ask, device, element, english, holdOn, pageOf, say, showAside, state, stored, sync, timeOf, unkept, waiting } = await import(root.dataset.queue);
const form = document.querySelector("[data-scan]");
const code = form.elements.namedItem("code");
const here = `/portaria/${root.dataset.session}`;
const session = root.dataset.session;
/** Somebody waits. */
const patience = 4_000;

// ---- Sounds: rising is yes, level is look, falling is no.

const sounds = {
  admitted: { notes: [660, 990], buzz: [80] },
  look: { notes: [660, 660, 660], buzz: [80, 60, 80] },
  refused: { notes: [300, 180], buzz: [300, 100, 300] },
};
let audio;

// Phones let a page sound only once a finger has been on it; a camera has none.
const wake = () => {
  try {
    audio ??= new AudioContext();
    if (audio.state === "suspended") audio.resume();
  } catch {
    // No sound here.
  }
};
for (const touch of ["pointerup", "keydown"]) document.addEventListener(touch, wake);

// A reader that types is heard wherever the focus is.
document.addEventListener("keydown", (event) => {
  const isText = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (isText && !document.activeElement.matches("input, select, textarea")) code.focus();
});

// So is one that types into the gate: faster than fingers, and Enter behind it. What the gate said comes back.
const gate = form.elements.namedItem("gate");
const shortestNumber = 8;
const betweenKeys = 50;
let burst = { text: "", at: -Infinity, gate: "" };
gate.addEventListener("keydown", (event) => {
  if (event.key === "Enter") {
    event.preventDefault();
    code.focus();
    if (burst.text.length < shortestNumber || event.timeStamp - burst.at > betweenKeys) return;
    gate.value = burst.gate;
    code.value = burst.text;
    form.requestSubmit();
  } else if (event.key.length === 1) {
    if (event.timeStamp - burst.at > betweenKeys) burst = { text: "", gate: gate.value };
    burst = { ...burst, text: burst.text + event.key, at: event.timeStamp };
  }
});

// A gate that was changed without a network, too.
const gateOf = `${session} `;
const keptGate = localStorage.getItem("ticketing-gate");
if (keptGate?.startsWith(gateOf)) gate.value = keptGate.slice(gateOf.length);
function keepGate() {
  try {
    localStorage.setItem("ticketing-gate", gateOf + gate.value);
  } catch {
    // No room: it is asked for again.
  }
}

function tell(outcome) {
  const sound = sounds[outcome];
  if (!sound) return;
  navigator.vibrate?.(sound.buzz);
  try {
    audio ??= new AudioContext();
    sound.notes.forEach((pitch, i) => {
      const [tone, volume] = [audio.createOscillator(), audio.createGain()];
      const from = audio.currentTime + i * 0.14;
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0.25, from);
      volume.gain.exponentialRampToValueAtTime(0.001, from + 0.13);
      tone.connect(volume).connect(audio.destination);
      tone.start(from);
      tone.stop(from + 0.13);
    });
  } catch {
    // No sound here: colour and words say it, too.
  }
}

// ---- The list that stays on this phone.

form.elements.namedItem("device").value = device;

/** Names stay on a phone no longer than its door may see them. */
async function forget() {
  list = undefined;
  along.textContent = "";
  delete root.dataset.list;
  await stored("lists", "readwrite", (lists) => lists.delete(session)).catch(() => {});
}

/** The list as it is used: by id and by number, with the keys, and what this door has admitted since. */
let list;
const admitted = new Map();

async function use(raw) {
  const keys = new Map();
  for (const jwk of raw.keys)
    keys.set(
      jwk.kid,
      await crypto.subtle.importKey("jwk", { kty: jwk.kty, crv: jwk.crv, x: jwk.x, y: jwk.y }, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]),
    );
  list = { keys, byId: new Map(raw.tickets.map((t) => [t.id, t])), byNumber: new Map(raw.tickets.map((t) => [t.number, t])) };
  for (const scan of await waiting(session).catch(() => [])) if (scan.ticketId) admitted.set(scan.ticketId, scan);
}

// By the server's clock: of two doors that let one ticket in, the earlier one counts. An answer says it to the second, and is as
// old as its way was long: the quickest of late knows best.
let ahead = 0;
let quickest = Infinity;
const now = () => new Date(Date.now() + ahead);

function setClock(date, sent) {
  const received = Date.now();
  quickest *= 1.2;
  if (Number.isNaN(date) || received - sent > quickest) return;
  quickest = received - sent;
  ahead = date + 500 - (sent + received) / 2;
}

/** No door of theirs any more: what it has still to tell waits for somebody whose door it is. */
let left = false;
async function leave() {
  left = true;
  await forget();
}

const along = document.querySelector("[data-along]");
const lacking = say("sem rede, ninguém entra por este aparelho", "without a network, nobody is admitted with this device");

function sayAlong(at, isKept) {
  const { size } = list.byId;
  const count = size.toLocaleString(english ? "en-US" : "pt-BR");
  const tickets = size === 1 ? say("1 ingresso", "1 ticket") : say(`${count} ingressos`, `${count} tickets`);
  const ready = isKept ? say("pronta sem rede", "ready without a network") : say("pronta sem rede enquanto esta página estiver aberta", "ready without a network while this page is open");
  along.textContent = say(`Lista de ${tickets}, ${clock(at)}: ${ready}.`, `List of ${tickets}, ${clock(at)}: ${ready}.`);
}

const listEvery = 120_000;
let taken = -Infinity;
/** What was told since, or where the network was away, is not in it. */
let stale = true;

async function takeList() {
  if (Date.now() > Date.parse(root.dataset.until)) return forget();
  const sent = Date.now();
  const answer = await ask(`${here}/lista.json`);
  if (answer.status === 404) return leave();
  if (answer.status === 409) along.textContent = say(`Ingressos demais para um aparelho: ${lacking}.`, `Too many tickets for one device: ${lacking}.`);
  else if (!answer.ok && !list) along.textContent = say(`A lista não veio: ${lacking}.`, `The list did not come: ${lacking}.`);
  if (!answer.ok) return;
  left = false;
  setClock(Date.parse(answer.headers.get("Date")), sent);
  const raw = JSON.parse(answer.text);
  await use(raw);
  taken = performance.now();
  stale = false;
  // A browser that keeps nothing (a private window) still has a door, while its page is open.
  const what = { raw, at: now().getTime(), ahead, until: Date.parse(root.dataset.until) };
  const isKept = await stored("lists", "readwrite", (lists) => lists.put(what, session)).then(
    () => true,
    () => false,
  );
  sayAlong(what.at, isKept);
  root.dataset.list = raw.tickets.length;
}

// ---- Without a network.

const hex = (bytes) => [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
const guid = (bytes) => hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
const codeLength = 140;
const claimBytes = 41;

/** What a code says: version 1, key, ticket, session and serial, signed (ES256). Null when it is none of ours. */
async function read(text) {
  if (text.length !== codeLength || !/^[\w-]+$/.test(text)) return null;
  const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const key = list.keys.get(hex(bytes.slice(1, 5)));
  if (bytes[0] !== 1 || !key) return null;
  const genuine = await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, bytes.slice(claimBytes), bytes.slice(0, claimBytes));
  if (!genuine) return null;
  return { ticketId: guid(bytes.slice(5, 21)), session: guid(bytes.slice(21, 37)), serial: new DataView(bytes.buffer).getInt32(37) };
}

const clock = (at) => timeOf(at, root.dataset.zone);
const no = (title, line) => ({ colour: "bad", mark: "✕", sound: "refused", title, lines: [line] });

async function admitHere(text, typed) {
  const gate = typed || say("Entrada", "Entrance");
  let ticket;
  let claim;
  if (text.length > 20) {
    claim = await read(text);
    if (!claim) return no(say("Não é um ingresso daqui", "Not a ticket of this door"), say("Código desconhecido.", "Unknown code."));
    if (claim.session !== session) return no(say("É de outra data", "For another date"), say("Este ingresso é de outra sessão.", "This ticket is for another session."));
    ticket = list.byId.get(claim.ticketId);
  } else {
    ticket = list.byNumber.get(text.toUpperCase().replace(/[\s.\-\u2010-\u2015\u2212]/g, ""));
    if (!ticket) return no(say("Não é um ingresso daqui", "Not a ticket of this door"), say("Número desconhecido nesta data.", "Unknown number for this date."));
  }
  const id = ticket?.id ?? claim.ticketId;
  const before = admitted.get(id) ?? (ticket?.status === "used" ? { at: ticket.usedAt, gate: ticket.gate } : null);
  if (before) return no(say("Já entrou", "Already in"), say(`Às ${clock(before.at)}, por ${before.gate}.`, `At ${clock(before.at)}, by ${before.gate}.`));
  if (ticket?.status === "voided" || (claim && ticket && ticket.serial !== claim.serial))
    return no(say("Não vale mais", "No longer good"), say("Reembolsado, passado a outra pessoa ou com código novo.", "Refunded, passed on, or there is a newer code."));
  if (ticket?.status === "blocked")
    return no(say("Bloqueado", "Blocked"), say("O pagamento está contestado: encaminhe à bilheteria.", "The payment is disputed: send the person to the box office."));
  const { zone, starts } = root.dataset;
  const scan = { session, starts, zone, ticketId: id, at: now().toISOString(), gate, number: ticket?.number, ...(claim && { code: text }) };
  // Who would not be told of is not let in.
  try {
    await stored("queue", "readwrite", (queue) => queue.add(scan));
  } catch {
    return no(say("Sem registro: não deixe entrar", "Not recorded: do not admit"), unkept);
  }
  admitted.set(id, scan);
  if (!ticket)
    return { colour: "warm", mark: "?", sound: "look", title: say("Entra: comprado depois da lista", "Admitted: bought after the list"), lines: [say("O código é verdadeiro.", "The code is genuine.")] };
  const lines = [ticket.type, ...(ticket.seat ? [ticket.seat] : [])];
  return ticket.kind === "half"
    ? { colour: "warm", mark: "½", sound: "look", title: say("Entra: confira a meia-entrada", "Admitted: check the half-price proof"), who: ticket.name, lines }
    : { colour: "good", mark: "✓", sound: "admitted", title: say("Pode entrar", "Admitted"), who: ticket.name, lines };
}

function showHere(outcome) {
  const section = element("section", `outcome ${outcome.colour}`);
  section.setAttribute("role", outcome.sound ? "alert" : "status");
  const mark = element("p", "outcome-mark", outcome.mark);
  mark.setAttribute("aria-hidden", "true");
  const words = element("div");
  words.append(element("h2", "", outcome.title));
  if (outcome.who) words.append(element("p", "outcome-who", outcome.who));
  words.append(...outcome.lines.map((line) => element("p", "", line)));
  section.append(mark, words);
  document.querySelector("[data-door] .outcome").replaceWith(section);
  recount();
}

/** Whom this door let in counts, also before the server knows. */
function recount() {
  if (!list) return;
  const inside = [...list.byId.values()].filter((t) => t.status === "used" || (t.status === "valid" && admitted.has(t.id))).length;
  const counted = document.querySelector("[data-counts] strong");
  if (counted) counted.textContent = Math.max(inside, Number(counted.textContent));
}

// ---- What the phone has not told yet, and who came in and does not count.

/** Since the server did not answer: who comes is let in here, and nobody waits for it. */
let away = !navigator.onLine;

const showState = () =>
  state(
    left ? say("Sua conta não está mais nesta portaria.", "Your account no longer keeps this door.") : "",
    away ? say("Sem rede: a portaria continua por este aparelho.", "No network: the door goes on with this device.") : "",
  );
const nameOf = ({ ticketId }) => {
  const ticket = list?.byId.get(ticketId);
  return ticket ? `${ticket.number} ${ticket.name}, ${ticket.type}` : "";
};

/** What was told of this door changes whom it lets in. */
async function settle(scans, results) {
  stale = true;
  results.forEach(({ verdict, conflict }, i) => {
    const { ticketId } = scans[i];
    // Whose code is no good now may come with a better one.
    if (verdict === "voided" || verdict === "blocked") admitted.delete(ticketId);
    // Of two doors that let one ticket in, the earlier one counts, here too.
    if (conflict && Date.parse(conflict.at) < Date.parse(scans[i].at)) admitted.set(ticketId, conflict);
  });
  if (await showAside(nameOf)) tell("look");
}

// ---- A scan: by the server while it answers, else here.

let busy = false;

/** What was scanned while another scan was asked about. */
const scanned = [];

function show(answer, gate) {
  const page = pageOf(answer);
  const fresh = page.querySelector("[data-door]");
  if (!fresh) throw new Error("no door");
  document.querySelector("[data-door]").replaceWith(document.adoptNode(fresh));
  const key = page.querySelector("[data-scan] [name=key]");
  if (key) form.elements.namedItem("key").value = key.value;
  const { outcome, ticket } = fresh.dataset;
  if (ticket) admitted.set(ticket, { at: now().toISOString(), gate });
  tell(outcome);
}

const checking = { colour: "waiting", mark: "…", title: say("Conferindo", "Checking"), lines: [] };
const broken = no(say("Tente de novo", "Try again"), unkept);

async function scan() {
  if (busy) {
    scanned.push(code.value);
    code.value = "";
    return;
  }
  busy = true;
  keepGate();
  const body = new URLSearchParams(new FormData(form));
  // What is typed while the answer is on its way belongs to the next one; nobody takes the last one's answer for theirs.
  code.value = "";
  code.focus();
  showHere(checking);
  try {
    await decide(body);
  } catch {
    showHere(broken);
    tell(broken.sound);
  } finally {
    busy = false;
  }
  if (scanned.length > 0) {
    // What is being typed meanwhile stays.
    const typed = code.value;
    code.value = scanned.shift();
    scan();
    code.value = typed;
  }
}

async function decide(body) {
  // What waits is told first: nobody stands there meanwhile.
  if (!list || (!away && (await waiting(session).catch(() => [])).length === 0)) {
    try {
      if (!navigator.onLine) throw new Away();
      const answer = await ask(location.href, { method: "POST", body, within: patience });
      away = false;
      if (answer.status !== 404) {
        show(answer, body.get("gate").trim());
        left = false;
        return showState();
      }
      await leave();
    } catch (error) {
      away = error instanceof Away;
      stale ||= away;
    }
  }
  await scanHere(body);
  catchUp();
}

/** Its answer may be on its way: the next scan is another request. */
const renewKey = () => (form.elements.namedItem("key").value = hex(crypto.getRandomValues(new Uint8Array(16))));

async function scanHere(body) {
  let outcome;
  if (left) outcome = no(say("Fora desta portaria", "Not your door"), say("Sua conta não está mais nesta portaria.", "Your account no longer keeps this door."));
  else if (list) {
    renewKey();
    outcome = await admitHere(body.get("code").trim(), body.get("gate").trim());
  } else {
    // Nothing was taken along: the same scan with the same key says what became of it once the network is back.
    code.value = body.get("code");
    outcome = no(say("Sem conexão", "No connection"), say("Envie de novo.", "Send it again."));
  }
  showHere(outcome);
  tell(outcome.sound);
  await showState();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (form.reportValidity()) scan();
});

// Other doors let people in, too; and what waits is told.
let catching;
const catchUp = () => (catching ??= catchUpOnce().finally(() => (catching = undefined)));

async function catchUpOnce() {
  try {
    if (!navigator.onLine) throw new Away();
    if ((await sync({ first: session, settled: settle })).has(session)) await leave();
    const fresh = pageOf(await ask(location.href, { cache: "reload" })).querySelector("[data-counts]");
    if (fresh && !busy) document.querySelector("[data-counts]").replaceWith(document.adoptNode(fresh));
    // Whom others let in is long known to the server when it is asked; the list is for when it cannot be.
    if (stale || !list || performance.now() - taken > listEvery) await takeList();
    away = false;
  } catch (error) {
    stale = true;
    away = error instanceof Away;
  }
  await showState();
}
addEventListener("online", catchUp);
addEventListener("offline", catchUp);
setInterval(() => document.hidden || catchUp(), 15_000);

const kept = await stored("lists", "readonly", (lists) => lists.get(session)).catch(() => undefined);
if (kept?.until > Date.now()) {
  ahead = kept.ahead ?? 0;
  await use(kept.raw);
  recount();
  if (kept.at) sayAlong(kept.at, true);
}
await showAside(nameOf);
holdOn();
catchUp();

// ---- Reads codes: by the browser, or by ZXing in WebAssembly, which is fetched for browsers that cannot.

const camera = document.querySelector("[data-camera]");
const { reader, module } = camera.dataset;
const readsItself = "BarcodeDetector" in window && (await BarcodeDetector.getSupportedFormats().catch(() => [])).includes("qr_code");
/** Of a picture for ZXing, in pixels: enough for a code that fills a third of it. */
const longestSide = 800;

async function readByItself() {
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  return async (video) => (await detector.detect(video))[0]?.rawValue;
}

async function readByModule() {
  await new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = reader;
    script.onload = done;
    script.onerror = failed;
    document.head.append(script);
  });
  await ZXingWASM.prepareZXingModule({ overrides: { locateFile: () => module }, fireImmediately: true });
  const canvas = document.createElement("canvas");
  const picture = canvas.getContext("2d", { willReadFrequently: true });
  return async (video) => {
    const by = Math.min(1, longestSide / Math.max(video.videoWidth, video.videoHeight));
    canvas.width = video.videoWidth * by;
    canvas.height = video.videoHeight * by;
    picture.drawImage(video, 0, 0, canvas.width, canvas.height);
    const pixels = picture.getImageData(0, 0, canvas.width, canvas.height);
    return (await ZXingWASM.readBarcodes(pixels, { formats: ["QRCode"], maxNumberOfSymbols: 1 }))[0]?.text;
  };
}

// ---- Opens without a network, too.

/** The page as the server has it now, which may be newer than this one, behind the files that it names. */
async function keepPage() {
  const answer = await fetch(here, { cache: "reload", redirect: "manual" });
  if (!answer.ok) return;
  const cache = await caches.open("door-1");
  const page = pageOf({ text: await answer.clone().text() });
  const named = page.querySelectorAll("script[src], link[rel=stylesheet], link[rel=icon], link[rel=modulepreload]");
  const files = [...named].map((e) => e.getAttribute("src") ?? e.getAttribute("href"));
  const newer = page.querySelector("[data-camera]").dataset;
  if (!readsItself) files.push(newer.reader, newer.module);
  await cache.addAll(files);
  await cache.put(here, answer);
  await dropFiles(cache);
}

/** Those that no page names any more. */
async function dropFiles(cache) {
  const isFile = ({ url }) => new URL(url).pathname.startsWith("/assets/");
  const kept = await cache.keys();
  const pages = await Promise.all(kept.filter((request) => !isFile(request)).map(async (request) => (await cache.match(request))?.text() ?? ""));
  for (const file of kept.filter(isFile)) if (!pages.some((page) => page.includes(new URL(file.url).pathname))) await cache.delete(file);
}

if ("serviceWorker" in navigator) {
  try {
    await navigator.serviceWorker.register("/portaria/trabalhador.js", { scope: "/portaria" });
    if (navigator.onLine) await keepPage();
    root.dataset.ready = "true";
  } catch {
    // Not here: the door needs a network to be opened, not to go on.
  }
}

// ---- The camera.

if (navigator.mediaDevices?.getUserMedia) {
  const [video, button, note] = [camera.querySelector("video"), camera.querySelector("button"), camera.querySelector("p")];
  let codeIn;
  let stream;
  /** The same ticket stays before the camera for a while, beside others: when each was there last. */
  const seen = new Map();
  const staysFor = 4_000;
  camera.hidden = false;
  const stop = () => {
    stream?.getTracks().forEach((track) => track.stop());
    stream = undefined;
    video.hidden = true;
    button.textContent = button.dataset.off;
  };
  // The screen of a door stays on; whoever looks elsewhere gives that up.
  const stayAwake = () => {
    if (stream && !document.hidden) navigator.wakeLock?.request("screen").catch(() => {});
  };
  const look = async () => {
    if (!stream) return;
    try {
      const found = busy || video.readyState < 2 ? undefined : await codeIn(video);
      for (const [text, at] of seen) if (Date.now() - at > staysFor) seen.delete(text);
      const isNew = found && !seen.has(found);
      if (found) seen.set(found, Date.now());
      if (isNew) {
        code.value = found;
        await scan();
        seen.set(found, Date.now());
      }
    } catch {
      // A frame that could not be read.
    }
    setTimeout(look, 120);
  };
  button.addEventListener("click", async () => {
    if (stream) return stop();
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
    } catch ({ name }) {
      const { denied, none, taken } = note.dataset;
      note.textContent = { NotFoundError: none, OverconstrainedError: none, NotReadableError: taken }[name] ?? denied;
      return;
    }
    note.textContent = "";
    try {
      codeIn ??= await (readsItself ? readByItself : readByModule)();
    } catch {
      stop();
      note.textContent = note.dataset.unread;
      return;
    }
    // Turned off meanwhile.
    if (!stream) return;
    video.srcObject = stream;
    video.hidden = false;
    button.textContent = button.dataset.on;
    await video.play();
    stayAwake();
    look();
  });
  document.addEventListener("visibilitychange", stayAwake);
}
