// The map of documents, drawn by WebGL2. Points arrive once (the "points" part registers them under a key); colours,
// hits and labels arrive as often as they change, and zoom, pan and selection stay, because the canvas lives on.
// Texts are set as textContent only.

const VERTEX = `#version 300 es
in vec2 place; in float group; in float lit;
uniform vec2 scale, shift; uniform float size, dim; uniform vec3 palette[64]; uniform vec3 light;
out vec4 colour; out float ring;
void main() {
  gl_Position = vec4(place * scale + shift, lit > 0.5 ? -0.5 : 0.0, 1.0);
  gl_PointSize = size * (lit > 1.5 ? 1.9 : lit > 0.5 ? 1.15 : 1.0);
  vec3 own = palette[int(group)];
  colour = lit > 1.5 ? vec4(light, 1.0) : lit > 0.5 ? vec4(own, 1.0) : dim > 0.5 ? vec4(mix(own, vec3(0.55), 0.55), 0.22) : vec4(own, 0.85);
  ring = lit > 1.5 ? 1.0 : 0.0;
}`;
const FRAGMENT = `#version 300 es
precision mediump float;
in vec4 colour; in float ring; uniform vec3 ink; out vec4 shown;
void main() {
  float far = length(gl_PointCoord - 0.5) * 2.0;
  if (far > 1.0) discard;
  vec3 own = ring > 0.5 && far > 0.78 ? ink : colour.rgb;
  float alpha = colour.a * (1.0 - smoothstep(0.86, 1.0, far));
  shown = vec4(own * alpha, alpha);
}`;
const WHILE_MOVING = 40000; // points drawn while the hand moves; all of them at rest
const shared = (window.TextLabMaps ??= { points: new Map(), waiting: new Map() });

function unpack(bytes) {
  const raw = bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
  const length = new DataView(raw.buffer, raw.byteOffset, 4).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(raw.subarray(4, 4 + length)));
  return { header, body: raw.slice(4 + length) };
}

export default function ({ data, parentElement, setStateValue }) {
  const host = parentElement.querySelector(".tl-map, .tl-points");
  if (!host || !data) return;
  const { header, body } = unpack(data);
  if (host.classList.contains("tl-points")) {
    if (!shared.points.has(header.key)) {
      if (shared.points.size > 1) shared.points.delete(shared.points.keys().next().value);
      shared.points.set(header.key, { ...header, places: new Float32Array(body.buffer) });
    }
    shared.waiting.get(header.key)?.();
    return;
  }
  const map = (host.textlab ??= new DocumentMap(host));
  map.send = (ids) => {
    const raw = new Uint8Array(Uint32Array.from(ids).buffer);
    let text = "";
    for (let at = 0; at < raw.length; at += 32768) text += String.fromCharCode(...raw.subarray(at, at + 32768));
    setStateValue("selection", header.key + ":" + btoa(text));
  };
  const update = () => map.update(header, body);
  if (shared.points.has(header.key)) update();
  else shared.waiting.set(header.key, update);
}

class DocumentMap {
  constructor(host) {
    this.host = host;
    this.canvas = host.querySelector("canvas");
    this.overlay = host.querySelector(".tl-overlay");
    this.tip = host.querySelector(".tl-tip");
    this.count = host.querySelector(".tl-count");
    this.drawnLasso = host.querySelector("polygon");
    this.zoom = 1; this.centre = [0, 0]; this.chosen = new Set(); this.past = []; this.tool = "pan";
    const gl = (this.gl = this.canvas.getContext("webgl2", { antialias: false, alpha: true }));
    if (!gl) { this.count.textContent = "This browser draws no WebGL2: choose the 3-D map, or take the picture along."; return; }
    this.program = this.link();
    this.buffers = Object.fromEntries(["place", "group", "lit", "order", "hits"].map((name) => [name, gl.createBuffer()]));
    this.listen();
    new ResizeObserver(() => this.draw()).observe(this.canvas);
  }

