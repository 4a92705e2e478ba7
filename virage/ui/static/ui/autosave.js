// Any <form data-autosave-url> saves itself as it is typed. Until the server has said "saved", a copy stays in this
// tab (sessionStorage): a lost line, a reload or a crash loses nothing. Words come from data-autosave-* attributes.
//
// The form is sent urlencoded, by POST, with its CSRF token. The server answers JSON {saved_at, saved_time, revision, …};
// 409 {revision} when another tab has saved since, 423 when nothing may change any more.
// Events on the form: autosave:restore {params} (before a kept copy is put back), autosave:restored,
// autosave:saved {saved, latest} (latest: nothing was typed since that copy was sent).

const WAIT = 1500; // ms without typing before it is sent
const LONGEST = 10000; // ms of typing without a pause before it is sent all the same
const RETRY = [2000, 4000, 8000, 15000, 30000, 60000]; // ms between tries

class Autosave {
  constructor(form) {
    this.form = form;
    this.url = form.dataset.autosaveUrl;
    this.store = `autosave:${new URL(this.url, location.href).pathname}`;
    this.status = form.querySelector("[data-autosave-status]");
    this.clash = form.querySelector("[data-autosave-clash]");
    this.revision = form.querySelector("[data-autosave-revision]");
    this.changes = 0; // edits so far
    this.acknowledged = 0; // edits that the server has
    this.tries = 0;
    this.stopped = false;
    form.addEventListener("input", () => this.changed());
    form.addEventListener("change", () => this.changed());
    form.addEventListener("submit", (event) => this.submitted(event));
    this.clash?.addEventListener("click", (event) => this.settle(event.target));
    addEventListener("online", () => this.send());
    addEventListener("beforeunload", (event) => {
      if (this.pending && !this.leaving) event.preventDefault();
    });
    this.restore();
  }

  get pending() {
    return this.changes > this.acknowledged;
  }

  say(word, time = "") {
    if (this.status) this.status.textContent = (this.form.dataset[`autosave${word}`] ?? "").replace("{time}", time);
  }

  body() {
    const params = new URLSearchParams();
    for (const [name, value] of new FormData(this.form)) if (typeof value === "string") params.append(name, value);
    return params;
  }

  keep() {
    const params = this.body();
    params.delete("csrfmiddlewaretoken");
    try {
      sessionStorage.setItem(this.store, params.toString());
    } catch { /* storage refused or full: the line alone protects */ }
  }

  forget() {
    try {
      sessionStorage.removeItem(this.store);
    } catch { /* storage refused: nothing was kept */ }
  }

  changed() {
    if (this.stopped) return;
    this.changes += 1;
    this.firstChange ??= performance.now();
    this.keep();
    const left = LONGEST - (performance.now() - this.firstChange);
    this.plan(Math.max(0, Math.min(WAIT, left)));
  }

  plan(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), delay);
  }

  async send() {
    clearTimeout(this.timer);
    if (this.sending) return this.sending;
    if (!this.pending || this.stopped) return true;
    this.sending = this.sendOnce();
    const done = await this.sending;
    this.sending = null;
    if (done && this.pending) this.plan(WAIT);
    return done;
  }

  async sendOnce() {
    const sent = this.changes;
    const params = this.body();
    this.firstChange = null;
    this.say("Saving");
    let answer;
    try {
      answer = await fetch(this.url, {
        method: "POST",
        body: params,
        headers: { "X-CSRFToken": params.get("csrfmiddlewaretoken") ?? "", Accept: "application/json" },
        credentials: "same-origin",
      });
    } catch {
      return this.failed("Offline");
    }
    const json = (answer.headers.get("Content-Type") ?? "").startsWith("application/json");
    if (answer.redirected || answer.status === 401 || answer.status === 403) return this.failed("Expired", true);
    if (answer.status === 409) return this.conflict(json ? await answer.json() : {});
    if (answer.status === 423) return this.closed();
    if (!answer.ok || !json) return this.failed("Failed", true);
    return this.saved(await answer.json(), sent);
  }

  saved(saved, sent) {
    this.tries = 0;
    this.acknowledged = sent;
    if (this.revision && saved.revision !== undefined) this.revision.value = saved.revision;
    if (!this.pending) this.forget();
    this.say("Saved", saved.saved_time ?? "");
    this.form.dispatchEvent(new CustomEvent("autosave:saved", { detail: { saved, latest: !this.pending } }));
    return true;
  }

  // `answered`: the server is there but does not take it, so that a press on the page's own button may go on and say why.
  failed(word, answered = false) {
    this.say(word);
    this.plan(RETRY[Math.min(this.tries, RETRY.length - 1)]);
    this.tries += 1;
    this.answered = answered;
    return false;
  }

  conflict(answer) {
    this.say("Conflict");
    this.answered = false;
    this.later = answer.revision;
    this.stopped = true;
    if (this.clash) this.clash.hidden = false;
    return false;
  }

  closed() {
    this.say("Completed");
    this.stopped = true;
    this.answered = true;
    this.acknowledged = this.changes;
    this.forget();
    return false;
  }

  settle(target) {
    if (target.closest("[data-autosave-keep]")) {
      if (this.revision && this.later !== undefined) this.revision.value = this.later;
      this.clash.hidden = true;
      this.stopped = false;
      this.send();
    } else if (target.closest("[data-autosave-reload]")) {
      this.forget();
      this.leaving = true;
      location.reload();
    }
  }

  // A press on the page's button first waits until what was typed is saved, so that a lost line loses neither.
  async submitted(event) {
    if (event.defaultPrevented) return;
    if (!this.pending) {
      this.leaving = true;
      return;
    }
    event.preventDefault();
    const { submitter } = event;
    while (this.pending) if (!(await this.send())) break;
    if (this.pending && !this.answered) {
      this.status?.scrollIntoView({ block: "nearest" });
      return;
    }
    if (this.pending) this.acknowledged = this.changes;
    this.form.requestSubmit(submitter);
  }

  restore() {
    let kept = null;
    try {
      kept = sessionStorage.getItem(this.store);
    } catch { /* storage refused: nothing was kept */ }
    if (!kept) return;
    const params = new URLSearchParams(kept);
    this.form.dispatchEvent(new CustomEvent("autosave:restore", { detail: { params } }));
    this.fill(params);
    this.form.dispatchEvent(new CustomEvent("autosave:restored"));
    this.changes += 1;
    this.say("Restored");
    this.plan(0);
  }

  fill(params) {
    const seen = new Map();
    for (const field of this.form.elements) {
      if (!field.name || ["csrfmiddlewaretoken", "once"].includes(field.name) || field.type === "file") continue;
      const values = params.getAll(field.name);
      const rank = seen.get(field.name) ?? 0;
      seen.set(field.name, rank + 1);
      if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
      else if (field.tagName === "SELECT" && field.multiple) {
        for (const option of field.options) option.selected = values.includes(option.value);
      } else if (!["button", "submit", "reset"].includes(field.type)) field.value = values[rank] ?? "";
    }
  }
}

const begun = new WeakSet();

function beginAll(element) {
  for (const form of element.querySelectorAll("form[data-autosave-url]")) {
    if (begun.has(form)) continue;
    begun.add(form);
    new Autosave(form);
  }
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => beginAll(document));
else setTimeout(() => beginAll(document)); // after the other modules of the page
document.addEventListener("htmx:load", (event) => beginAll(event.target));
