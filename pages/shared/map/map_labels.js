// What stands over the points as text: ranks of hits, names of groups, the legend of a scale. No two cover each other.

const RANKS_SHOWN = 20;
let ruler;

function widthOf(text, font) {
  ruler ??= new OffscreenCanvas(1, 1).getContext("2d");
  ruler.font = font;
  return ruler.measureText(text).width;
}

// The level of names at a zoom: coarser when one stands back, finer as one comes nearer.
function levelAt(zoom, base, deepest) {
  const finer = zoom < 0.8 ? -1 : Math.floor(Math.log(zoom * 1.001) / Math.log(2.4));
  return Math.max(0, Math.min(deepest, base + finer));
}

// Items {text, x, y, half, lift} in pixels; the earlier come first. Gives those that found room, with their places.
function placed(items, width, height) {
  const taken = [], found = [];
  for (const item of items) {
    if (item.x < -20 || item.y < -10 || item.x > width + 20 || item.y > height + 10) continue;
    const x = Math.max(item.half, Math.min(width - item.half, item.x));
    for (let step = 0; step < item.tries; step++) {
      const y = Math.max(12, Math.min(height - 12, item.y - item.lift + (step % 2 ? -1 : 1) * Math.ceil(step / 2) * 11));
      if (taken.every((other) => Math.abs(x - other.x) >= item.half + other.half + 4 || Math.abs(y - other.y) >= 23)) {
        taken.push({ x, y, half: item.half });
        found.push({ ...item, x, y });
        break;
      }
    }
  }
  return found;
}

function writeLabels(map) {
  const { header, places, zoom } = map, [, , width, height] = map.fit(), font = getComputedStyle(map.host).fontFamily;
  const items = header.hits.slice(0, RANKS_SHOWN).map((row, rank) => {
    const [x, y] = map.pixel(places[2 * row], places[2 * row + 1]);
    return { text: String(rank + 1), x, y, half: 11, lift: 17, tries: 9, kind: "rank" };
  });
  const deepest = Math.max(0, ...header.labels.map((label) => label.level)), level = levelAt(zoom, header.base, deepest);
  for (const label of header.labels) {
    if (label.level !== level) continue;
    const [x, y] = map.pixel(label.x, label.y);
    items.push({ ...label, x, y, half: widthOf(label.text, `600 15px ${font}`) / 2 + (label.colour ? 9 : 3), lift: 15, tries: 13, kind: "label" });
  }
  const low = height - map.host.querySelector(".tl-tools").offsetHeight - 3; // no name lies under the buttons
  map.overlay.replaceChildren(...placed(items, width, low).map((item) => drawnLabel(item, map)));
  map.overlay.classList.toggle("tl-faint", header.hits.length > 0);
  map.host.dataset.level = String(level);
}

function drawnLabel(item, map) {
  const node = document.createElement(item.kind === "rank" ? "span" : "button");
  node.className = "tl-" + item.kind;
  node.style.left = item.x + "px"; node.style.top = item.y + "px";
  if (item.kind === "label") {
    if (item.colour) {
      const dot = document.createElement("i");
      dot.style.background = item.colour;
      node.append(dot);
    }
    node.title = "Select " + item.size.toLocaleString("en") + " " + map.header.noun + "s";
    node.onclick = (event) => map.act({ act: "group", level: item.level, group: item.group, how: map.howOf(event) });
  }
  node.append(item.text);
  return node;
}

function writeLegend(map) {
  const node = map.host.querySelector(".tl-legend"), legend = map.header.legend;
  node.hidden = !legend;
  if (!legend) return;
  const bar = document.createElement("i"), words = [legend.title, legend.low, legend.high].map((text) => {
    const word = document.createElement("span");
    word.textContent = text;
    return word;
  });
  bar.style.background = `linear-gradient(90deg, ${map.header.palette.join()})`;
  node.replaceChildren(words[0], words[1], bar, words[2]);
}
