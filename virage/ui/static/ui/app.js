// What every page does beyond links and forms. Words come from the templates; without this file pages still work.

const toasts = document.getElementById("toasts");

function toast(text, kind = "info") {
  if (!toasts || !text) return;
  const line = document.createElement("div");
  line.className = `toast-line toast-${kind}`;
  const words = document.createElement("p");
  words.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn btn-icon";
  close.setAttribute("aria-label", toasts.dataset.close);
  close.textContent = "×";
  close.addEventListener("click", () => line.remove());
  line.append(words, close);
  toasts.append(line);
  if (kind !== "danger") setTimeout(() => line.remove(), 8000); // what went wrong stays until it is read
}

function focusErrors(root) {
  const summary = root.querySelector?.("[data-focus]");
  if (summary) summary.focus();
}

// A link of the error summary goes to the control itself, and opens what hides it.
function goToField(event) {
  const link = event.target.closest('.error-summary a[href^="#"]');
  const field = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!field) return;
  event.preventDefault();
  for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  field.focus({ preventScroll: true });
  (field.closest(".field") ?? field).scrollIntoView({ block: "start" });
}

// Ask first: resolves to true when the person says yes.
function ask(words, calm) {
  const dialog = document.getElementById("confirm");
  const yes = dialog.querySelector('[value="yes"]');
  dialog.querySelector("h2").textContent = words.confirm;
  dialog.querySelector("p").textContent = words.confirmDetail ?? "";
  yes.textContent = words.confirmOk ?? yes.dataset.ok;
  yes.className = calm ? "btn btn-primary" : "btn btn-danger";
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }));
}

async function confirmPress(event) {
  const button = event.target.closest("[data-confirm]");
  if (!button || button.dataset.confirmed) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!(await ask(button.dataset, button.classList.contains("btn-primary")))) return button.focus();
  button.dataset.confirmed = "yes";
  button.click();
  delete button.dataset.confirmed;
}

// A second press of a form that writes is dropped. The button keeps its name and value, which a disabled one would lose.
function sendOnce(event) {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || "resubmit" in form.dataset) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
}

function sendAgain() {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll('[aria-busy="true"]')) button.removeAttribute("aria-busy");
}

async function copy(button) {
  const source = document.querySelector(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.value ?? source.textContent);
    toast(button.dataset.done, "ok");
  } catch { // no clipboard without https: select it, so that Ctrl-C takes it
    getSelection().selectAllChildren(source);
  }
}

function press(event) {
  const at = (selector) => event.target.closest(selector);
  const opener = at("[data-dialog]");
  if (opener) document.querySelector(opener.dataset.dialog)?.showModal();
  if (at("[data-print]")) print();
  if (at("[data-dismiss]")) at(".callout, .toast-line")?.remove();
  if (at("[data-copy]")) copy(at("[data-copy]"));
  const answer = at("#confirm button");
  if (answer) answer.closest("dialog").close(answer.value);
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
}

function escape(event) {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
}

function filterAgain(event) {
  const form = event.target.closest?.("form[data-autosubmit]");
  if (form && event.target.matches("select, input[type=radio], input[type=checkbox]")) form.requestSubmit();
}

function failed(event) {
  const status = event.detail.xhr?.status;
  if (status === 401 || status === 403) toast(toasts.dataset.refused, "danger");
  else toast(toasts.dataset.failed, "danger");
}

document.addEventListener("click", confirmPress, true);
document.addEventListener("click", goToField);
document.addEventListener("click", press);
document.addEventListener("keydown", escape);
document.addEventListener("submit", sendOnce);
document.addEventListener("change", filterAgain);
document.addEventListener("htmx:afterRequest", sendAgain);
document.addEventListener("htmx:afterSwap", (event) => focusErrors(event.detail.target));
document.addEventListener("htmx:responseError", failed);
document.addEventListener("htmx:timeout", failed);
document.addEventListener("htmx:sendError", () => toast(toasts.dataset.offline, "danger"));
document.addEventListener("virage:toast", (event) => toast(event.detail.text, event.detail.kind));
addEventListener("pageshow", (event) => event.persisted && sendAgain()); // back to a page that the browser kept
addEventListener("online", () => toast(toasts?.dataset.back, "ok"));
document.documentElement.classList.add("js");
focusErrors(document);
