// Zoom and pan of one picture by its viewBox: wheel, two fingers, keys. A drag of one finger is given to `hold` first.

const CLOSEST = 12; // times
const FULL_AFTER = 1.6; // times: then the full picture is worth its weight

export class View {
  constructor(stage, svg, width, height, full) {
    Object.assign(this, { stage, svg, width, height, full });
    this.fingers = new Map();
    this.hold = null; // (point, event) -> {move, end, cancel} or null
    this.fit();
    stage.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    stage.addEventListener("pointerdown", (event) => this.down(event));
    stage.addEventListener("pointermove", (event) => this.move(event));
    for (const name of ["pointerup", "pointercancel"]) stage.addEventListener(name, (event) => this.up(event));
    new ResizeObserver(() => this.apply()).observe(stage);
  }

  fit() {
    this.scale = 1;
    this.centre = [this.width / 2, this.height / 2];
    this.apply();
  }

  // Picture units that one CSS pixel covers at scale 1.
  get unit() {
    const { clientWidth, clientHeight } = this.stage;
    return Math.max(this.width / (clientWidth || 1), this.height / (clientHeight || 1));
  }

  apply() {
    const w = (this.stage.clientWidth * this.unit) / this.scale;
    const h = (this.stage.clientHeight * this.unit) / this.scale;
    const hold = (value, size, total) => (size >= total ? total / 2 : Math.max(size / 2, Math.min(total - size / 2, value)));
    this.centre = [hold(this.centre[0], w, this.width), hold(this.centre[1], h, this.height)];
    this.svg.setAttribute("viewBox", `${this.centre[0] - w / 2} ${this.centre[1] - h / 2} ${w} ${h}`);
    if (this.full && this.scale > FULL_AFTER) {
      this.svg.querySelector("image").setAttribute("href", this.full);
      this.full = null;
    }
  }

  // Thousandths of the picture under a point of the window.
  at(clientX, clientY) {
    const box = this.stage.getBoundingClientRect();
    const step = this.unit / this.scale;
    const x = this.centre[0] + (clientX - box.left - box.width / 2) * step;
    const y = this.centre[1] + (clientY - box.top - box.height / 2) * step;
    return [(x / this.width) * 1000, (y / this.height) * 1000];
  }

  get middle() {
    return [(this.centre[0] / this.width) * 1000, (this.centre[1] / this.height) * 1000];
  }

  zoom(factor, clientX = null, clientY = null) {
    const before = clientX === null ? null : this.at(clientX, clientY);
    this.scale = Math.max(1, Math.min(CLOSEST, this.scale * factor));
    if (before) {
      const after = this.at(clientX, clientY);
      this.centre[0] += ((before[0] - after[0]) / 1000) * this.width;
      this.centre[1] += ((before[1] - after[1]) / 1000) * this.height;
    }
    this.apply();
  }

  pan(dx, dy) {
    this.centre[0] -= (dx * this.unit) / this.scale;
    this.centre[1] -= (dy * this.unit) / this.scale;
    this.apply();
  }

  wheel(event) {
    event.preventDefault();
    this.zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.002)), event.clientX, event.clientY);
  }

  down(event) {
    if (event.button) return;
    this.stage.setPointerCapture(event.pointerId);
    this.fingers.set(event.pointerId, [event.clientX, event.clientY]);
    if (this.fingers.size === 1) this.drag = this.hold?.(this.at(event.clientX, event.clientY)) ?? null;
    else {
      this.drag?.cancel();
      this.drag = null;
    }
  }

  move(event) {
    const last = this.fingers.get(event.pointerId);
    if (!last) return;
    const before = [...this.fingers.values()];
    this.fingers.set(event.pointerId, [event.clientX, event.clientY]);
    if (this.fingers.size === 2) this.pinch(before, [...this.fingers.values()]);
    else if (this.drag) this.drag.move(this.at(event.clientX, event.clientY));
    else if (this.fingers.size === 1) this.pan(event.clientX - last[0], event.clientY - last[1]);
  }

  pinch([a, b], [c, d]) {
    const spread = ([x, y], [u, v]) => Math.hypot(x - u, y - v) || 1;
    const [mx, my] = [(c[0] + d[0]) / 2, (c[1] + d[1]) / 2];
    this.pan(mx - (a[0] + b[0]) / 2, my - (a[1] + b[1]) / 2);
    this.zoom(spread(c, d) / spread(a, b), mx, my);
  }

  up(event) {
    if (!this.fingers.delete(event.pointerId)) return;
    if (event.type === "pointercancel") this.drag?.cancel();
    else this.drag?.end(this.at(event.clientX, event.clientY));
    this.drag = null;
  }
}
