// Cards are typed into the processor's own fields: what is typed there never reaches us, only a token for one payment. The
// processor's script comes when a card is wanted, not before.

const english = document.documentElement.lang === "en";

for (const box of document.querySelectorAll("[data-stripe]")) {
  const form = box.closest("form");
  const card = form.querySelector('[name="method"][value="card"]');
  const tests = form.querySelector('select[name="card"]');
  const token = box.querySelector("input");
  const kept = box.querySelector("[data-kept]");
  const problem = box.querySelector("[data-problem]");
  card.closest("label").hidden = false;
  if (tests) tests.append(new Option(box.dataset.own, "", false, Boolean(token.defaultValue)));
  token.value = token.defaultValue;

  /** What is to be paid, with what is added meanwhile. */
  const amount = () => Number(form.dataset.due ?? box.dataset.amount);
  const isWanted = () => card.checked && !tests?.value && amount() > 0;
  const tell = (text) => {
    problem.hidden = !text;
    problem.role = text ? "alert" : null;
    problem.textContent = text ?? "";
  };

  const script = () =>
    new Promise((resolve, reject) => {
      const made = document.createElement("script");
      made.src = box.dataset.script;
      made.onload = resolve;
      made.onerror = reject;
      document.head.append(made);
    });
  const mount = async () => {
    await script();
    const stripe = Stripe(box.dataset.stripe, { locale: document.documentElement.lang });
    const elements = stripe.elements({
      mode: "payment",
      amount: amount(),
      currency: box.dataset.currency,
      paymentMethodTypes: ["card"],
      appearance: { theme: matchMedia("(prefers-color-scheme: dark)").matches ? "night" : "stripe" },
    });
    elements.create("payment").mount(box.querySelector("[data-fields]"));
    return { stripe, elements };
  };

  let mounted;
  const fields = () => {
    mounted ??= mount();
    // Asked for again, it may be there.
    mounted.catch(() => (mounted = undefined));
    return mounted;
  };
  const away = english ? "The card's fields cannot be loaded. Try again, or pay by Pix." : "Os campos do cartão não carregaram. Tente de novo, ou pague com Pix.";
  const choose = () => {
    box.hidden = !isWanted();
    kept.hidden = !token.value;
    if (isWanted() && !token.value)
      fields().then(
        ({ elements }) => {
          if (isWanted()) elements.update({ amount: amount() });
          tell();
        },
        () => tell(away),
      );
  };
  for (const change of ["change", "input"]) form.addEventListener(change, choose);
  choose();
  kept.querySelector("button").addEventListener("click", () => {
    token.value = "";
    choose();
    card.focus();
  });

  const ask = async () => {
    let loaded;
    try {
      loaded = await fields();
    } catch {
      return { error: { message: away } };
    }
    const { error } = await loaded.elements.submit();
    return error ? { error } : loaded.stripe.createConfirmationToken({ elements: loaded.elements });
  };

  // Before what sends a form once. A coupon is looked at without a card, and a whole one stays.
  let asking = false;
  let asked = false;
  form.addEventListener(
    "submit",
    async (event) => {
      if (!isWanted()) token.value = "";
      if (!isWanted() || token.value || asked) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (asking) return;
      asking = true;
      const { submitter } = event;
      try {
        const { error, confirmationToken } = await ask();
        asked = submitter?.value === "coupon";
        if (!asked) tell(error?.message);
        if (error && !asked) return;
        token.value = confirmationToken?.id ?? "";
        // From within the event that asks for it, a form is not sent once more.
        setTimeout(() => form.requestSubmit(submitter));
      } catch {
        tell(away);
      } finally {
        asking = false;
      }
    },
    true,
  );
  // Back from the next page: a token is good for one payment.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    token.value = "";
    asked = false;
    choose();
  });
}
