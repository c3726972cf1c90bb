// The map of documents or words: a ground of all points, the selected and the hits lit above it, and names over both. Arrays
// arrive once, by key; zoom and selection stay through reruns, because the canvas lives on. Texts are never markup.

const FRAME_MS = 40; // a frame that takes longer while the hand moves is drawn with fewer points
const SOFT = 4; // pixels: what moves less was a click

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const host = parentElement.querySelector(".tl-map");
  if (!host || !data) return;
  const { header, body } = unpack(data);
  host.textlab ??= new DocumentMap(host);
  const map = host.textlab;
  map.send = (value) => setStateValue("selection", value);
  map.act = (value) => setTriggerValue("act", value);
  map.next = { header, body: body() };
  map.arrived();
}

class DocumentMap {
  constructor(host) {
    this.host = host;
    for (const name of ["overlay", "tip", "count"]) this[name] = host.querySelector(".tl-" + name);
    this.polygon = host.querySelector("polygon");
    this.zoom = 1; this.centre = [0, 0]; this.tool = "pan"; this.step = 1; this.pointed = -1;
    this.ground = painterFor(host.querySelector(".tl-ground"));
    this.light = this.ground.kind === "processor" ? this.ground : new ProcessorPainter(host.querySelector(".tl-light"));
    host.dataset.painter = this.ground.kind;
    this.ground.canvas.addEventListener("webglcontextlost", () => this.withoutCard());
    shared.maps.add(this);
    this.listen();
    new ResizeObserver(() => this.draw()).observe(host);
  }

  withoutCard() { // the graphics card gave up: go on with the processor
    const fresh = this.ground.canvas.cloneNode();
    this.ground.canvas.replaceWith(fresh);
    this.light.canvas.hidden = true;
    this.light = this.ground = new ProcessorPainter(fresh);
    this.ground.load(this.places, this.groups);
    this.host.dataset.painter = this.ground.kind;
    this.draw();
  }

  arrived() { // take over what Python said, as soon as the arrays that it names are here
    const { header, body } = this.next ?? {};
    if (!header || !shared.kept.has(header.places) || !shared.kept.has(header.groups)) return;
    this.next = null;
    const moved = this.header?.places !== header.places, total = this.places ? this.places.length / 2 : -1;
    this.header = header;
    this.places = shared.kept.get(header.places); this.groups = shared.kept.get(header.groups);
    this.total = this.places.length / 2;
    if (moved) {
      this.starts = null;
      ({ zoom: this.zoom, centre: this.centre } = shared.views.get(header.places) ?? { zoom: 1, centre: [0, 0] });
      this.step = this.total > 400000 ? 4 : 1;
    }
    if (!this.chosen || total !== this.total) this.take(new Uint8Array(this.total));
    this.adopt(header.selection, body);
    this.ground.load(this.places, this.groups); this.light.load(this.places, this.groups);
    writeLegend(this);
    this.draw();
  }

  adopt(id, body) { // the selection that Python holds: one of ours that came back, or another with its rows
    if (id === this.selection) return;
    const known = shared.kept.get(id);
    if (body.length) keep(id, readSelection(body, this.total));
    else if (!known) return void this.act({ act: "lost" });
    this.selection = id;
    this.take(shared.kept.get(id));
  }

  take(mask) {
    this.chosen = mask;
    this.chosenCount = tally(mask);
    this.count.textContent = this.chosenCount ? this.chosenCount.toLocaleString("en") + " selected" : "";
    this.host.dataset.selected = String(this.chosenCount);
  }

  choose(given, how, source) {
    const mask = new Uint8Array(this.total), before = this.chosen;
    if (how === "add") for (let row = 0; row < this.total; row++) mask[row] = before[row] | given[row];
    else if (how === "remove") for (let row = 0; row < this.total; row++) mask[row] = before[row] & (given[row] ^ 1);
    else if (how === "common") for (let row = 0; row < this.total; row++) mask[row] = before[row] & given[row];
    else mask.set(given);
    const id = "b" + Date.now().toString(36) + Math.random().toString(36).slice(2, 8);
    keep(id, mask);
    for (const map of living()) if (map.header?.link === this.header.link && map.total === this.total) { map.selection = id; map.take(mask); map.draw(); }
    this.send([id, how, source, writeSelection(mask, this.chosenCount)].join("|"));
  }

