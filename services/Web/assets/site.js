// What every page does by itself when scripts run: counts down, steps quantities, sends a form once, copies.

const english = document.documentElement.lang === "en";
// As the server writes it: the place tells the currency's sign and how many digits stand behind the point.
const show = (amount, { sign, digits }) =>
  sign + (amount / 10 ** digits).toLocaleString(english ? "en-US" : "pt-BR", { minimumFractionDigits: digits, maximumFractionDigits: digits });

// What is being sent has an answer of its own, which to go elsewhere by itself would cut off.
// Who stops it gets none: then all goes on.
const answered = 30_000;
let sentAt = -Infinity;
addEventListener("submit", (event) => event.defaultPrevented || (sentAt = Date.now()));
addEventListener("pageshow", (event) => event.persisted && (sentAt = -Infinity));
const go = (to) => (Date.now() - sentAt < answered ? setTimeout(() => go(to), 1000) : location.replace(to));
addEventListener("outdated", () => {
  const to = new URL(location.href);
  // What was said of a form is said once.
  for (const said of ["salvo", "enviado"]) to.searchParams.delete(said);
  go(to.pathname + to.search);
});

// Counts by the server's clock: a phone's may be wrong.
const loaded = Date.now();
for (const time of document.querySelectorAll("[data-countdown]")) {
  const ahead = Number(time.dataset.now) - loaded;
  const end = Date.parse(time.dataset.countdown);
  const tick = () => {
    const left = Math.max(0, Math.ceil((end - Date.now() - ahead) / 1000));
    const minutes = Math.floor(left / 60);
    time.textContent = `${minutes}:${String(left % 60).padStart(2, "0")}`;
    time.classList.toggle("soon", left <= 60 && !time.dataset.next);
    if (left > 0) {
      setTimeout(tick, 1000 - ((end - Date.now() - ahead) % 1000 || 0) / 1000);
      return;
    }
    time.textContent = english ? "time is up" : "tempo esgotado";
    time.closest(".held-bar")?.remove();
    if (time.dataset.next) go(time.dataset.next);
    if (time.dataset.reload) setTimeout(() => go(location.pathname + location.search), 1500);
  };
  tick();
}

// Quantities: the number field stays what is sent.
const totals = document.querySelector("[data-total]");
const sum = () => {
  if (!totals) return;
  let count = 0;
  let amount = 0;
  for (const input of document.querySelectorAll(".choose [data-price]")) {
    const n = input.matches("input[type=number]") ? Number(input.value) || 0 : 1;
    count += n;
    amount += n * Number(input.dataset.price);
  }
  totals.textContent =
    count === 0 ? totals.dataset.none : `${count} ${count === 1 ? totals.dataset.one : totals.dataset.many} · ${show(amount, totals.dataset)}`;
};
for (const box of document.querySelectorAll("[data-stepper]")) {
  const input = box.querySelector("input");
  const button = (text, label, by) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.setAttribute("aria-label", label);
    made.addEventListener("click", () => {
      const next = Math.min(Number(input.max), Math.max(0, (Number(input.value) || 0) + by));
      input.value = next;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    });
    return made;
  };
  const less = button("−", input.dataset.less, -1);
  const more = button("+", input.dataset.more, 1);
  box.prepend(less);
  box.append(more);
  box.classList.add("live");
  const limits = () => {
    less.disabled = (Number(input.value) || 0) <= 0;
    more.disabled = (Number(input.value) || 0) >= Number(input.max);
    sum();
  };
  input.addEventListener("input", limits);
  limits();
}
document.addEventListener("choice", sum);
sum();

// The sum of a checkout, with its add-ons.
for (const form of document.querySelectorAll("[data-totals]")) {
  const add = () => {
    let amount = Number(form.dataset.totals);
    for (const input of form.querySelectorAll("[data-price]")) amount += (Number(input.value) || 0) * Number(input.dataset.price);
    form.dataset.due = amount;
    for (const out of document.querySelectorAll("[data-sum]")) out.textContent = show(amount, out.dataset);
  };
  form.addEventListener("input", add);
  add();
}

// A second press sends nothing; the server would take it as the first one anyway.
for (const form of document.querySelectorAll("form[data-once]")) {
  let sent = false;
  const buttons = form.querySelectorAll("button[type=submit]");
  form.addEventListener("submit", (event) => {
    if (sent) return event.preventDefault();
    sent = true;
    for (const button of buttons) button.setAttribute("aria-disabled", "true");
    setTimeout(() => {
      sent = false;
      for (const button of buttons) button.removeAttribute("aria-disabled");
    }, answered);
  });
  // Back from the next page: what was sent has changed what is here.
  addEventListener("pageshow", (event) => {
    if (event.persisted && sent) location.replace(location.pathname + location.search);
  });
}

