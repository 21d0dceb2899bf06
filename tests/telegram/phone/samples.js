// Samples made on the spot: a photo, a voice note, a film, a document.
const base64 = (blob) =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });

export async function sends(kind, blob, name, caption) {
  return { do: "sends", kind, base64: await base64(blob), name, mime: blob.type || null, caption: caption || null };
}

/** Several files at once; the words stand under the first. */
export async function album(kind, files, caption) {
  const items = await Promise.all(files.map((file, n) => sends(kind, file, file.name, n ? null : caption)));
  return { do: "sends_album", items: items.map(({ do: _, ...item }) => item) };
}

function street(context, step) {
  const { width: w, height: h } = context.canvas;
  const sky = context.createLinearGradient(0, 0, 0, h);
  sky.addColorStop(0, "#0b1a33"); sky.addColorStop(1, "#35517a");
  context.fillStyle = sky; context.fillRect(0, 0, w, h);
  context.fillStyle = "#16233c";
  for (let n = 0; n < 7; n++) context.fillRect(n * w / 7, h * (0.35 + 0.13 * ((n * 5) % 3)), w / 7 - 3, h);
  context.fillStyle = "#ffe9a8";
  for (let n = 0; n < 26; n++) context.fillRect((n * 97) % w, h * 0.62 + ((n * 53) % (h * 0.16)), 5, 7);
  context.fillStyle = "#242c38"; context.fillRect(0, h * 0.82, w, h);
  context.fillStyle = "#d8dde6";
  for (let n = 0; n < 9; n++) context.fillRect(((n * w) / 8 + step * 9) % (w + 60) - 60, h * 0.91, 44, 5);
  context.strokeStyle = "#8a94a6"; context.lineWidth = 6; context.beginPath();
  context.moveTo(w * 0.68, h * 0.86); context.lineTo(w * 0.74, h * 0.3); context.lineTo(w * 0.64, h * 0.27); context.stroke();
  const glow = context.createRadialGradient(w * 0.64, h * 0.29, 2, w * 0.64, h * 0.29, w * 0.17);
  glow.addColorStop(0, "#fff4c8"); glow.addColorStop(1, "#fff4c800");
  context.fillStyle = glow; context.fillRect(0, 0, w, h);
}

function canvas(width, height) {
  const el = document.createElement("canvas");
  el.width = width; el.height = height;
  return el;
}

export async function photo(caption) {
  const el = canvas(800, 600);
  street(el.getContext("2d"), Math.floor(Math.random() * 9));
  const blob = await new Promise((resolve) => el.toBlob(resolve, "image/jpeg", 0.85));
  return sends("photo", blob, "foto.jpg", caption);
}

/** Two seconds of a rising and falling tone, as WAV. */
export async function voice() {
  const rate = 8000, length = rate * 2, bytes = new DataView(new ArrayBuffer(44 + length));
  const word = (at, text) => [...text].forEach((c, n) => bytes.setUint8(at + n, c.charCodeAt(0)));
  word(0, "RIFF"); bytes.setUint32(4, 36 + length, true); word(8, "WAVEfmt "); bytes.setUint32(16, 16, true);
  bytes.setUint16(20, 1, true); bytes.setUint16(22, 1, true); bytes.setUint32(24, rate, true);
  bytes.setUint32(28, rate, true); bytes.setUint16(32, 1, true); bytes.setUint16(34, 8, true);
  word(36, "data"); bytes.setUint32(40, length, true);
  for (let n = 0; n < length; n++) {
    const tone = 220 + 90 * Math.sin((n / rate) * 5);
    bytes.setUint8(44 + n, 128 + 60 * Math.sin((2 * Math.PI * tone * n) / rate) * Math.sin((Math.PI * n) / length));
  }
  return sends("voice", new Blob([bytes], { type: "audio/wav" }), "nota.wav");
}

/** A second and a half of a moving street; null where the browser cannot record. */
export async function video() {
  if (!window.MediaRecorder) return null;
  const el = canvas(480, 270), context = el.getContext("2d");
  street(context, 0);
  const recorder = new MediaRecorder(el.captureStream(15), { mimeType: "video/webm" });
  const parts = [];
  recorder.ondataavailable = (event) => parts.push(event.data);
  const ended = new Promise((resolve) => (recorder.onstop = resolve));
  recorder.start();
  let step = 0;
  const timer = setInterval(() => street(context, step++), 66);
  setTimeout(() => { clearInterval(timer); recorder.stop(); }, 1500);
  await ended;
  return sends("video", new Blob(parts, { type: "video/webm" }), "video.webm");
}

export async function documentFile() {
  const line = "BT /F1 18 Tf 40 120 Td (Acta de muestra) Tj 0 -28 Td (GAD, telefono de papel) Tj ET";
  const objects = [
    "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 180]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
    `<</Length ${line.length}>>stream\n${line}\nendstream`, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
  ];
  let text = "%PDF-1.4\n";
  const places = objects.map((object, n) => { const at = text.length; text += `${n + 1} 0 obj\n${object}\nendobj\n`; return at; });
  const start = text.length;
  text += `xref\n0 6\n0000000000 65535 f \n${places.map((at) => `${String(at).padStart(10, "0")} 00000 n \n`).join("")}`;
  text += `trailer<</Size 6/Root 1 0 R>>\nstartxref\n${start}\n%%EOF\n`;
  return sends("document", new Blob([text], { type: "application/pdf" }), "acta.pdf");
}