  howOf(event) { return event.shiftKey ? "add" : event.altKey ? "remove" : event.ctrlKey || event.metaKey ? "common" : this.header.how; }

  // ---------------------------------------------------------------- places

  fit() { // one unit of the map in pixels: filling the canvas, stretched by half at most
    const width = this.host.clientWidth, height = this.host.clientHeight, [spanX, spanY] = this.header.span;
    let x = width * 0.44 / spanX, y = height * 0.43 / spanY;
    x = Math.min(x, y * 1.5); y = Math.min(y, x * 1.5);
    return [x * this.zoom, y * this.zoom, width, height];
  }

  pixel(x, y) { const [sx, sy, w, h] = this.fit(); return [w / 2 + (x - this.centre[0]) * sx, h / 2 - (y - this.centre[1]) * sy]; }
  unit(px, py) { const [sx, sy, w, h] = this.fit(); return [this.centre[0] + (px - w / 2) / sx, this.centre[1] - (py - h / 2) / sy]; }

  index() { // points by cell of a grid over -1..1, so that the point under the hand is found at once
    this.side = Math.max(1, Math.min(512, Math.ceil(Math.sqrt(this.total / 4))));
    this.starts = new Uint32Array(this.side * this.side + 1);
    const side = this.side, starts = this.starts, cells = new Uint32Array(this.total);
    const cell = (value) => Math.max(0, Math.min(side - 1, Math.floor((value + 1) / 2 * side)));
    for (let row = 0; row < this.total; row++) {
      cells[row] = cell(this.places[2 * row + 1]) * side + cell(this.places[2 * row]);
      starts[cells[row] + 1]++;
    }
    for (let at = 0; at < side * side; at++) starts[at + 1] += starts[at];
    const next = starts.slice();
    this.members = new Uint32Array(this.total);
    for (let row = 0; row < this.total; row++) this.members[next[cells[row]]++] = row;
  }

  near(px, py, within = 14) {
    if (!this.starts) this.index();
    const [sx, sy] = this.fit(), [x, y] = this.unit(px, py), cell = (value) => Math.floor((value + 1) / 2 * this.side);
    const rx = within / sx, ry = within / sy, clamp = (value) => Math.max(0, Math.min(this.side - 1, value));
    let best = -1, least = within * within;
    for (let row = clamp(cell(y - ry)); row <= clamp(cell(y + ry)); row++)
      for (let column = clamp(cell(x - rx)); column <= clamp(cell(x + rx)); column++)
        for (let at = this.starts[row * this.side + column]; at < this.starts[row * this.side + column + 1]; at++) {
          const point = this.members[at], dx = (this.places[2 * point] - x) * sx, dy = (this.places[2 * point + 1] - y) * sy;
          if (dx * dx + dy * dy < least) { least = dx * dx + dy * dy; best = point; }
        }
    return best;
  }

  inside(corners) { // the points within a polygon of pixels, by the even-odd rule
    const ring = corners.map(([x, y]) => this.unit(x, y)), mask = new Uint8Array(this.total), last = ring.length - 1;
    const xs = Float64Array.from(ring, (corner) => corner[0]), ys = Float64Array.from(ring, (corner) => corner[1]);
    const left = Math.min(...xs), right = Math.max(...xs), low = Math.min(...ys), high = Math.max(...ys);
    for (let row = 0; row < this.total; row++) {
      const x = this.places[2 * row], y = this.places[2 * row + 1];
      if (x < left || x > right || y < low || y > high) continue;
      let within = 0;
      for (let i = 0, j = last; i <= last; j = i++)
        if ((ys[i] > y) !== (ys[j] > y) && x < (xs[j] - xs[i]) * (y - ys[i]) / (ys[j] - ys[i]) + xs[i]) within ^= 1;
      mask[row] = within;
    }
    return mask;
  }

  // ---------------------------------------------------------------- drawing

  draw(moving = false) {
    if (!this.header || !this.host.clientWidth) return;
    this.moving = moving;
    this.host.classList.toggle("tl-moving", moving);
    this.frame ??= requestAnimationFrame((now) => { this.frame = null; this.paint(this.moving, now); });
    clearTimeout(this.rest);
    if (moving) this.rest = setTimeout(() => this.draw(), 160);
  }

