// A photograph becomes a picture of the size that pages show, here where it is: small enough to be sent from anywhere, and
// without the place and the time at which it was taken.

const english = document.documentElement.lang === "en";
const longest = 1280;
const largest = 1024 * 1024;

const draw = async (file) => {
  const photograph = await createImageBitmap(file);
  const scale = Math.min(1, longest / Math.max(photograph.width, photograph.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(photograph.width * scale));
  canvas.height = Math.max(1, Math.round(photograph.height * scale));
  const context = canvas.getContext("2d");
  // What a drawing leaves open is paper.
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(photograph, 0, 0, canvas.width, canvas.height);
  let picture;
  for (const quality of [0.82, 0.65, 0.5, 0.3]) {
    picture = await new Promise((made) => canvas.toBlob(made, "image/jpeg", quality));
    if (picture.size <= largest) break;
  }
  return picture;
};

for (const box of document.querySelectorAll("[data-picture]")) {
  const input = box.querySelector("input");
  const told = box.querySelector("[data-told]");
  const preview = document.querySelector("[data-preview]");
  const form = document.querySelector("form[data-once]");
  const tell = (text, isBad = false) => {
    told.textContent = text;
    told.classList.toggle("bad", isBad);
  };
  box.hidden = false;

  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (!file) return;
    input.disabled = true;
    tell(english ? "Sending…" : "Enviando…");
    try {
      const body = await draw(file).catch(() => undefined);
      if (!body) {
        tell(english ? "This file is no picture that can be shown. Try a JPEG or PNG." : "Este arquivo não é uma imagem que dê para mostrar. Tente um JPEG ou PNG.", true);
        return;
      }
      const answer = await fetch(box.dataset.picture, {
        method: "PUT",
        redirect: "error",
        headers: { "Content-Type": "image/jpeg", RequestVerificationToken: form.elements.namedItem("__RequestVerificationToken").value },
        body,
      });
      if (answer.status === 401) throw new Error("401");
      const said = await answer.json();
      if (!answer.ok) {
        tell(said.problem, true);
        return;
      }
      const shown = new Image();
      shown.className = "art";
      shown.alt = "";
      shown.src = said.imageUrl;
      preview.replaceChildren(shown);
      document.querySelector("[data-remove]").hidden = false;
      // The form goes on from here: what is typed in it stays.
      form.elements.namedItem("tag").value = said.tag;
      tell(english ? "Saved." : "Salva.");
    } catch {
      tell(english ? "It was not sent. Try again in a moment." : "Não foi enviada. Tente de novo daqui a pouco.", true);
    } finally {
      input.disabled = false;
      input.value = "";
    }
  });
}
