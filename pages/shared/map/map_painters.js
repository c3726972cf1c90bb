// Two painters of points, one for graphics cards (WebGL2) and one for the processor. Where WebGL is only simulated, a
// million points take it a second; writing the pixels of a picture ourselves takes a twentieth of that.
// `view`: scale and centre in map units to device pixels, `size` of a point in device pixels, `palette` of 64 colours,
// `strength` of the points (1, or less where they are only the ground for others), `quick` while the hand moves.

const VERTEX = `#version 300 es
in vec2 place; in float group;
uniform vec2 scale, shift; uniform float size; uniform vec3 palette[64];
out vec3 colour;
void main() {
  gl_Position = vec4(place * scale + shift, 0.0, 1.0);
  gl_PointSize = size;
  colour = palette[int(group)];
}`;
const FRAGMENT = `#version 300 es
precision mediump float;
in vec3 colour; uniform float strength; out vec4 shown;
void main() {
  float far = length(gl_PointCoord - 0.5) * 2.0;
  if (far > 1.0) discard;
  float alpha = strength * (1.0 - smoothstep(0.8, 1.0, far));
  shown = vec4(colour * alpha, alpha);
}`;
const SIMULATED = /swiftshader|llvmpipe|softpipe|software|basic render/i;
const MOST_DISCS = 20000, MOST_DISCS_MOVING = 3000; // points drawn as round discs by the processor; above, as squares

function painterFor(canvas) {
  if (window.TextLabPainter !== "processor") {
    const gl = canvas.getContext("webgl2", { antialias: false, alpha: true });
    const about = gl?.getExtension("WEBGL_debug_renderer_info");
    const name = gl ? String(gl.getParameter(about ? about.UNMASKED_RENDERER_WEBGL : gl.RENDERER)) : "none";
    if (gl && (window.TextLabPainter === "webgl2" || !SIMULATED.test(name))) return new CardPainter(canvas, gl);
    gl?.getExtension("WEBGL_lose_context")?.loseContext();
    const fresh = canvas.cloneNode();
    canvas.replaceWith(fresh);
    canvas = fresh;
  }
  return new ProcessorPainter(canvas);
}

// The view of what stands back: grey and faint.
function dimmed(view) {
  return { ...view, strength: 0.28, palette: view.palette.map((hex) => "#" + rgb(hex).map((part) =>
    Math.round(part * 0.35 + 140 * 0.65).toString(16).padStart(2, "0")).join("")) };
}

function rgb(hex) { return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)); }

class CardPainter {
  kind = "webgl2";

  constructor(canvas, gl) {
    this.canvas = canvas; this.gl = gl;
    this.program = gl.createProgram();
    const program = this.program;
    for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
      const shader = gl.createShader(kind);
      gl.shaderSource(shader, source); gl.compileShader(shader); gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program));
    this.buffers = { place: gl.createBuffer(), group: gl.createBuffer() };
  }

  load(places, groups) {
    const gl = this.gl;
    for (const [name, array] of [["place", places], ["group", groups]]) {
      if (this[name] === array) continue;
      this[name] = array;
      gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers[name]);
      gl.bufferData(gl.ARRAY_BUFFER, array, gl.STATIC_DRAW);
    }
  }

  paint(view, step = 1) {
    const gl = this.gl, { width, height } = this.canvas, at = (name) => gl.getUniformLocation(this.program, name);
    const count = Math.floor(this.group.length / step);
    gl.viewport(0, 0, width, height); gl.clearColor(0, 0, 0, 0); gl.clear(gl.COLOR_BUFFER_BIT);
    gl.useProgram(this.program); gl.enable(gl.BLEND); gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.uniform2f(at("scale"), view.scale[0] * 2 / width, view.scale[1] * 2 / height);
    gl.uniform2f(at("shift"), -view.centre[0] * view.scale[0] * 2 / width, -view.centre[1] * view.scale[1] * 2 / height);
    gl.uniform1f(at("size"), view.size); gl.uniform1f(at("strength"), (count > 50000 ? 0.6 : 0.85) * view.strength);
    gl.uniform3fv(at("palette"), view.palette.flatMap((hex) => rgb(hex).map((part) => part / 255)));
    for (const [name, parts, kind, bytes] of [["place", 2, gl.FLOAT, 8], ["group", 1, gl.UNSIGNED_BYTE, 1]]) {
      const place = gl.getAttribLocation(this.program, name);
      gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers[name]);
      gl.enableVertexAttribArray(place);
      gl.vertexAttribPointer(place, parts, kind, false, step * bytes, 0); // every step-th point
    }
    gl.drawArrays(gl.POINTS, 0, count);
    return count;
  }
}