  view() {
    const ratio = Math.min(window.devicePixelRatio || 1, 2), [sx, sy, width, height] = this.fit();
    for (const { canvas } of [this.ground, this.light]) {
      const pixels = [Math.round(width * ratio), Math.round(height * ratio)];
      if (canvas.width !== pixels[0] || canvas.height !== pixels[1]) [canvas.width, canvas.height] = pixels;
    }
    return { scale: [sx * ratio, sy * ratio], centre: this.centre, palette: this.header.palette, ratio,
      strength: 1, size: this.header.size * ratio * Math.min(3, Math.max(this.zoom, 1) ** 0.4) };
  }

  paint(moving, now) {
    const started = performance.now(), view = { ...this.view(), quick: moving }, step = moving ? this.step : 1;
    const shown = this.ground.paint(this.litAny() ? dimmed(view) : view, step);
    this.lit(view, step);
    if (moving) this.pace(Math.max(performance.now() - started, this.painted ? Math.min(now - this.painted, 500) : 0));
    this.painted = moving ? now : 0;
    Object.assign(this.host.dataset, { drawn: String(Number(this.host.dataset.drawn || 0) + 1), shown: String(shown), zoom: this.zoom.toFixed(3) });
    shared.views.set(this.header.places, { zoom: this.zoom, centre: this.centre });
  }

  litAny() { return this.header.hits.length + this.chosenCount > 0; }

  pace(spent) { // every how manieth point is drawn while the hand moves (a stride of at most 255 bytes in WebGL)
    if (spent > FRAME_MS) this.step = Math.min(31, this.step * 2, Math.max(1, Math.floor(this.total / 2000)));
    else if (spent < FRAME_MS / 2.5) this.step = Math.max(1, Math.floor(this.step / 2));
  }

  lit(view, step = 1) { // the selected in their colours, then the hits and the point under a hand, ringed; the names
    const { context, canvas } = this.light, { ratio } = view, hits = this.header.hits;
    if (this.light !== this.ground) {
      context.clearRect(0, 0, canvas.width, canvas.height);
      canvas.hidden = !this.litAny() && this.pointed < 0 && !this.header.rings.length; // a layer less to put together
    }
    if (this.chosenCount) this.light.paint({ ...view, size: view.size * 1.15 }, this.chosenCount > 20000 ? step : 1, this.chosen);
    const ring = (row, radius, fill, line, width) => {
      const [x, y] = this.pixel(this.places[2 * row], this.places[2 * row + 1]);
      context.beginPath(); context.arc(x * ratio, y * ratio, radius, 0, 7);
      if (fill) { context.fillStyle = fill; context.fill(); }
      context.strokeStyle = line; context.lineWidth = width * ratio; context.stroke();
    };
    for (let at = hits.length - 1; at >= 0; at--) ring(hits[at], Math.max(view.size * 0.9, 5 * ratio), this.header.light, this.header.ink, 1.5);
    for (const row of this.header.rings) ring(row, Math.max(view.size * 0.9, 5 * ratio), null, this.header.light, 2.5);
    if (this.pointed >= 0) ring(this.pointed, Math.max(view.size, 7 * ratio), null, this.header.light, 3);
    writeLabels(this);
    Object.assign(this.host.dataset, { lit: String(Number(this.host.dataset.lit || 0) + 1), hits: hits.slice(0, 20).join() });
  }

  // ---------------------------------------------------------------- hands

  press(name) {
    if (name === "in" || name === "out") this.magnify(name === "in" ? 1.5 : 1 / 1.5, this.host.clientWidth / 2, this.host.clientHeight / 2);
    if (name === "all") { this.zoom = 1; this.centre = [0, 0]; this.draw(); }
    if (name === "clear" || name === "undo") this.act({ act: name });
    if (name === "lasso" || name === "box") {
      this.tool = this.tool === name ? "pan" : name;
      for (const button of this.host.querySelectorAll("button[data-act]")) button.setAttribute("aria-pressed", String(button.dataset.act === this.tool));
      this.host.classList.toggle("tl-drawing", this.tool !== "pan"); // a lasso may begin on a name
    }
  }

