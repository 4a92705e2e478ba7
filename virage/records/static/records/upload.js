// Sends files one by one, in the order in which they were added, and again for as long as the line is bad.
// Each file has an identifier made here, so that a file sent twice is one document. All words come from the page.
// A large file goes in pieces: to begin again is to ask how far it went, even after the page was closed, since the
// same content is known by its SHA-256 (docs/documents.md).
// Other modules hand over a file with: root.dispatchEvent(new CustomEvent("virage:file", { detail: { file } })).

const STALLED = 30_000; // ms without a byte moving: the line is dead though nothing says so
const SLOWEST_RETRY = 30_000;
const WHOLE = 512 * 1024; // bytes: up to here one request is enough
const SMALLEST = 64 * 1024;
const LARGEST = 1024 * 1024; // what the server takes at once

// Some systems know no type for an iPhone's HEIC.
const isPhoto = (file) => file.type.startsWith("image/") || /\.hei[cf]$/i.test(file.name);

function newId() {
  if (crypto.randomUUID) return crypto.randomUUID(); // secure contexts only
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

// The hexadecimal SHA-256; nothing outside secure contexts, where a cut upload goes on as long as the page is open.
async function digestOf(file) {
  if (!crypto.subtle) return "";
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function form(fields) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  return body;
}

class Uploader {
  constructor(root) {
    this.root = root;
    this.words = root.dataset;
    this.form = root.querySelector("[data-upload-form]");
    this.input = root.querySelector("[data-upload-input]");
    this.tiles = root.querySelector("[data-upload-queue]");
    this.template = root.querySelector("[data-upload-tile]");
    this.said = root.querySelector("[data-upload-said]");
    this.items = [];
    this.current = null;
    this.form.querySelector("[data-upload-button]").hidden = true;
    this.listen();
    this.markShots();
  }

  listen() {
    this.input.addEventListener("change", () => {
      this.add(this.input.files);
      this.input.value = "";
    });
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.root.addEventListener("virage:file", (event) => this.add([event.detail.file]));
    const drop = this.root.querySelector("[data-drop]");
    for (const name of ["dragenter", "dragover"]) {
      drop.addEventListener(name, (event) => {
        event.preventDefault();
        drop.classList.add("drop-over");
      });
    }
    for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("drop-over"));
    drop.addEventListener("drop", (event) => {
      event.preventDefault();
      this.add(event.dataTransfer.files);
    });
    window.addEventListener("online", () => this.retryNow());
    window.addEventListener("beforeunload", (event) => {
      if (this.items.length) event.preventDefault();
    });
    document.body.addEventListener("htmx:afterSettle", () => this.markShots());
  }

  add(files) {
    for (const file of files) {
      const item = { file, id: newId(), kind: this.takeKind(file), tries: 0, piece: WHOLE, tile: this.newTile(file) };
      item.tile.querySelector("[data-tile-remove]").addEventListener("click", () => this.drop(item));
      item.tile.querySelector("[data-tile-again]").addEventListener("click", () => this.again(item));
      if (file.size > Number(this.words.limit)) this.fail(item, this.words.wordTooLarge, false);
      else this.enqueue(item);
    }
  }

  enqueue(item) {
    this.show(item, "sending", this.words.wordWaiting);
    this.items.push(item);
    this.next();
  }

  // The chosen view names one photograph; the choice then goes to the next view that is missing.
  takeKind(file) {
    if (!isPhoto(file)) return "other";
    const chosen = this.form.querySelector("input[name=kind]:checked");
    if (!chosen) return "photo";
    const { value } = chosen;
    const shot = chosen.closest("[data-shot]");
    if (shot) {
      this.setDone(shot, true);
      const missing = this.shots().find((other) => other.querySelector("[data-shot-done]").hidden);
      const following = missing ? missing.querySelector("input") : this.form.querySelector("input[name=kind][value=photo]");
      following.checked = true;
      this.root.dispatchEvent(new CustomEvent("virage:shot", { detail: { kind: following.value } }));
    }
    return value;
  }

  shots() {
    return [...this.form.querySelectorAll("[data-shot]")];
  }

  setDone(shot, done) {
    shot.classList.toggle("shot-done", done);
    shot.querySelector("[data-shot-done]").hidden = !done;
  }

  markShots() {
    const waiting = new Set(this.items.map((item) => item.kind));
    const kinds = [...this.root.querySelectorAll("[data-kind]:not([data-state=refused])")].map((tile) => tile.dataset.kind);
    for (const shot of this.shots()) {
      const { value } = shot.querySelector("input");
      this.setDone(shot, kinds.includes(value) || waiting.has(value));
    }
  }

  newTile(file) {
    const tile = this.template.content.firstElementChild.cloneNode(true);
    tile.querySelector("[data-tile-name]").textContent = file.name;
    const picture = tile.querySelector("[data-tile-picture]");
    if (isPhoto(file)) {
      picture.src = URL.createObjectURL(file);
      picture.addEventListener("load", () => URL.revokeObjectURL(picture.src), { once: true });
      picture.addEventListener("error", () => picture.remove(), { once: true }); // HEIC: few browsers draw it
    } else picture.remove();
    this.tiles.append(tile);
    return tile;
  }

  show(item, state, words) {
    item.tile.dataset.state = state;
    item.tile.querySelector("[data-tile-state]").textContent = words;
  }

  progress(item, part) {
    item.tile.querySelector("progress").value = Math.round(part * 100);
  }

  next() {
    if (this.current || !this.items.length) return;
    this.current = this.items[0];
    this.send(this.current);
  }

  send(item) {
    this.show(item, "sending", this.words.wordSending);
    if (item.file.size > WHOLE) this.begin(item);
    else {
      const body = form({ client_id: item.id, kind: item.kind, file: item.file });
      this.ask(item, "POST", this.form.action, body, { sent: item.file.size }, (request) => {
        if (request.status === 201) this.done(item);
        else this.notTaken(item, request);
      });
    }
  }

  async begin(item) {
    try {
      item.digest ??= await digestOf(item.file);
    } catch {
      this.fail(item, this.words.wordUnreadable, false); // moved or changed since it was chosen
      return;
    }
    if (item.dropped) return;
    const body = form({ client_id: item.id, kind: item.kind, size: item.file.size, sha256: item.digest });
    this.ask(item, "POST", this.form.dataset.pieces, body, {}, (request) => {
      if (request.status !== 201) this.notTaken(item, request);
      else {
        item.address = request.getResponseHeader("Location");
        this.stands(item, request);
      }
    });
  }

  // The server has said how far it is: go on from there.
  stands(item, request) {
    item.offset = Number(request.getResponseHeader("Upload-Offset"));
    if (request.getResponseHeader("Upload-Complete")) this.done(item);
    else {
      if (item.offset > 0 && request.status === 201) this.resumed(item);
      this.progress(item, item.offset / item.file.size);
      this.piece(item);
    }
  }

  piece(item) {
    const body = item.file.slice(item.offset, item.offset + item.piece);
    const started = performance.now();
    this.ask(item, "PATCH", item.address, body, { from: item.offset, sent: body.size }, (request) => {
      const took = performance.now() - started;
      if (took < 1000) item.piece = Math.min(LARGEST, item.piece * 2);
      else if (took > 5000) item.piece = Math.max(SMALLEST, item.piece / 2);
      if (request.status === 204 || request.status === 409) {
        item.tries = 0;
        this.stands(item, request);
      } else if (request.status === 404) this.begin(item); // it waited too long: the beginning says the rest
      else this.notTaken(item, request);
    });
  }

  ask(item, method, address, body, { from = 0, sent = 0 }, then) {
    const request = new XMLHttpRequest();
    item.request = request;
    const alive = () => {
      clearTimeout(item.stalled);
      item.stalled = setTimeout(() => request.abort(), STALLED);
    };
    request.upload.addEventListener("progress", (event) => {
      alive();
      if (sent) this.progress(item, (from + (sent * event.loaded) / event.total) / item.file.size);
    });
    request.addEventListener("loadend", () => {
      clearTimeout(item.stalled);
      if (!item.dropped) then(request);
    });
    request.open(method, address);
    request.setRequestHeader("X-CSRFToken", this.token());
    if (method === "PATCH") {
      request.setRequestHeader("Content-Type", "application/offset+octet-stream");
      request.setRequestHeader("Upload-Offset", String(from));
    }
    alive();
    request.send(body);
  }

  token() {
    return this.form.querySelector("[name=csrfmiddlewaretoken]").value;
  }

  notTaken(item, request) {
    const { status } = request;
    if (status === 0 || status === 408 || status === 429 || status >= 500) this.later(item);
    else if (status < 400 || status === 401) this.fail(item, this.words.wordSignedOut, true); // or led to the sign-in page
    else this.fail(item, this.reason(request), status === 403);
  }

  resumed(item) {
    this.show(item, "sending", this.words.wordResumed);
    const told = this.root.querySelector("[data-upload-unfinished]");
    if (told) told.hidden = true;
  }

  reason(request) {
    const plain = (request.getResponseHeader("Content-Type") || "").startsWith("text/plain");
    return plain && request.responseText ? request.responseText : this.words.wordFailed;
  }

  done(item) {
    this.leave(item);
    item.tile.remove();
    this.say(this.words.wordSent);
    document.body.dispatchEvent(new CustomEvent("documents-changed"));
    this.next();
  }

  later(item) {
    item.tries += 1;
    item.piece = Math.max(SMALLEST, item.piece / 2);
    this.show(item, "sending", navigator.onLine ? this.words.wordRetrying : this.words.wordOffline);
    const wait = Math.min(SLOWEST_RETRY, 1000 * 2 ** (item.tries - 1)) * (0.75 + Math.random() / 2);
    item.timer = setTimeout(() => this.retry(item), wait);
  }

  retry(item) {
    clearTimeout(item.timer);
    item.timer = null;
    this.send(item);
  }

  retryNow() {
    if (this.current && this.current.timer) this.retry(this.current);
  }

  fail(item, words, retriable) {
    this.leave(item);
    this.show(item, "refused", words);
    item.tile.querySelector("progress").hidden = true;
    item.tile.querySelector("[data-tile-again]").hidden = !retriable;
    this.say(`${item.file.name} : ${words}`);
    this.markShots();
    this.next();
  }

  again(item) {
    item.tile.querySelector("progress").hidden = false;
    item.tile.querySelector("[data-tile-again]").hidden = true;
    this.enqueue(item);
  }

  drop(item) {
    item.dropped = true;
    clearTimeout(item.timer);
    clearTimeout(item.stalled);
    if (item.request) item.request.abort();
    if (item.address) this.giveUp(item);
    this.leave(item);
    item.tile.remove();
    this.markShots();
    document.body.dispatchEvent(new CustomEvent("documents-changed")); // it may have arrived all the same
    this.next();
  }

  giveUp(item) {
    const headers = { "X-CSRFToken": this.token() };
    fetch(item.address, { method: "DELETE", headers, keepalive: true }).catch(() => {}); // else it ends by itself in a day
  }

  leave(item) {
    this.items = this.items.filter((other) => other !== item);
    if (this.current === item) this.current = null;
  }

  say(words) {
    this.said.textContent = words;
  }
}

for (const root of document.querySelectorAll("[data-uploader]")) new Uploader(root);
