// The drawing saves itself after each change. Until the server has it, a copy stays in this tab.

const WAIT = 600; // ms after the last change
const RETRY = [2000, 4000, 8000, 15000, 30000]; // ms

export class Keeper {
  constructor(root, shapes) {
    this.url = root.dataset.save;
    this.words = root.dataset;
    this.token = root.querySelector("[name=csrfmiddlewaretoken]").value;
    this.state = root.querySelector("[data-state]");
    this.store = `drawing:${this.url}`;
    this.sent = JSON.stringify(shapes);
    this.latest = this.sent;
    this.tries = 0;
    addEventListener("online", () => this.send());
    addEventListener("beforeunload", (event) => this.pending && !this.closed && event.preventDefault());
  }

  get pending() {
    return this.latest !== this.sent;
  }

  // What a lost line or a crash left in this tab, or null.
  found() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(this.store) ?? "null");
      if (!Array.isArray(kept)) return null;
      this.state.textContent = this.words.restored;
      return kept;
    } catch {
      return null;
    }
  }

  keep(shapes) {
    this.latest = JSON.stringify(shapes);
    try {
      sessionStorage.setItem(this.store, this.latest);
    } catch { /* storage refused or full: the line alone protects */ }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), WAIT);
  }

  // True when the server has everything, or will take nothing more.
  async send() {
    clearTimeout(this.timer);
    if (this.sending) await this.sending;
    if (!this.pending || this.closed) return true;
    this.sending = this.post(this.latest);
    const done = await this.sending;
    this.sending = null;
    return done && this.pending ? this.send() : done;
  }

  async post(body) {
    this.state.textContent = this.words.saving;
    try {
      const answer = await fetch(this.url, {
        method: "POST",
        body: new URLSearchParams({ shapes: body }),
        headers: { "X-CSRFToken": this.token, Accept: "application/json" },
        credentials: "same-origin",
      });
      if (answer.status === 423) return this.end();
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      const saved = await answer.json();
      this.sent = body;
      this.tries = 0;
      if (!this.pending) sessionStorage.removeItem(this.store);
      this.state.textContent = this.words.saved.replace("{time}", saved.saved_time);
      return true;
    } catch {
      this.state.textContent = this.words.failed;
      this.timer = setTimeout(() => this.send(), RETRY[Math.min(this.tries, RETRY.length - 1)]);
      this.tries += 1;
      return false;
    }
  }

  end() {
    this.closed = true;
    try {
      sessionStorage.removeItem(this.store);
    } catch { /* nothing was kept */ }
    this.state.textContent = this.words.closed;
    return true;
  }
}