  magnify(factor, px, py) {
    const before = this.unit(px, py);
    this.zoom = Math.max(0.5, Math.min(400, this.zoom * factor));
    const after = this.unit(px, py);
    this.centre = [this.centre[0] + before[0] - after[0], this.centre[1] + before[1] - after[1]];
    this.draw(true);
  }

  shift(dx, dy) {
    const [sx, sy] = this.fit();
    this.centre = [this.centre[0] - dx / sx, this.centre[1] + dy / sy];
    this.draw(true);
  }

  listen() {
    const canvas = this.host.querySelector(".tl-hands");
    for (const button of this.host.querySelectorAll("button[data-act]")) button.onclick = () => this.press(button.dataset.act);
    const at = (event) => { const box = canvas.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };
    this.host.addEventListener("wheel", (event) => { event.preventDefault(); this.magnify(Math.exp(-event.deltaY * 0.0015), ...at(event)); }, { passive: false });
    canvas.onpointerdown = (event) => { canvas.setPointerCapture(event.pointerId); this.path = [at(event)]; this.point(-1); };
    canvas.onpointermove = (event) => this.path ? this.trace(at(event)) : this.hover(...at(event));
    canvas.onpointerup = (event) => this.drop(event, at(event));
    canvas.onpointerleave = () => this.point(-1);
    canvas.onkeydown = (event) => {
      const moves = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }, keys = { "+": "in", "-": "out", 0: "all", Escape: "clear" };
      if (moves[event.key]) { event.preventDefault(); this.shift(...moves[event.key]); }
      if (keys[event.key]) this.press(keys[event.key]);
    };
  }

  trace(place) {
    const [x, y] = place, before = this.path[this.path.length - 1], from = this.path[0];
    if (this.tool === "pan") { this.shift(x - before[0], y - before[1]); this.path.push(place); return; }
    if (this.tool === "box") this.path = [from, [x, from[1]], [x, y], [from[0], y]];
    else if (Math.hypot(x - before[0], y - before[1]) > 2) this.path.push(place);
    this.polygon.parentNode.style.display = "block";
    this.polygon.setAttribute("points", this.path.map((corner) => corner.join(",")).join(" "));
  }

  drop(event, place) {
    const path = this.path;
    this.path = null; this.polygon.parentNode.style.display = "none";
    if (!path || !this.header) return;
    const still = path.every(([x, y]) => Math.hypot(x - path[0][0], y - path[0][1]) < SOFT);
    if (still) {
      const row = this.near(...place);
      if (row >= 0) { const mask = new Uint8Array(this.total); mask[row] = 1; this.choose(mask, this.howOf(event), `${this.header.noun} ${row + 1}`); }
    } else if (this.tool !== "pan" && path.length > 2) this.choose(this.inside(path), this.howOf(event), this.tool);
  }

  hover(x, y) {
    if (!this.header) return;
    const row = this.near(x, y);
    const texts = shared.kept.get(this.header.texts);
    this.tip.hidden = row < 0 || !texts;
    this.point(row);
    if (this.tip.hidden) return;
    this.tip.textContent = texts[row];
    const right = x > this.host.clientWidth / 2, low = y > this.host.clientHeight / 2;
    this.tip.style.left = right ? "auto" : x + 14 + "px"; this.tip.style.right = right ? this.host.clientWidth - x + 14 + "px" : "auto";
    this.tip.style.top = low ? "auto" : y + 14 + "px"; this.tip.style.bottom = low ? this.host.clientHeight - y + 14 + "px" : "auto";
  }

  point(row) { // the same document, ringed in every map that is linked with this one
    if (row < 0) this.tip.hidden = true;
    for (const map of living())
      if (map.pointed !== row && map.header?.link === this.header?.link && (map !== this || map.pointed >= 0 || row >= 0)) { map.pointed = row; map.relight(); }
  }

  relight() { // only what lies above the ground, where that has a layer of its own
    if (this.light === this.ground) this.draw();
    else this.relit ??= requestAnimationFrame(() => { this.relit = null; if (this.header && this.host.clientWidth) this.lit(this.view()); });
  }
}
