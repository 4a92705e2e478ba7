// Arrows, circles and words as SVG, the same as rules/drawing.py draws them: points in thousandths of the picture.

const SVG = "http://www.w3.org/2000/svg";
const INKS = { red: "#d5142f", yellow: "#ffd400", blue: "#1266d6", white: "#ffffff", black: "#111111" };
const HALOS = { yellow: "#111111", white: "#111111" };
const LINE = 5;
const RIM = 10;
const LETTER = 34;
const HEAD = 30; // thousandths of the longer side

export function element(name, attributes, parent) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  parent?.append(made);
  return made;
}

export function drawShape(shape, width, height, parent) {
  const unit = Math.max(width, height) / 1000;
  const colour = shape.colour ?? "red";
  const ink = INKS[colour];
  const halo = HALOS[colour] ?? "#ffffff";
  const points = shape.points.map(([x, y]) => [(x * width) / 1000, (y * height) / 1000]);
  const group = element("g", {}, parent);
  if (shape.kind === "text") {
    const words = element("text", {
      x: points[0][0], y: points[0][1], "font-family": "Atkinson Hyperlegible, sans-serif", "font-weight": 700, "font-size": LETTER * unit,
      fill: ink, stroke: halo, "stroke-width": RIM * unit * 0.6, "stroke-linejoin": "round", "paint-order": "stroke",
    }, group);
    words.textContent = shape.text;
    return group;
  }
  const d = shape.kind === "arrow" ? arrow(points, HEAD * unit) : ellipse(points);
  const line = { d, fill: "none", "stroke-linecap": "round", "stroke-linejoin": "round" };
  element("path", { ...line, stroke: halo, "stroke-width": RIM * unit }, group);
  element("path", { ...line, stroke: ink, "stroke-width": LINE * unit }, group);
  return group;
}

function arrow([[x0, y0], [x1, y1]], head) {
  const angle = Math.atan2(y1 - y0, x1 - x0);
  const wing = (turn) => `${x1 - head * Math.cos(angle + turn)} ${y1 - head * Math.sin(angle + turn)}`;
  return `M${x0} ${y0}L${x1} ${y1}M${wing(Math.PI / 7)}L${x1} ${y1}L${wing(-Math.PI / 7)}`;
}

function ellipse([[x0, y0], [x1, y1]]) {
  const rx = Math.abs(x1 - x0) / 2;
  const ry = Math.abs(y1 - y0) / 2;
  const half = `a${rx} ${ry} 0 1 0`;
  return `M${Math.min(x0, x1)} ${(y0 + y1) / 2}${half} ${2 * rx} 0${half} ${-2 * rx} 0`;
}

// How far a point (thousandths) lies from a shape, in pixels of the picture: what a finger meant.
export function distance(shape, [px, py], width, height) {
  const at = ([x, y]) => [((x - px) * width) / 1000, ((y - py) * height) / 1000];
  const points = shape.points.map(at);
  if (shape.kind === "text") {
    const unit = Math.max(width, height) / 1000;
    const long = shape.text.length * LETTER * unit * 0.55;
    const [x, y] = points[0];
    const dx = Math.max(x, -(x + long), 0);
    const dy = Math.max(-y, y - LETTER * unit, 0);
    return Math.hypot(dx, dy);
  }
  const [[ax, ay], [bx, by]] = points;
  if (shape.kind === "circle") {
    const inside = Math.max(Math.min(ax, bx), -Math.max(ax, bx), Math.min(ay, by), -Math.max(ay, by));
    return Math.max(0, inside);
  }
  const long = (bx - ax) ** 2 + (by - ay) ** 2;
  const t = long ? Math.max(0, Math.min(1, -(ax * (bx - ax) + ay * (by - ay)) / long)) : 0;
  return Math.hypot(ax + t * (bx - ax), ay + t * (by - ay));
}

export function moved(shape, dx, dy, only = null) {
  const inside = (value) => Math.round(Math.max(0, Math.min(1000, value)) * 10) / 10;
  const xs = shape.points.map(([x]) => x);
  const ys = shape.points.map(([, y]) => y);
  const kept = only === null; // the whole shape keeps its form at the edge
  const sx = kept ? Math.max(-Math.min(...xs), Math.min(1000 - Math.max(...xs), dx)) : dx;
  const sy = kept ? Math.max(-Math.min(...ys), Math.min(1000 - Math.max(...ys), dy)) : dy;
  const points = shape.points.map(([x, y], index) => (kept || index === only ? [inside(x + sx), inside(y + sy)] : [x, y]));
  return { ...shape, points };
}
