// One photograph, large: zoom and pan for everyone, and for the expert arrows, circles and words over it.
// Words come from the page. Points are thousandths of the picture; the photograph itself is never touched.

import { drawShape, distance, element, moved } from "./annotate-shapes.js";
import { Keeper } from "./annotate-save.js";
import { View } from "./annotate-view.js";

const REACH = 22; // CSS pixels around a shape that still mean it: a finger's half
const SMALLEST = 12; // thousandths: a shorter drag is a slip
const STEP = 5; // thousandths moved by an arrow key; Shift makes it five times that
const PAN = 60; // CSS pixels

class Annotator {
  constructor(root, view) {
    const [width, height] = [Number(root.dataset.width), Number(root.dataset.height)];
    Object.assign(this, { root, view, width, height, tool: "move", chosen: null, past: [], future: [] });
    this.find = (name) => root.querySelector(`[data-${name}]`);
    this.marks = this.find("marks");
    this.input = this.find("text-input");
    this.colour = this.find("colour");
    this.shapes = JSON.parse(this.find("shapes").value || "[]");
    this.keeper = new Keeper(root, this.shapes);
    const kept = this.keeper.found();
    if (kept) this.keeper.keep((this.shapes = kept));
    view.hold = (point) => this.hold(point);
    this.listen();
    this.show();
  }

  listen() {
    for (const button of this.root.querySelectorAll("[data-tool]")) button.addEventListener("click", () => this.take(button.dataset.tool));
    this.colour.addEventListener("change", () => this.chosen !== null && this.change(this.chosen, { colour: this.colour.value }));
    this.input.addEventListener("input", () => this.retype());
    this.input.addEventListener("keydown", (event) => event.key === "Enter" && (event.preventDefault(), this.place(this.view.middle)));
    for (const link of document.querySelectorAll("[data-viewer-leave], [data-viewer-close]")) {
      link.addEventListener("click", (event) => this.leave(event, link));
    }
  }

