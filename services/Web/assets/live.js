// Figures that change while somebody looks: the page is asked again every few seconds, while it is to be seen.

const every = 5_000;
const pause = (ms) => new Promise((go) => setTimeout(go, ms));

for (;;) {
  await pause(every);
  if (document.hidden) continue;
  try {
    const answer = await fetch(location.href, { redirect: "error" });
    // Nobody is signed in any more: the page leads to the sign-in.
    if (answer.status === 401) {
      dispatchEvent(new Event("outdated"));
      break;
    }
    if (!answer.ok) continue;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-live]");
    const shown = document.querySelector("[data-live]");
    if (fresh && shown && fresh.innerHTML !== shown.innerHTML) shown.replaceWith(document.adoptNode(fresh));
  } catch {
    // Out of reach for now: what is shown stays.
  }
}
