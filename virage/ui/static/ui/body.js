// Place a wound on the body: a touch on the drawing picks the nearest named site, a choice in the list moves the mark.
// Without this file the list alone places it.

const SVG = "http://www.w3.org/2000/svg";

function setUp(root) {
  const field = (name) => document.getElementById(root.dataset[name]);
  const [list, view, x, y] = ["sites", "view", "x", "y"].map(field);
  const sites = [...root.querySelector("[data-body-sites]").content.children].map((one) => ({
    code: one.dataset.code, view: one.dataset.view, x: Number(one.dataset.x), y: Number(one.dataset.y),
  }));
  const mark = document.createElementNS(SVG, "circle");
  for (const [name, value] of Object.entries({ r: 42, fill: "#0f5c6b", stroke: "#ffffff", "stroke-width": 10 })) mark.setAttribute(name, value);

  function show() {
    const figure = root.querySelector(`[data-body-view="${view.value}"] svg`);
    if (!figure || x.value === "" || y.value === "") return mark.remove();
    mark.setAttribute("cx", x.value);
    mark.setAttribute("cy", 2 * Number(y.value));
    figure.append(mark);
  }

  function place(where) {
    [view.value, x.value, y.value] = [where.view, where.x, where.y];
    show();
  }

  // The drawing is twice as high as wide; "autre" is a choice of the list only.
  function nearest(where) {
    const distance = (site) => (site.x - where.x) ** 2 + (2 * (site.y - where.y)) ** 2;
    return sites.filter((site) => site.view === where.view && site.code !== "autre").sort((a, b) => distance(a) - distance(b))[0];
  }

  list.addEventListener("change", () => {
    const site = sites.find((one) => one.code === list.value);
    if (site) place(site);
  });
  for (const figure of root.querySelectorAll("[data-body-view]")) {
    const drawing = figure.querySelector("svg");
    drawing.addEventListener("click", (event) => {
      const box = drawing.getBoundingClientRect();
      const share = (at, from, size) => Math.max(0, Math.min(1000, Math.round((1000 * (at - from)) / size)));
      const where = { view: figure.dataset.bodyView, x: share(event.clientX, box.left, box.width), y: share(event.clientY, box.top, box.height) };
      place(where);
      list.value = nearest(where).code;
      list.dispatchEvent(new CustomEvent("input", { bubbles: true })); // for autosave; not "change", which would move the mark
    });
  }
  root.querySelector("[data-body-drawing]").hidden = false;
  show();
}

for (const root of document.querySelectorAll("[data-body]")) setUp(root);
