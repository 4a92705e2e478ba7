// A questionnaire while it is filled in: what is asked follows the answers, lines and rows come and go,
// calculated values and faults arrive with each autosave. The server judges; this only shows it sooner.

const numberOf = (text) => {
  const packed = text.replace(/[\s\u00a0\u202f]/g, "").replace(",", ".");
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(packed) ? Number(packed) : null;
};

// The first day that a typed date can mean, as AAAA-MM-JJ; null when it can't be read.
const dayOf = (text) => {
  const typed = text.trim();
  const french = /^(?:(?:(\d{1,2})[/.-])?(\d{1,2})[/.-])?(\d{4})$/.exec(typed);
  const [year, month, day] = french
    ? [french[3], french[2] ?? "1", french[1] ?? "1"]
    : (/^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(typed) ?? []).slice(1).map((part) => part ?? "1");
  return year ? `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}` : null;
};

const fullDay = (iso) => (iso.length === 4 ? `${iso}-01-01` : iso.length === 7 ? `${iso}-01` : iso);

const READ = {
  decimal: numberOf,
  quantity: numberOf,
  integer: numberOf,
  date: dayOf,
};

const isHidden = (element) => Boolean(element.closest("[data-key][hidden]"));

// What is answered to a question: [{value, unit}], empty while it is not asked.
function given(root, key, type) {
  const found = [];
  const units = root.querySelectorAll(`[name="${CSS.escape(`${key}@unit`)}"]`);
  const inputs = [...root.querySelectorAll(`[name="${CSS.escape(key)}"]`)].filter((input) => !isHidden(input));
  inputs.forEach((input, rank) => {
    if ((input.type === "radio" || input.type === "checkbox") && !input.checked) return;
    if (!input.value.trim() || input.value === "@") return;
    const value = (READ[type] ?? String)(input.value);
    if (value !== null) found.push({ value, unit: units[rank]?.value ?? null });
  });
  const other = root.querySelector(`[name="${CSS.escape(`${key}@other`)}"]`);
  if (other && !other.closest("[hidden]") && other.value.trim()) found.push({ value: other.value.trim(), unit: null });
  return found;
}

const SIGNS = {
  "=": (left, right) => left === right,
  ">": (left, right) => left > right,
  "<": (left, right) => left < right,
  ">=": (left, right) => left >= right,
  "<=": (left, right) => left <= right,
};

function holds(root, condition) {
  const { type, operator } = condition;
  const answers = given(root, condition.key, type);
  if (operator === "exists") return (answers.length > 0) === condition.answer;
  let expected = String(condition.answer);
  if (READ[type] === numberOf) expected = Number(expected);
  if (type === "date") expected = fullDay(expected);
  const fits = ({ value, unit }) =>
    (!condition.unit || unit === null || unit === condition.unit) &&
    SIGNS[operator === "!=" ? "=" : operator](value, expected);
  return operator === "!=" ? !answers.some(fits) : answers.some(fits);
}

// One thing shown may decide of another: again until nothing moves.
function follow(root) {
  const asked = [...root.querySelectorAll("[data-enable-when]")];
  for (let round = 0, moved = true; moved && round < 10; round += 1) {
    moved = false;
    for (const element of asked) {
      const { behavior, when } = JSON.parse(element.dataset.enableWhen);
      const test = (condition) => holds(root, condition);
      const hidden = !(behavior === "any" ? when.some(test) : when.every(test));
      if (element.hidden !== hidden) {
        element.hidden = hidden;
        moved = true;
      }
    }
  }
}

function followChoices(root) {
  for (const box of root.querySelectorAll("[data-other]")) {
    const button = box.parentElement.querySelector('input[type="radio"][value="@"]');
    box.hidden = Boolean(button) && !button.checked;
  }
  for (const button of root.querySelectorAll("[data-clear]")) {
    button.hidden = !button.parentElement.querySelector("input:checked");
  }
}

// "None of these" and the others take each other's place.
function excludeOthers(input) {
  if (input.type !== "checkbox" || !input.checked) return;
  for (const box of input.closest(".choices").querySelectorAll('input[type="checkbox"]')) {
    if (box !== input && ("exclusive" in input.dataset || "exclusive" in box.dataset)) box.checked = false;
  }
}

function fromTemplate(template, mark, text) {
  const copy = document.createElement("template");
  copy.innerHTML = template.innerHTML.replaceAll(mark, text);
  return copy.content.firstElementChild;
}

function addRow(group, number) {
  const list = group.querySelector(":scope > [data-rows-list]");
  const taken = [...list.children].map((row) => Number(/:(\d+)$/.exec(row.dataset.row)?.[1] ?? -1));
  const next = number ?? Math.max(-1, ...taken) + 1;
  const template = group.querySelector(":scope > [data-rows-blank]");
  const row = fromTemplate(template, group.dataset.rows, String(next));
  list.append(row);
  numberRows(list);
  return row;
}

