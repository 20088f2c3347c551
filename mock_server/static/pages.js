// What pages do beyond plain HTML; without it every form still works.
// Forms with `data-live` show a file before it is sent, make a photo that is too large smaller, and show progress.
// A page with `data-again-s` looks again after so many seconds, for as long as it says so.
// Buttons with `data-part` send their form and replace only that part of the page: what else is filled in stays.

const MM_PER_INCH = 25.4;

function send(form, action, body, showProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", action);
    request.responseType = "document";
    request.upload.onprogress = (event) => event.lengthComputable && showProgress(100 * event.loaded / event.total);
    request.onload = () => resolve(request);
    request.onerror = () => reject(new Error("network"));
    request.send(body);
  });
}

function replace(answer, selector, action) {
  const part = answer.response?.querySelector(selector);
  const wasLedOn = new URL(answer.responseURL).pathname !== new URL(action, location.href).pathname;
  // A refusal that is no page (a portal that is full) is shown as the browser shows it.
  if (wasLedOn || !part) location.assign(wasLedOn ? answer.responseURL : location.href);
  else document.querySelector(selector).replaceWith(part);
  return part;
}

// A JPEG of a canvas says nothing of its resolution: write dots per inch into its JFIF header (ITU-T T.871).
async function withResolution(blob, dpi) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  const isJfif = bytes[2] === 0xff && bytes[3] === 0xe0 && String.fromCharCode(...bytes.slice(6, 10)) === "JFIF";
  if (!isJfif) return blob;
  new DataView(bytes.buffer).setUint8(13, 1); // unit: inch
  new DataView(bytes.buffer).setUint16(14, dpi);
  new DataView(bytes.buffer).setUint16(16, dpi);
  return new Blob([bytes], { type: "image/jpeg" });
}

// Make a photo that is too large smaller: fewer pixels first, though never fewer than the card needs, then lower quality.
async function shrunk(file, { mostBytes, cardWidthMm, minDpi }) {
  if (!mostBytes || file.size <= mostBytes || file.type !== "image/jpeg") return file;
  const picture = await createImageBitmap(file);
  const canvas = document.createElement("canvas");
  const leastWidth = cardWidthMm ? Math.ceil(cardWidthMm / MM_PER_INCH * minDpi) : 1200;
  for (const dpiShare of [1.3, 1.1, 1]) {
    const scale = Math.min(1, Math.ceil(leastWidth * dpiShare) / picture.width);
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    for (const quality of [0.92, 0.85, 0.75]) {
      const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
      if (!blob || blob.size > mostBytes) continue;
      const dpi = Math.floor(canvas.width / cardWidthMm * MM_PER_INCH);
      const smaller = cardWidthMm ? await withResolution(blob, dpi) : blob;
      return new File([smaller], file.name, { type: "image/jpeg" });
    }
  }
  return file; // the portal says what is wrong with it
}

const megabytes = (bytes) => `${(bytes / 2 ** 20).toFixed(2)} MB`;

async function choose(form) {
  const input = form.elements.file;
  const preview = form.querySelector(".preview");
  const note = form.querySelector(".shrunk");
  const [file] = input.files;
  preview.hidden = true;
  note.hidden = true;
  form.ready = Promise.resolve(file);
  if (!file?.type.startsWith("image/")) return;
  preview.src = URL.createObjectURL(file);
  preview.hidden = false;
  const { mostBytes, cardWidthMm, minDpi } = form.dataset;
  form.ready = shrunk(file, { mostBytes: Number(mostBytes), cardWidthMm: Number(cardWidthMm), minDpi: Number(minDpi) })
    .catch(() => file); // what no browser can read, the portal refuses with a reason
  const result = await form.ready;
  if (result !== file && input.files[0] === file) {
    note.textContent = `已在本机压缩：${megabytes(file.size)} → ${megabytes(result.size)}`;
    note.hidden = false;
  }
}

async function sendLive(form) {
  const file = await (form.ready ?? form.elements.file.files[0]);
  const body = new FormData(form);
  if (file) body.set("file", file, file.name);
  const progress = form.querySelector("progress");
  const button = form.querySelector("button");
  progress.hidden = false;
  button.disabled = true;
  try {
    replace(await send(form, form.action, body, (share) => { progress.value = share; }), "main", form.action);
  } catch {
    progress.hidden = true;
    button.disabled = false;
    form.querySelector(".shrunk").textContent = "网络中断，文件未能上传，请重试。";
    form.querySelector(".shrunk").hidden = false;
  }
}

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-live]");
  if (form && event.target.type === "file") choose(form);
});

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const button = event.submitter;
  if (button?.dataset.part) {
    event.preventDefault();
    button.disabled = true;
    const body = new URLSearchParams(new FormData(form));
    const action = button.formAction;
    try {
      replace(await send(form, action, body, () => {}), `#${button.dataset.part}`, action);
    } catch {
      button.disabled = false;
    }
  } else if (form.matches("[data-live]")) {
    event.preventDefault();
    sendLive(form);
  }
});

async function lookAgain() {
  const main = document.querySelector("main");
  const seconds = Number(main.dataset.againS);
  if (!seconds) return;
  await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
  try {
    const answer = await fetch(location.href);
    if (answer.redirected) location.assign(answer.url);
    const now = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("main");
    if (answer.ok && now && now.outerHTML !== main.outerHTML) main.replaceWith(now); // else the focus would be lost
  } catch {
    // a network that is away for a while is tried again
  }
  lookAgain();
}

lookAgain();