class ProcessorPainter {
  kind = "processor";

  constructor(canvas) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d", { willReadFrequently: true }); // pixels in main memory
  }

  load(places, groups) { this.place = places; this.group = groups; }

  // `only`: a mask of the points to draw over what is there, or all of them; gives how many it went through.
  paint(view, step = 1, only = null) {
    const { width, height } = this.canvas, total = this.group.length;
    const frame = { sx: view.scale[0], sy: view.scale[1], x0: width / 2 - view.centre[0] * view.scale[0], y0: height / 2 + view.centre[1] * view.scale[1] };
    const most = view.quick ? MOST_DISCS_MOVING : MOST_DISCS;
    if (this.visible(frame, step, only, most) <= most) this.discs(view, frame, step, only);
    else this.squares(view, frame, step, only);
    return Math.floor(total / step);
  }

  visible({ sx, sy, x0, y0 }, step, only, most) {
    if (this.group.length / step <= most) return 0;
    const { width, height } = this.canvas, place = this.place;
    let count = 0;
    for (let row = 0; row < this.group.length && count <= most; row += step) {
      if (only !== null && only[row] === 0) continue;
      const x = place[2 * row] * sx + x0, y = y0 - place[2 * row + 1] * sy;
      if (x >= 0 && y >= 0 && x < width && y < height) count++;
    }
    return count;
  }

  discs(view, { sx, sy, x0, y0 }, step, only) {
    const { width, height } = this.canvas, context = this.context, cell = Math.ceil(view.size) + 2, half = cell / 2;
    const sheet = this.sheet(view, cell);
    if (only === null) context.clearRect(0, 0, width, height);
    context.globalAlpha = view.strength;
    for (let row = 0; row < this.group.length; row += step) {
      if (only !== null && only[row] === 0) continue;
      const x = this.place[2 * row] * sx + x0, y = y0 - this.place[2 * row + 1] * sy;
      if (x > -half && y > -half && x < width + half && y < height + half)
        context.drawImage(sheet, this.group[row] * cell, 0, cell, cell, x - half, y - half, cell, cell);
    }
    context.globalAlpha = 1;
  }

  sheet(view, cell) { // one disc of each colour, side by side
    const size = Math.round(view.size * 2) / 2, key = view.palette.join() + size;
    if (this.sheetKey !== key) {
      this.sheetKey = key;
      this.discSheet = new OffscreenCanvas(cell * 64, cell);
      const context = this.discSheet.getContext("2d", { willReadFrequently: true });
      context.globalAlpha = 0.88;
      view.palette.forEach((colour, at) => {
        context.fillStyle = colour;
        context.beginPath(); context.arc(at * cell + cell / 2, cell / 2, size / 2, 0, 7); context.fill();
      });
    }
    return this.discSheet;
  }

  squares(view, { sx, sy, x0, y0 }, step, only) {
    const { width, height } = this.canvas, place = this.place, group = this.group, total = group.length;
    if (this.image?.width !== width || this.image.height !== height) this.image = new ImageData(width, height);
    const pixels = new Uint32Array(this.image.data.buffer), side = Math.max(1, Math.min(6, Math.round(view.size)));
    const colours = Uint32Array.from(view.palette, (hex) => { const [r, g, b] = rgb(hex); return r | (g << 8) | (b << 16); });
    if (only === null) pixels.fill(0);
    const first = Math.round(150 * view.strength), more = Math.max(3, Math.round(30 * view.strength)), full = Math.round(255 * view.strength);
    const half = (side - 1) / 2, right = width - side, low = height - side, corner = side > 2 ? side - 1 : -1;
    for (let row = 0; row < total; row += step) {
      if (only !== null && only[row] === 0) continue;
      const x = (place[2 * row] * sx + x0 - half) | 0, y = (y0 - place[2 * row + 1] * sy - half) | 0;
      if (x < 0 || y < 0 || x > right || y > low) continue;
      const colour = colours[group[row]];
      for (let dy = 0, at = y * width + x; dy < side; dy++, at += width)
        for (let dx = 0; dx < side; dx++) {
          if ((dx === 0 || dx === corner) && (dy === 0 || dy === corner) && corner > 0) continue;
          const alpha = pixels[at + dx] >>> 24; // the more points on a pixel, the fuller its colour
          pixels[at + dx] = colour | ((alpha < first ? first : alpha + more > full ? full : alpha + more) << 24);
        }
    }
    this.context.putImageData(this.image, 0, 0);
  }
}
