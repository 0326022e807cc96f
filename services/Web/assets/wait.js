// Waits for an order to change, as long as it takes, then shows the page as it now is.

const waiting = document.querySelector("[data-wait]");
const pause = (ms) => new Promise((go) => setTimeout(go, ms));

if (waiting) {
  for (let failures = 0; ; ) {
    try {
      const answer = await fetch(waiting.dataset.wait, { headers: { Accept: "application/json" }, redirect: "error" });
      // Nobody is signed in any more: the page leads to the sign-in.
      const isOver = answer.status === 401;
      if (!answer.ok && !isOver) throw new Error(`${answer.status}`);
      if (isOver || (await answer.json()).changed) {
        dispatchEvent(new Event("outdated"));
        break;
      }
      failures = 0;
    } catch {
      // A tunnel, a restart: less and less often, but for ever.
      failures++;
      await pause(Math.min(15_000, 1_000 * 2 ** Math.min(failures, 4)));
    }
  }
}
