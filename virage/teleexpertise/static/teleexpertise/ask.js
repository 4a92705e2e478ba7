// The page of a draft: after each change the server says again what is missing, which alerts are raised and what the
// law says; a press that leaves the page first waits until what was typed is saved. Words come from the page.

const unsaved = new Set();
const WAIT = 6000; // ms: then the press goes on, and the server says what it has

const changed = () => window.htmx?.trigger(document.body, "request-changed");

function follow(form) {
  const typed = () => unsaved.add(form);
  form.addEventListener("input", typed);
  form.addEventListener("change", typed);
  form.addEventListener("autosave:saved", (event) => {
    if ("faults" in form.dataset) showFaults(form, event.detail.saved.faults ?? {});
    if (!event.detail.latest) return;
    unsaved.delete(form);
    form.dispatchEvent(new CustomEvent("request:saved", { bubbles: true }));
    changed();
  });
}

// Errors of the header stand under their fields; what was typed stays as it is.
function showFaults(form, faults) {
  for (const group of form.querySelectorAll(".field")) {
    const control = group.querySelector("[name]");
    if (!control) continue;
    const text = faults[control.name] ?? "";
    let line = group.querySelector("[data-fault]");
    if (text && !line) {
      line = document.createElement("p");
      line.className = "field-error";
      line.dataset.fault = "";
      line.id = `${control.id}_fault`;
      line.setAttribute("role", "alert");
      group.insertBefore(line, group.querySelector("input, select, .choices"));
    }
    if (line) {
      line.textContent = text;
      line.hidden = !text;
    }
    group.classList.toggle("field-bad", Boolean(text));
    if (text) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  }
}

function holdBack(event) {
  const form = event.target;
  if (!("afterAutosave" in form.dataset) || unsaved.size === 0 || form.dataset.waited) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const said = form.querySelector("[data-said]");
  if (said) said.textContent = form.dataset.wordWaiting ?? "";
  const { submitter } = event;
  submitter?.setAttribute("aria-busy", "true");
  const go = () => {
    clearTimeout(late);
    submitter?.removeAttribute("aria-busy");
    document.removeEventListener("request:saved", look);
    form.dataset.waited = "yes";
    form.requestSubmit(submitter);
    delete form.dataset.waited;
  };
  const look = () => unsaved.size === 0 && go();
  const late = setTimeout(go, WAIT);
  document.addEventListener("request:saved", look);
  dispatchEvent(new Event("online")); // ui/autosave.js sends what is pending as soon as the line is there
}

// A line of the list leads to the control itself, and opens what hides it.
function goTo(event) {
  const link = event.target.closest('.missing a[href^="#"]');
  const control = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!control) return;
  event.preventDefault();
  for (let fold = control.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  control.focus({ preventScroll: true });
  (control.closest(".field") ?? control).scrollIntoView({ block: "start" });
}

// An alert is drawn on top of the page, perhaps out of sight: it is also said where one is, until it is read.
let alert = alertNow();

function alertNow() {
  return document.querySelector("#alertes .callout-title")?.textContent.trim() ?? "";
}

function sayAlert() {
  const now = alertNow();
  if (now && !alert) document.dispatchEvent(new CustomEvent("virage:toast", { detail: { text: now, kind: "danger" } }));
  alert = now;
}

document.querySelectorAll("form[data-changes-request]").forEach(follow);
document.addEventListener("submit", holdBack, true);
document.addEventListener("click", goTo);
document.body.addEventListener("htmx:oobAfterSwap", sayAlert);
document.body.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.id === "documents") changed();
});
