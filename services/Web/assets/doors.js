// The list of doors: from here, too, the phone tells what it let in without a network, of whichever date.

const { Away, holdOn, say, showAside, state, sync } = await import(document.querySelector("[data-queue]").dataset.queue);

async function tell() {
  let said = "";
  try {
    const foreign = await sync({ settled: () => showAside() });
    if (foreign.size > 0) said = say("Há entradas de uma portaria que não é desta conta: entre com a outra.", "Some are of a door that is not this account's: sign in with the other one.");
  } catch (error) {
    if (error instanceof Away) said = say("Sem rede.", "No network.");
  }
  await state(said);
}

await showAside();
holdOn();
addEventListener("online", tell);
setInterval(() => document.hidden || tell(), 15_000);
tell();
