// The door with a script: a scan changes the page without loading it anew, with a sound and a vibration; the camera reads
// codes where the browser can. Readers that type, and people, use the form as it is.

const form = document.querySelector("[data-scan]");
const code = form.elements.namedItem("code");
let audio;
let busy = false;
let last = { text: "", at: 0 };

// Pitches by time: rising is yes, level is look, falling is no.
const sounds = {
  admitted: { notes: [660, 990], buzz: [80] },
  look: { notes: [660, 660, 660], buzz: [80, 60, 80] },
  refused: { notes: [300, 180], buzz: [300, 100, 300] },
};

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

async function show(answer) {
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-door]");
  if (!fresh) throw new Error("no door");
  document.querySelector("[data-door]").replaceWith(document.adoptNode(fresh));
  const key = page.querySelector("[data-scan] [name=key]");
  if (key) form.elements.namedItem("key").value = key.value;
  return fresh;
}

async function scan() {
  if (busy) return;
  busy = true;
  const body = new URLSearchParams(new FormData(form));
  // What is typed while the answer is on its way belongs to the next one.
  code.value = "";
  code.focus();
  try {
    const answer = await fetch(location.href, { method: "POST", body });
    // Signed out meanwhile: the page leads to the sign-in.
    if (answer.redirected) return location.reload();
    tell((await show(answer)).dataset.outcome);
  } catch {
    // Nobody knows whether it counted: the same scan with the same key says so once the network is back.
    code.value = body.get("code");
    tell("refused");
    form.querySelector("[role=alert]")?.remove();
    const away = document.createElement("p");
    away.setAttribute("role", "alert");
    away.className = "notice bad";
    away.textContent = document.documentElement.lang === "en" ? "No connection. Send it again." : "Sem conexão. Envie de novo.";
    form.prepend(away);
    busy = false;
    return;
  }
  form.querySelector("[role=alert]")?.remove();
  busy = false;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (form.reportValidity()) scan();
});

// Other doors let people in, too.
setInterval(async () => {
  if (document.hidden || busy) return;
  try {
    const answer = await fetch(location.href, { redirect: "error" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-counts]");
    if (fresh) document.querySelector("[data-counts]").replaceWith(document.adoptNode(fresh));
  } catch {
    // Later.
  }
}, 15_000);

// Keeps the screen of a door awake.
const stayAwake = () => navigator.wakeLock?.request("screen").catch(() => {});

const camera = document.querySelector("[data-camera]");
if ("BarcodeDetector" in window && navigator.mediaDevices?.getUserMedia) {
  const [video, button, note] = [camera.querySelector("video"), camera.querySelector("button"), camera.querySelector("p")];
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  camera.hidden = false;
  let stream;
  const stop = () => {
    stream?.getTracks().forEach((track) => track.stop());
    stream = undefined;
    video.hidden = true;
    button.textContent = button.dataset.off;
  };
  const look = async () => {
    if (!stream) return;
    try {
      const [found] = busy || video.readyState < 2 ? [] : await detector.detect(video);
      // The same ticket stays before the camera for a while.
      if (found && (found.rawValue !== last.text || Date.now() - last.at > 4_000)) {
        last = { text: found.rawValue, at: Date.now() };
        code.value = found.rawValue;
        await scan();
      } else if (found) last.at = Date.now();
    } catch {
      // A frame that could not be read.
    }
    setTimeout(look, 120);
  };
  button.addEventListener("click", async () => {
    if (stream) return stop();
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
    } catch {
      note.textContent = note.dataset.denied;
      return;
    }
    note.textContent = "";
    video.srcObject = stream;
    video.hidden = false;
    button.textContent = button.dataset.on;
    await video.play();
    stayAwake();
    look();
  });
}
