// What the checkout uses of Stripe.js (docs.stripe.com/js), for the test numbers of this stand-in.
window.Stripe = (key, { locale } = {}) => {
  if (!/^pk_/.test(key)) throw new Error("A publishable key begins with pk_.");
  const english = locale === "en";
  const say = (portuguese, inEnglish) => (english ? inEnglish : portuguese);
  const invalid = (message) => ({ error: { type: "validation_error", message } });
  const names = [
    ["number", say("Número do cartão", "Card number"), "cc-number", "1234 1234 1234 1234"],
    ["expiry", say("Validade", "Expiry"), "cc-exp", say("MM/AA", "MM/YY")],
    ["cvc", say("Código de segurança", "Security code"), "cc-csc", "123"],
  ];

  const elements = ({ mode, amount, currency, paymentMethodTypes }) => {
    if (mode !== "payment" || !(amount > 0) || !/^[a-z]{3}$/.test(currency) || paymentMethodTypes?.join() !== "card")
      throw new Error("Only mode payment, of cards, with an amount and a currency in lower case.");
    const inputs = {};
    return {
      create: (type) => {
        if (type !== "payment") throw new Error("Only the Payment Element.");
        return {
          mount: (place) => {
            for (const [name, label, autocomplete, placeholder] of names) {
              const field = document.createElement("div");
              field.className = "field";
              const text = document.createElement("label");
              text.textContent = label;
              text.htmlFor = `stripe-${name}`;
              const input = document.createElement("input");
              Object.assign(input, { id: `stripe-${name}`, autocomplete, placeholder, inputMode: "numeric", maxLength: 23 });
              inputs[name] = input;
              field.append(text, input);
              place.append(field);
            }
          },
        };
      },
      submit: async () => {
        const { number, expiry, cvc } = inputs;
        if (!/^[\d ]{12,23}$/.test(number.value)) return invalid(say("O número do cartão está incompleto.", "Your card number is incomplete."));
        if (!/^(0[1-9]|1[0-2]) ?\/ ?\d\d$/.test(expiry.value)) return invalid(say("A validade está incompleta.", "Your card's expiration date is incomplete."));
        if (!/^\d{3,4}$/.test(cvc.value)) return invalid(say("O código de segurança está incompleto.", "Your card's security code is incomplete."));
        return {};
      },
      update: ({ amount: changed }) => {
        if (!(changed > 0)) throw new Error("An amount.");
      },
      inputs,
    };
  };

  const createConfirmationToken = async ({ elements: { inputs } }) => {
    const [month, year] = inputs.expiry.value.split("/").map(Number);
    const answer = await fetch("/sandbox/cards/tokens", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ number: inputs.number.value.replaceAll(" ", ""), expMonth: month, expYear: 2000 + year, cvc: inputs.cvc.value }),
    });
    if (answer.status === 422 || answer.status === 400) return invalid(say("O número do cartão não é válido.", "Your card number is invalid."));
    if (!answer.ok) return { error: { type: "api_connection_error", message: say("O processador não respondeu.", "The processor did not answer.") } };
    const { token } = await answer.json();
    return { confirmationToken: { id: `c${token.replace(/^tok_/, "token_")}`, object: "confirmation_token" } };
  };

  return { elements, createConfirmationToken };
};
