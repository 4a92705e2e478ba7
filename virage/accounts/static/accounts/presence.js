// Signs of life, and the lock. While one types or reads, the server is told at most once a minute, so that a long form
// is not cut by the time-out. On a shared computer the page locks itself when left alone. All tabs lock and unlock
// together, and what one person left in a tab is not shown to the next.

const PING = 60_000; // ms between two signs of life
const root = document.querySelector("[data-presence]");
const lockPage = document.querySelector("[data-locked]");
const channel = "BroadcastChannel" in window ? new BroadcastChannel("virage-session") : null;
const token = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";

let alive = Date.now(); // the last thing that the person did, in any tab
let told = Date.now(); // what the server knows of it
let locking = false;

function clearTab() {
  try {
    sessionStorage.clear();
  } catch { /* storage refused: nothing was kept */ }
}

function here() {
  const now = Date.now();
  if (now - alive > 1000) channel?.postMessage("here");
  alive = now;
  if (now - told < PING || !root || locking) return;
  told = now;
  fetch(root.dataset.presence, { method: "POST", headers: { "X-CSRFToken": token() }, credentials: "same-origin", keepalive: true })
    .then((answer) => answer.status === 401 && toLock())
    .catch(() => { told = 0; }); // no line: said again at the next sign of life
}

// Where to come back to is this page; what is on it is hidden at once.
function toLock() {
  if (locking || !root) return;
  locking = true;
  document.documentElement.classList.add("session-locked");
  const back = encodeURIComponent(location.pathname + location.search);
  location.replace(`${root.dataset.unlock}?next=${back}`);
}

// What is being saved is given a moment, so that it arrives before the door closes.
async function lockNow(form) {
  document.documentElement.classList.add("session-locked");
  channel?.postMessage("hide");
  await new Promise((resolve) => setTimeout(resolve, document.querySelector("form[data-autosave-url]") ? 1800 : 0));
  locking = true;
  form.submit();
}

function watch() {
  const after = Number(root.dataset.lockAfter) * 1000;
  if (!after) return;
  setInterval(() => {
    const form = document.querySelector("form[data-lock]");
    if (form && !locking && Date.now() - alive >= after) {
      locking = true;
      lockNow(form);
    }
  }, 1000);
}

function heard({ data }) {
  if (data === "here") alive = Date.now();
  if (data === "hide" && root) {
    document.documentElement.classList.add("session-locked");
    setTimeout(() => location.reload(), 20_000); // the tab that locks was lost: the server knows what to show
  }
  if (data === "locked") toLock(); // said by the lock's own page: the server has closed the door
  if (data === "open" && lockPage) location.replace(lockPage.dataset.after);
  if (data === "left" && root) location.replace("/");
}

// A tab of an earlier person: nothing that was typed there is offered to this one.
function otherPerson() {
  try {
    const before = sessionStorage.getItem("person");
    if (before && before !== root.dataset.person) clearTab();
    sessionStorage.setItem("person", root.dataset.person);
  } catch { /* storage refused: nothing was kept */ }
}

for (const name of ["pointerdown", "pointermove", "keydown", "input", "scroll", "touchstart"]) {
  addEventListener(name, here, { passive: true, capture: true });
}
channel?.addEventListener("message", heard);
addEventListener("pageshow", (event) => event.persisted && location.reload()); // "back" shows nothing that was locked or left
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("form[data-lock]")) {
    event.preventDefault();
    lockNow(form);
  } else if (form.matches("form[data-leave]")) {
    clearTab();
    channel?.postMessage("left");
  }
});
// A list that refreshes itself is no sign of life.
document.addEventListener("htmx:configRequest", (event) => {
  if (!event.detail.triggeringEvent) event.detail.headers["X-Unattended"] = "1";
});
if (lockPage) channel?.postMessage("locked");
if (root) {
  otherPerson();
  channel?.postMessage("open");
  watch();
}