for (const button of document.querySelectorAll("[data-copy]")) {
  const source = document.getElementById(button.dataset.copy);
  button.hidden = false;
  const text = button.textContent;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(source.value);
    } catch {
      source.select();
      return;
    }
    button.textContent = button.dataset.copied;
    setTimeout(() => (button.textContent = text), 2000);
  });
}
for (const area of document.querySelectorAll("[data-copy-source]")) area.addEventListener("focus", () => area.select());

document.querySelector("[data-focus]")?.focus();

// What a door took along has names: they go when nobody is signed in here any more, and when their session is over. (What it
// has still to tell stays: numbers and times.)
async function forgetLists(signedOut) {
  if (!localStorage.getItem("ticketing-device")) return;
  const asked = indexedDB.open("ticketing-door");
  // There is none: it is not made here.
  asked.onupgradeneeded = () => asked.transaction.abort();
  asked.onsuccess = () => {
    const database = asked.result;
    const unsent = document.querySelector("[data-unsent]");
    if (unsent)
      database.transaction("queue").objectStore("queue").getAll().onsuccess = ({ target }) => (unsent.hidden = target.result.every(({ told }) => told));
    database.transaction("lists", "readwrite").objectStore("lists").openCursor().onsuccess = ({ target: { result: cursor } }) => {
      if (!cursor) return;
      if (signedOut || !(cursor.value.until > Date.now())) cursor.delete();
      cursor.continue();
    };
    database.close();
  };
  if (signedOut) await caches.delete("door-1");
}
forgetLists("signedOut" in document.documentElement.dataset).catch(() => {});

// Spreadsheets still write the letters of Windows.
async function textOf(file) {
  const bytes = await file.arrayBuffer();
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

// A text file goes into a field of the form, behind what is there.
for (const box of document.querySelectorAll("[data-file]")) {
  const input = box.querySelector("input");
  box.hidden = false;
  input.addEventListener("change", async () => {
    const into = document.getElementById(box.dataset.file);
    for (const file of input.files) into.value = `${into.value.trimEnd()}\n${await textOf(file)}`.trimStart();
    input.value = "";
    into.focus();
    into.dispatchEvent(new Event("change"));
  });
}

// A form that was not taken, because its session had ended: its page comes back with a mark, and gets what was typed. Until then
// that is kept in this tab alone; never what is secret or a card's. The tag goes along: what somebody else has changed meanwhile is
// still refused.
const mark = "interrompido";
const kinds = ["text", "email", "tel", "url", "search", "number", "date", "time", "datetime-local", "radio", "checkbox", "select-one", "textarea"];
const fieldsOf = (form) =>
  [...form.elements].filter((field) => field.name && (kinds.includes(field.type) || field.name === "tag") && !field.readOnly && !field.closest("[data-kept], .card-field"));
const isTicked = ({ type }) => type === "radio" || type === "checkbox";
const placeOf = (form) => `${location.pathname} ${form.elements.namedItem("_handler")?.value}`;

function putBack(form, kept) {
  for (const field of fieldsOf(form)) {
    const at = kept.findIndex(({ name, value }) => name === field.name && (!isTicked(field) || value === field.value));
    if (at < 0) continue;
    const [{ value, ticked }] = kept.splice(at, 1);
    if (isTicked(field)) field.checked = ticked;
    else if (field.type !== "select-one" || [...field.options].some((option) => option.value === value)) field.value = value;
    for (const event of ["input", "change"]) field.dispatchEvent(new Event(event, { bubbles: true }));
  }
}

const address = new URL(location.href);
const isBack = address.searchParams.has(mark);
const typed = isBack ? JSON.parse(sessionStorage.getItem("typed")) : null;
// On the way in, the address to come back to has the mark.
if (isBack || !address.search.includes(mark)) sessionStorage.removeItem("typed");
if (isBack) {
  address.searchParams.delete(mark);
  history.replaceState(history.state, "", address);
}
for (const form of document.querySelectorAll("form[data-once]")) {
  if (typed?.place === placeOf(form)) putBack(form, typed.fields);
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    const fields = fieldsOf(form).map((field) => ({ name: field.name, value: field.value, ticked: isTicked(field) && field.checked }));
    try {
      sessionStorage.setItem("typed", JSON.stringify({ place: placeOf(form), fields }));
    } catch {
      // No room: it is typed again.
    }
  });
}