  async leave(event, link) {
    if (!this.keeper.pending || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    if (await this.keeper.send()) location.assign(link.href);
  }

  take(tool) {
    this.tool = tool;
    for (const button of this.root.querySelectorAll("[data-tool]")) button.setAttribute("aria-pressed", String(button.dataset.tool === tool));
    this.view.stage.toggleAttribute("data-drawing", tool !== "move");
    this.bar();
    if (tool === "text") this.input.focus();
  }

  bar() {
    const typed = this.chosen !== null && this.shapes[this.chosen].kind === "text";
    this.find("text-bar").hidden = this.tool !== "text" && !typed;
  }

  // One finger went down: begin a shape, take hold of one, or let the view pan.
  hold(point) {
    if (this.tool === "text") return { move() {}, cancel() {}, end: (last) => this.place(last) };
    if (this.tool !== "move") return this.stretch(point);
    const index = this.under(point);
    this.choose(index);
    return index === null ? null : this.carry(index, point);
  }

  under(point) {
    const reach = (REACH * this.view.unit) / this.view.scale;
    const gaps = this.shapes.map((shape, index) => [distance(shape, point, this.width, this.height), index]).reverse();
    const [gap, index] = gaps.reduce((best, one) => (one[0] < best[0] ? one : best), [Infinity, null]);
    return gap <= reach ? index : null;
  }

  stretch(from) {
    if (this.isFull()) return { move() {}, end() {}, cancel() {} };
    let drawn = null;
    const shape = (to) => ({ kind: this.tool, colour: this.colour.value, points: [from, to].map((one) => one.map(inside)) });
    return {
      move: (to) => {
        drawn?.remove();
        drawn = drawShape(shape(to), this.width, this.height, this.marks);
      },
      end: (to) => {
        drawn?.remove();
        if (Math.hypot(to[0] - from[0], to[1] - from[1]) >= SMALLEST) this.add(shape(to));
      },
      cancel: () => drawn?.remove(),
    };
  }

  carry(index, from) {
    const original = this.shapes[index];
    const before = this.shapes;
    const to = (point) => moved(original, point[0] - from[0], point[1] - from[1]);
    const put = (shape) => {
      this.shapes = before.map((one, rank) => (rank === index ? shape : one));
      this.show();
    };
    return {
      move: (point) => put(to(point)),
      cancel: () => put(original),
      end: (point) => {
        this.shapes = before;
        if (Math.hypot(point[0] - from[0], point[1] - from[1]) > 1) this.change(index, to(point));
        else this.show();
      },
    };
  }

  isFull() {
    const full = this.shapes.length >= Number(this.root.dataset.most);
    if (full) this.say(this.root.dataset.fullDrawing);
    return full;
  }

  say(text) {
    document.dispatchEvent(new CustomEvent("virage:toast", { detail: { text, kind: "info" } }));
  }

  place(point) {
    const text = this.input.value.trim();
    if (this.chosen !== null && this.shapes[this.chosen].kind === "text") this.choose(null);
    if (!text) {
      this.input.focus();
      return this.say(this.root.dataset.needsText);
    }
    if (!this.isFull()) this.add({ kind: "text", colour: this.colour.value, points: [point.map(inside)], text });
  }

  // With the keyboard: the tool's shape in the middle of what is seen, then the arrow keys move it.
  placeTool() {
    const [x, y] = this.view.middle;
    if (this.tool === "text") return this.place([x, y]);
    if (this.tool === "move" || this.isFull()) return;
    const points = this.tool === "arrow" ? [[x - 120, y + 120], [x, y]] : [[x - 80, y - 80], [x + 80, y + 80]];
    this.add({ kind: this.tool, colour: this.colour.value, points: points.map((one) => one.map(inside)) });
  }

  add(shape) {
    this.write([...this.shapes, shape]);
    this.choose(this.shapes.length - 1);
    if (shape.kind === "text") this.take("move");
  }

  change(index, changes) {
    this.write(this.shapes.map((one, rank) => (rank === index ? { ...one, ...changes } : one)));
  }

  remove(index) {
    if (index === null) return;
    this.chosen = null;
    this.write(this.shapes.filter((_one, rank) => rank !== index));
  }

  retype() {
    const text = this.input.value;
    if (this.chosen !== null && this.shapes[this.chosen].kind === "text" && text.trim()) this.change(this.chosen, { text });
  }

  write(shapes) {
    this.past.push(this.shapes);
    this.future = [];
    this.shapes = shapes;
    this.keeper.keep(shapes);
    this.show();
  }

  step(from, to) {
    if (!from.length) return;
    to.push(this.shapes);
    this.shapes = from.pop();
    if (this.chosen !== null && this.chosen >= this.shapes.length) this.chosen = null;
    this.keeper.keep(this.shapes);
    this.show();
  }

  choose(index) {
    this.chosen = index;
    if (index !== null) {
      this.colour.value = this.shapes[index].colour ?? "red";
      if (this.shapes[index].kind === "text") this.input.value = this.shapes[index].text;
    }
    this.bar();
    this.show();
  }

  show() {
    this.marks.replaceChildren();
    this.shapes.forEach((shape, index) => {
      const drawn = drawShape(shape, this.width, this.height, this.marks);
      if (index === this.chosen) this.frame(drawn);
    });
    this.root.querySelector("[data-do=undo]").disabled = !this.past.length;
    this.root.querySelector("[data-do=redo]").disabled = !this.future.length;
    this.root.querySelector("[data-do=delete]").disabled = this.chosen === null;
    this.list();
  }

  frame(drawn) {
    const { x, y, width, height } = drawn.getBBox();
    const room = 12 * (this.view.unit / this.view.scale);
    element("rect", { class: "halo", x: x - room, y: y - room, width: width + 2 * room, height: height + 2 * room }, this.marks);
  }

  list() {
    const list = this.find("list");
    const focused = [...list.querySelectorAll("button")].indexOf(document.activeElement);
    this.find("none").hidden = this.shapes.length > 0;
    list.replaceChildren(...this.shapes.map((shape, index) => this.line(shape, index)));
    if (focused >= 0) (list.querySelectorAll("button")[focused] ?? this.view.stage).focus();
  }

  line(shape, index) {
    const line = this.find("line").content.firstElementChild.cloneNode(true);
    const colour = this.colour.querySelector(`[value="${shape.colour ?? "red"}"]`).textContent;
    const words = `${index + 1}. ${this.root.dataset[shape.kind]}, ${colour.toLowerCase()}${shape.text ? ` : ${shape.text}` : ""}`;
    const choose = line.querySelector("[data-choose]");
    choose.textContent = words;
    choose.setAttribute("aria-pressed", String(index === this.chosen));
    choose.addEventListener("click", () => {
      this.choose(index);
      this.view.stage.focus({ preventScroll: true });
    });
    const remove = line.querySelector("[data-remove]");
    remove.setAttribute("aria-label", `${remove.getAttribute("aria-label")} ${words}`);
    remove.addEventListener("click", () => this.remove(index));
    return line;
  }

  // Keys of the stage; true when the key was for a shape.
  key(event) {
    const arrow = ARROWS[event.key];
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") this.step(...(event.shiftKey ? [this.future, this.past] : [this.past, this.future]));
    else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "y") this.step(this.future, this.past);
    else if (event.key === "Enter") this.placeTool();
    else if (event.key === "Delete" || event.key === "Backspace") this.remove(this.chosen);
    else if (event.key === "Escape" && this.chosen !== null) this.choose(null);
    else if (arrow && this.chosen !== null) this.nudge(arrow, event);
    else return false;
    return true;
  }

  nudge([dx, dy], event) {
    const step = STEP * (event.shiftKey ? 5 : 1);
    const shape = this.shapes[this.chosen];
    this.change(this.chosen, moved(shape, dx * step, dy * step, event.altKey ? shape.points.length - 1 : null));
  }

  press(name) {
    if (name === "undo") this.step(this.past, this.future);
    if (name === "redo") this.step(this.future, this.past);
    if (name === "delete") this.remove(this.chosen);
    if (name === "place") this.place(this.view.middle);
  }
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function inside(value) {
  return Math.round(Math.max(0, Math.min(1000, value)) * 10) / 10;
}

function viewKey(view, event) {
  const arrow = ARROWS[event.key];
  if (arrow) view.pan(-arrow[0] * PAN, -arrow[1] * PAN);
  else if (event.key === "+" || event.key === "=") view.zoom(1.25);
  else if (event.key === "-") view.zoom(0.8);
  else if (event.key === "0") view.fit();
  else return false;
  return true;
}

function begin(root) {
  const stage = root.querySelector("[data-stage]");
  const view = new View(stage, root.querySelector("[data-picture]"), Number(root.dataset.width), Number(root.dataset.height), root.dataset.full);
  const annotator = root.dataset.save ? new Annotator(root, view) : null;
  const zooms = { in: () => view.zoom(1.4), out: () => view.zoom(1 / 1.4), fit: () => view.fit() };
  for (const button of root.querySelectorAll("[data-do]")) {
    button.addEventListener("click", () => (zooms[button.dataset.do] ?? (() => annotator.press(button.dataset.do)))());
  }
  stage.addEventListener("keydown", (event) => {
    if (annotator?.key(event) || (!event.ctrlKey && !event.metaKey && viewKey(view, event))) {
      event.preventDefault();
      event.stopPropagation();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) document.querySelector("[data-viewer-close]")?.click();
  });
}

begin(document.querySelector("[data-viewer]"));