  link() {
    const gl = this.gl, program = gl.createProgram();
    for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
      const shader = gl.createShader(kind);
      gl.shaderSource(shader, source); gl.compileShader(shader); gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program));
    return program;
  }

  update(header, groups) {
    if (!this.gl) return;
    const gl = this.gl, points = shared.points.get(header.key);
    if (this.key !== header.key) {
      this.key = header.key; this.places = points.places; this.total = points.places.length / 2; this.texts = points.texts;
      this.zoom = 1; this.centre = [0, 0]; this.chosen = new Set(); this.past = [];
      this.index(); this.upload("place", this.places); this.upload("order", this.shuffled(), gl.ELEMENT_ARRAY_BUFFER);
    }
    this.header = header; this.groups = groups;
    this.upload("group", groups);
    this.light(); this.say();
  }

  upload(name, array, target = this.gl.ARRAY_BUFFER) {
    this.gl.bindBuffer(target, this.buffers[name]);
    this.gl.bufferData(target, array, this.gl.STATIC_DRAW);
  }

  shuffled() { // a fixed shuffle, so that the first points are a fair sample of all
    const order = Uint32Array.from({ length: this.total }, (_, place) => place);
    let seed = 7;
    for (let at = this.total - 1; at > 0; at--) {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      const other = seed % (at + 1), kept = order[at];
      order[at] = order[other]; order[other] = kept;
    }
    return order;
  }

  index() { // points by cell of a grid over -1..1, so that the point under the hand is found at once
    const side = (this.side = Math.max(1, Math.min(512, Math.ceil(Math.sqrt(this.total / 4)))));
    const starts = (this.starts = new Uint32Array(side * side + 1)), cells = new Uint32Array(this.total);
    const cell = (value) => Math.max(0, Math.min(side - 1, Math.floor((value + 1) / 2 * side)));
    for (let row = 0; row < this.total; row++) starts[(cells[row] = cell(this.places[2 * row + 1]) * side + cell(this.places[2 * row])) + 1]++;
    for (let at = 0; at < side * side; at++) starts[at + 1] += starts[at];
    const next = starts.slice(); this.members = new Uint32Array(this.total);
    for (let row = 0; row < this.total; row++) this.members[next[cells[row]]++] = row;
  }

  light() {
    const lit = new Uint8Array(this.total);
    for (const row of this.chosen) lit[row] = 1;
    for (const row of this.header.hits) lit[row] = 2;
    this.upload("lit", lit); this.upload("hits", Uint32Array.from(this.header.hits), this.gl.ELEMENT_ARRAY_BUFFER);
    this.draw();
  }

  fit() { // one unit of the map in pixels: filling the canvas, stretched by half at most
    const width = this.canvas.clientWidth, height = this.canvas.clientHeight;
    const [spanX, spanY] = this.header.span;
    let x = width * 0.44 / spanX, y = height * 0.43 / spanY;
    x = Math.min(x, y * 1.5); y = Math.min(y, x * 1.5);
    return [x * this.zoom, y * this.zoom, width, height];
  }

  pixel(x, y) { const [sx, sy, w, h] = this.fit(); return [w / 2 + (x - this.centre[0]) * sx, h / 2 - (y - this.centre[1]) * sy]; }
  unit(px, py) { const [sx, sy, w, h] = this.fit(); return [this.centre[0] + (px - w / 2) / sx, this.centre[1] - (py - h / 2) / sy]; }

  draw(moving = false) {
    if (!this.key || !this.canvas.clientWidth) return;
    this.wanted = moving;
    this.frame ??= requestAnimationFrame(() => { this.frame = null; this.paint(this.wanted); });
    clearTimeout(this.rest);
    if (moving) this.rest = setTimeout(() => this.draw(), 140);
  }

  paint(moving) {
    const gl = this.gl, ratio = Math.min(window.devicePixelRatio || 1, 2), [sx, sy, width, height] = this.fit();
    const pixels = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.canvas.width !== pixels[0] || this.canvas.height !== pixels[1]) [this.canvas.width, this.canvas.height] = pixels;
    gl.viewport(0, 0, ...pixels); gl.clearColor(0, 0, 0, 0); gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    gl.useProgram(this.program); gl.enable(gl.BLEND); gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    const at = (name) => gl.getUniformLocation(this.program, name);
    gl.uniform2f(at("scale"), sx * 2 / width, sy * 2 / height);
    gl.uniform2f(at("shift"), -this.centre[0] * sx * 2 / width, -this.centre[1] * sy * 2 / height);
    gl.uniform1f(at("size"), this.header.size * ratio * Math.min(3, Math.pow(this.zoom, 0.4)));
    gl.uniform1f(at("dim"), this.header.hits.length || this.chosen.size ? 1 : 0);
    gl.uniform3fv(at("palette"), this.header.palette.flatMap(rgb));
    gl.uniform3fv(at("light"), rgb(this.header.light)); gl.uniform3fv(at("ink"), rgb(this.header.ink));
    for (const [name, count, kind] of [["place", 2, gl.FLOAT], ["group", 1, gl.UNSIGNED_BYTE], ["lit", 1, gl.UNSIGNED_BYTE]]) {
      const place = gl.getAttribLocation(this.program, name);
      gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers[name]);
      gl.enableVertexAttribArray(place); gl.vertexAttribPointer(place, count, kind, false, 0, 0);
    }
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.buffers.order);
    gl.drawElements(gl.POINTS, moving ? Math.min(WHILE_MOVING, this.total) : this.total, gl.UNSIGNED_INT, 0);
    if (this.header.hits.length) { // once more on top
      gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.buffers.hits);
      gl.drawElements(gl.POINTS, this.header.hits.length, gl.UNSIGNED_INT, 0);
    }
    this.write();
    this.host.dataset.drawn = String((Number(this.host.dataset.drawn) || 0) + 1);
    this.host.dataset.zoom = this.zoom.toFixed(3);
  }

  write() { // labels that never cover each other: hits first, then groups by size; finer ones when zoomed in
    const taken = [], shown = [], level = this.zoom > 5 ? 2 : this.zoom > 2.2 ? 1 : 0;
    const [, , width, height] = this.fit();
    this.header.hits.slice(0, 20).forEach((row, rank) => shown.push({
      text: String(rank + 1), x: this.places[2 * row], y: this.places[2 * row + 1], kind: "rank", half: 9, lift: 16 }));
    const deepest = Math.max(0, ...this.header.labels.map((label) => label.level));
    for (const label of this.header.labels) if (label.level === Math.min(level, deepest))
      shown.push({ ...label, kind: "label", half: label.text.length * 4.1 + 8, lift: 15 });
    const nodes = [];
    for (const item of shown) {
      let [x, y] = this.pixel(item.x, item.y); y -= item.lift;
      if (x < -20 || y < -10 || x > width + 20 || y > height + 10) continue;
      x = Math.max(item.half, Math.min(width - item.half, x));
      let room = false;
      for (let step = 0; step < (item.kind === "rank" ? 9 : 13) && !room; step++) {
        const moved = y + (step % 2 ? -1 : 1) * Math.ceil(step / 2) * 11;
        room = moved > 8 && moved < height - 8 && taken.every((other) => Math.abs(x - other.x) > item.half + other.half || Math.abs(moved - other.y) > 21);
        if (room) { taken.push({ x, y: moved, half: item.half }); y = moved; }
      }
      if (!room) continue;
      const node = document.createElement(item.kind === "rank" ? "span" : "button");
      node.className = "tl-" + item.kind; node.textContent = item.text;
      node.style.left = x + "px"; node.style.top = y + "px";
      if (item.kind === "label") {
        node.title = "Select this group";
        node.onclick = () => this.choose(Array.from({ length: this.total }, (_, row) => row).filter((row) => item.level === 0 && this.groups[row] === item.group), "new");
      }
      nodes.push(node);
    }
    this.overlay.replaceChildren(...nodes);
    this.overlay.classList.toggle("tl-faint", this.header.hits.length > 0);
  }

  near(px, py, within = 14) {
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
    const ring = corners.map(([x, y]) => this.unit(x, y)), found = [];
    const xs = ring.map((corner) => corner[0]), ys = ring.map((corner) => corner[1]);
    const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    for (let row = 0; row < this.total; row++) {
      const x = this.places[2 * row], y = this.places[2 * row + 1];
      if (x < left || x > right || y < low || y > high) continue;
      let within = false;
      for (let i = 0, j = ring.length - 1; i < ring.length; j = i++)
        if ((ys[i] > y) !== (ys[j] > y) && x < (xs[j] - xs[i]) * (y - ys[i]) / (ys[j] - ys[i]) + xs[i]) within = !within;
      if (within) found.push(row);
    }
    return found;
  }

  choose(rows, how) {
    this.past.push(this.chosen);
    const given = new Set(rows);
    this.chosen = how === "add" ? new Set([...this.chosen, ...given])
      : how === "remove" ? new Set([...this.chosen].filter((row) => !given.has(row)))
      : how === "common" ? new Set([...this.chosen].filter((row) => given.has(row))) : given;
    this.light(); this.say(); this.send(this.chosen);
  }

  say() {
    this.count.textContent = this.chosen.size ? this.chosen.size.toLocaleString("en") + " selected" : "";
  }

  act(name) {
    if (name === "in" || name === "out") this.magnify(name === "in" ? 1.5 : 1 / 1.5, this.canvas.clientWidth / 2, this.canvas.clientHeight / 2);
    if (name === "all") { this.zoom = 1; this.centre = [0, 0]; this.draw(); }
    if (name === "clear") this.choose([], "new");
    if (name === "undo" && this.past.length) { this.chosen = this.past.pop(); this.light(); this.say(); this.send(this.chosen); }
    if (name === "lasso" || name === "box") {
      this.tool = this.tool === name ? "pan" : name;
      for (const button of this.host.querySelectorAll("button[data-act]")) button.setAttribute("aria-pressed", String(button.dataset.act === this.tool));
      this.canvas.style.cursor = this.tool === "pan" ? "grab" : "crosshair";
    }
  }

  magnify(factor, px, py) {
    const before = this.unit(px, py);
    this.zoom = Math.max(0.5, Math.min(400, this.zoom * factor));
    const after = this.unit(px, py);
    this.centre = [this.centre[0] + before[0] - after[0], this.centre[1] + before[1] - after[1]];
    this.draw(true);
  }

  listen() {
    for (const button of this.host.querySelectorAll("button[data-act]")) button.onclick = () => this.act(button.dataset.act);
    const at = (event) => { const box = this.canvas.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };
    this.canvas.addEventListener("wheel", (event) => { event.preventDefault(); this.magnify(Math.exp(-event.deltaY * 0.0015), ...at(event)); }, { passive: false });
    this.canvas.onpointerdown = (event) => { this.canvas.setPointerCapture(event.pointerId); this.from = at(event); this.path = [this.from]; this.tip.hidden = true; };
    this.canvas.onpointermove = (event) => {
      const [x, y] = at(event);
      if (!this.from) return this.hover(x, y);
      if (this.tool === "pan") {
        const [sx, sy] = this.fit();
        this.centre = [this.centre[0] - (x - this.from[0]) / sx, this.centre[1] + (y - this.from[1]) / sy];
        this.from = [x, y]; this.draw(true);
      } else {
        this.path = this.tool === "lasso" ? [...this.path, [x, y]] : [this.from, [x, this.from[1]], [x, y], [this.from[0], y]];
        this.drawnLasso.setAttribute("points", this.path.map((corner) => corner.join(",")).join(" "));
      }
    };
    this.canvas.onpointerup = (event) => {
      const path = this.path; this.from = null; this.drawnLasso.setAttribute("points", "");
      if (this.tool !== "pan" && path.length > 2)
        this.choose(this.inside(path), event.shiftKey ? "add" : event.altKey ? "remove" : event.ctrlKey ? "common" : "new");
    };
    this.canvas.onpointerleave = () => { this.tip.hidden = true; };
  }

  hover(x, y) {
    const row = this.near(x, y);
    this.tip.hidden = row < 0 || !this.texts;
    if (this.tip.hidden) return;
    this.tip.textContent = this.texts[row];
    const right = x > this.canvas.clientWidth / 2, low = y > this.canvas.clientHeight / 2;
    this.tip.style.left = right ? "auto" : x + 14 + "px"; this.tip.style.right = right ? this.canvas.clientWidth - x + 14 + "px" : "auto";
    this.tip.style.top = low ? "auto" : y + 14 + "px"; this.tip.style.bottom = low ? this.canvas.clientHeight - y + 14 + "px" : "auto";
  }
}

function rgb(hex) { return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255); }
