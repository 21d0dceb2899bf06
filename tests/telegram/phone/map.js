// A picture of a place without any map server: streets drawn from the coordinates themselves.
import { h, svg } from "./dom.js";

const METRE = 1 / 111320;
export const shifted = ([lat, lon], north, east) => [
  lat + north * METRE, lon + (east * METRE) / Math.cos((lat * Math.PI) / 180),
];
export const written = (lat, lon) => `${lat.toFixed(5)}, ${lon.toFixed(5)}`;

/** Streets every 130 m, fixed to the ground, so that moving the marker moves the streets. */
function streets(lat, lon, width, height, metres) {
  const block = 130, scale = width / metres;
  const east = ((lon / METRE) * Math.cos((lat * Math.PI) / 180)) % (block * 4);
  const north = (lat / METRE) % (block * 4);
  const lines = [];
  for (let n = -12; n <= 12; n++) {
    const wide = n % 4 === 0 ? 7 : 3;
    const x = width / 2 + (n * block - east) * scale, y = height / 2 - (n * block - north) * scale;
    lines.push(svg("line", { x1: x, x2: x, y1: 0, y2: height, "stroke-width": wide }));
    lines.push(svg("line", { x1: 0, x2: width, y1: y, y2: y, "stroke-width": wide }));
  }
  return svg("g", { class: "streets", transform: `rotate(-12 ${width / 2} ${height / 2}) scale(1.3)`, "transform-origin": "center" }, lines);
}

function pin(x, y) {
  return svg("g", { class: "pin", transform: `translate(${x} ${y})` },
    svg("ellipse", { cx: 0, cy: 0, rx: 6, ry: 2.5, class: "shade" }),
    svg("path", { d: "M0 0C-4-9-11-13-11-21a11 11 0 0122 0c0 8-7 12-11 21z" }),
    svg("circle", { cx: 0, cy: -21, r: 4.2, class: "hole" }));
}

export function picture(lat, lon, label) {
  return svg("svg", { viewBox: "0 0 240 120", class: "map", role: "img", "aria-label": `${label} ${written(lat, lon)}` },
    svg("rect", { width: 240, height: 120, class: "ground" }), streets(lat, lon, 240, 120, 900), pin(120, 66));
}

/** A pad around a centre on which a place is chosen; calls back with it. */
export function pad(centre, start, label, chosen) {
  const width = 320, height = 220, metres = 1600, scale = width / metres;
  let place = start;
  const marker = svg("g");
  const el = svg("svg", { viewBox: `0 0 ${width} ${height}`, class: "map pad", tabindex: "0", role: "application", "aria-label": label },
    svg("rect", { width, height, class: "ground" }), streets(centre[0], centre[1], width, height, metres), marker,
    svg("text", { x: 8, y: height - 8, class: "scale" }, `${metres / 1000} km`));
  const draw = () => {
    const cos = Math.cos((centre[0] * Math.PI) / 180);
    const x = width / 2 + ((place[1] - centre[1]) / METRE) * cos * scale;
    const y = height / 2 - ((place[0] - centre[0]) / METRE) * scale;
    marker.replaceChildren(pin(Math.min(Math.max(x, 8), width - 8), Math.min(Math.max(y, 34), height - 4)));
  };
  const choose = (next) => { place = next; draw(); chosen(place); };
  el.addEventListener("click", (event) => {
    const box = el.getBoundingClientRect();
    const east = ((event.clientX - box.left) / box.width - 0.5) * metres;
    const north = (0.5 - (event.clientY - box.top) / box.height) * metres * (height / width);
    choose(shifted(centre, north, east));
  });
  const steps = { ArrowUp: [40, 0], ArrowDown: [-40, 0], ArrowLeft: [0, -40], ArrowRight: [0, 40] };
  el.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    if (step) { event.preventDefault(); choose(shifted(place, ...step)); }
  });
  draw();
  return { el, set: (next) => { place = next; draw(); } };
}

export const coordinates = (lat, lon) => h("span", { class: "coordinates" }, written(lat, lon));
