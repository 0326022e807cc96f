// The one script of these pages: asks the browser for a passkey and sends its answer with the form.
const form = document.querySelector("form[data-passkey]");
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    const options = JSON.parse(form.dataset.options);
    const credential =
      form.dataset.passkey === "make"
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
        : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
    form.elements.answer.value = JSON.stringify(credential);
    form.submit();
  } catch {
    form.querySelector("[role=alert]").hidden = false;
  }
});
