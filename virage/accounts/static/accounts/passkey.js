// Security keys and passkeys (WebAuthn). A form with data-passkey says what is wanted: "get" and "create" take their
// options from #passkey-options, "login" asks the server for fresh ones. All words come from the form.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function credentials(list = []) {
  return list.map((one) => ({ ...one, id: bytes(one.id) }));
}

function forCreate(options) {
  const { publicKey } = options;
  const user = { ...publicKey.user, id: bytes(publicKey.user.id) };
  return { publicKey: { ...publicKey, user, challenge: bytes(publicKey.challenge), excludeCredentials: credentials(publicKey.excludeCredentials) } };
}

function forGet(options) {
  const { publicKey } = options;
  return { publicKey: { ...publicKey, challenge: bytes(publicKey.challenge), allowCredentials: credentials(publicKey.allowCredentials) } };
}

function toJson(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  const { id, type, authenticatorAttachment } = credential;
  return { id, rawId: text(credential.rawId), type, authenticatorAttachment, response, clientExtensionResults: credential.getClientExtensionResults() };
}

async function optionsOf(form) {
  if (form.dataset.passkey !== "login") return JSON.parse(form.querySelector("#passkey-options").textContent);
  const answer = await fetch(form.action, { headers: { Accept: "application/json" }, credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}

async function ask(form) {
  const options = await optionsOf(form);
  if (form.dataset.passkey !== "create") return navigator.credentials.get(forGet(options.request_options));
  const wanted = forCreate(options.creation_options);
  if (form.elements.passwordless?.checked) {
    wanted.publicKey.authenticatorSelection = { ...wanted.publicKey.authenticatorSelection, residentKey: "required", requireResidentKey: true, userVerification: "required" };
  }
  return navigator.credentials.create(wanted);
}

function say(form, words) {
  const place = form.querySelector("[data-passkey-error]");
  place.textContent = words;
  place.hidden = !words;
}

// "Shared computer" is ticked in the other form of the sign-in page.
function takeShared(form) {
  const box = document.getElementById("id_shared");
  form.querySelector("[name=shared]")?.remove();
  if (form.dataset.passkey === "login" && box?.checked) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "shared", value: "on" }));
}

async function press(event) {
  const form = event.target;
  event.preventDefault();
  say(form, "");
  if (!window.PublicKeyCredential || !navigator.credentials) return say(form, form.dataset.passkeyNone);
  const button = form.querySelector("[type=submit]");
  button.setAttribute("aria-busy", "true");
  try {
    form.elements.credential.value = JSON.stringify(toJson(await ask(form)));
    takeShared(form);
    form.submit();
  } catch (error) {
    const words = { SecurityError: form.dataset.passkeyNone, InvalidStateError: form.dataset.passkeyKnown };
    say(form, words[error.name] ?? form.dataset.passkeyFailed);
  } finally {
    button.removeAttribute("aria-busy");
  }
}

for (const form of document.querySelectorAll("form[data-passkey]")) form.addEventListener("submit", press);