function numberRows(list) {
  [...list.children].forEach((row, rank) => {
    row.querySelector("[data-row-number]").textContent = String(rank + 1);
  });
}

let added = 0;

function addEntry(field) {
  added += 1;
  const entry = fromTemplate(field.querySelector("[data-entries-blank]"), "__n__", `n${added}`);
  field.querySelector("[data-entries-list]").append(entry);
  return entry;
}

// Before kept answers are put back: as many rows and lines as they need, outer rows first.
function makeRoom(root, params) {
  const names = [...new Set(params.keys())].sort((one, other) => one.split("/").length - other.split("/").length);
  for (const group of [...root.querySelectorAll("[data-rows]")]) {
    for (const row of [...group.querySelectorAll(":scope > [data-rows-list] > [data-row]")]) {
      if (!names.some((name) => name === row.dataset.row || name.startsWith(`${row.dataset.row}/`))) row.remove();
    }
  }
  for (const name of names) {
    const [, key, number] = /^(.*):(\d+)$/.exec(name) ?? [];
    const group = key && root.querySelector(`[data-rows][data-key="${CSS.escape(key)}"]`);
    if (group && !root.querySelector(`[data-row="${CSS.escape(name)}"]`)) addRow(group, Number(number));
  }
  for (const field of root.querySelectorAll("[data-entries]")) {
    const wanted = params.getAll(field.dataset.key).length;
    const list = field.querySelector("[data-entries-list]");
    while (list.children.length < wanted) addEntry(field);
  }
}

function showFaults(root, problems) {
  for (const field of root.querySelectorAll("[data-key]")) {
    const line = field.querySelector(`[data-error="${CSS.escape(field.dataset.key)}"]`);
    if (!line || (field.matches(".field") && field.contains(document.activeElement))) continue; // not while typing in it
    const texts = problems.filter((problem) => problem.key === field.dataset.key).map((problem) => problem.text);
    line.querySelector("span").textContent = texts.join(" ");
    line.hidden = texts.length === 0;
    if (!field.matches(".field")) continue;
    field.classList.toggle("field-bad", texts.length > 0);
    for (const input of field.querySelectorAll("input, select, textarea")) {
      if (texts.length > 0) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    }
  }
}

function showSaved(root, saved, latest) {
  for (const output of root.querySelectorAll("[data-calculated]")) {
    output.textContent = saved.values[output.dataset.calculated] ?? "—";
  }
  if (!latest) return; // typed since: what is asked and what is wrong will come with the next save
  showFaults(root, saved.problems);
  for (const element of root.querySelectorAll("[data-enable-when]")) {
    element.hidden = !saved.enabled.includes(element.dataset.key);
  }
}

function press(event, root) {
  const at = (selector) => event.target.closest(selector);
  const changed = (element) => element.dispatchEvent(new Event("input", { bubbles: true }));
  if (at("[data-rows-add]")) {
    const row = addRow(at("[data-rows]"));
    changed(row);
    row.querySelector("input:not([type=hidden]), textarea, select")?.focus();
  } else if (at("[data-row-remove]")) {
    const group = at("[data-rows]");
    const list = at("[data-row]").parentElement;
    at("[data-row]").remove();
    numberRows(list);
    changed(list);
    group.querySelector(":scope > [data-rows-add]").focus();
  } else if (at("[data-entries-add]")) {
    addEntry(at("[data-entries]")).querySelector("input, textarea").focus();
  } else if (at("[data-entry-remove]")) {
    const field = at("[data-entries]");
    const list = field.querySelector("[data-entries-list]");
    if (list.children.length > 1) at("[data-entry]").remove();
    else at("[data-entry]").querySelector("input, textarea").value = "";
    changed(list);
    field.querySelector("[data-entries-add]").focus();
  } else if (at("[data-clear]")) {
    const field = at("fieldset");
    for (const input of field.querySelectorAll("input:checked")) input.checked = false;
    changed(field);
    field.querySelector("input").focus();
  } else {
    return;
  }
  followChoices(root);
  follow(root);
}

function begin(root) {
  if (root.dataset.begun) return;
  root.dataset.begun = "yes";
  const form = root.closest("form");
  const look = () => {
    followChoices(root);
    follow(root);
  };
  root.addEventListener("input", (event) => {
    if (event.target.matches?.("input")) excludeOthers(event.target);
    look();
  });
  root.addEventListener("click", (event) => press(event, root));
  form?.addEventListener("autosave:restore", (event) => makeRoom(root, event.detail.params));
  form?.addEventListener("autosave:restored", look);
  form?.addEventListener("autosave:saved", (event) => showSaved(root, event.detail.saved, event.detail.latest));
  look();
}

const beginAll = (element) => element.querySelectorAll("[data-questionnaire]").forEach(begin);
beginAll(document);
document.addEventListener("htmx:load", (event) => beginAll(event.target));
