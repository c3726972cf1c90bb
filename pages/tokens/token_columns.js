// Every piece of text enters the page as a text node or through a data attribute: nothing here is read as markup.
const HUES = 5;
const AT_FIRST = 72; // tokens of a column drawn before the first paint: a little more than its window shows
const THEN = 120; // tokens of a column drawn whenever the browser is idle after that
const whenIdle = (run) => (window.requestIdleCallback ?? setTimeout)(run, window.requestIdleCallback ? { timeout: 500 } : 30);
const HINT = "Point at a token: the same characters light up in all of them.";

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

// Runs are [kind, text, mark]. What cannot be seen is drawn by its mark, and keeps its text for copying.
function fillShown(parent, runs) {
  for (const [kind, text, mark] of runs) {
    if (kind === "plain") {
      parent.append(text);
      continue;
    }
    const span = make("span", "mark " + kind);
    span.dataset.mark = mark;
    if (kind === "combining") span.textContent = text;
    else span.dataset.text = text;
    parent.append(span);
  }
}

// A token is [id, start, end], or [id, start, end, kind, bytes, spelling] where its bytes are not just those shown.
function hexadecimal(token, runs) {
  if (token[4] !== undefined) return token[4];
  const bytes = new TextEncoder().encode(runs.map((run) => run[1]).join(""));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

const kindOf = (token) => token[3] ?? "normal";
const isAdded = (token) => token[1] === token[2] && token[3] === "control";

function kindClass(token) {
  if (isAdded(token)) return " added";
  return token[3] === "control" || token[3] === "unknown" ? " " + token[3] : "";
}

function label(box) {
  const { column, token, runs, number } = box;
  const at = token[1] === token[2] ? "stands for no typed text" : `bytes ${token[1]} to ${token[2]} of the text`;
  const name = token[5] ? ` ${token[5]}` : "";
  const hex = hexadecimal(token, runs);
  const bytes = hex ? `${(hex.length + 1) / 3} bytes ${hex}` : "no bytes";
  return `${column.title}, ${column.unit} ${number + 1} of ${column.tokens}: id ${token[0]}${name}, ${bytes}, ${at}, ${kindOf(token)}`;
}

// What stands below a token: its id, its bytes. Drawn by the style sheet, so that it is no text of the page.
function underLine(data, token, runs) {
  const lines = [];
  if (data.ids) lines.push(String(token[0]));
  if (data.bytes && token[3] !== "control" && token[3] !== "unknown") lines.push(hexadecimal(token, runs).toUpperCase());
  return lines.join("\n");
}

function drawSingle(data, runs, token, hue) {
  const below = underLine(data, token, runs);
  const box = make("span", `token c${hue}${kindClass(token)}${below ? " stacked" : ""}`);
  if (below) box.dataset.under = below;
  if (isAdded(token)) {
    box.append(token[5]);
    box.dataset.text = "";
  } else if (runs.length) {
    fillShown(box, runs);
  } else {
    const nothing = make("span", "mark named");
    nothing.dataset.mark = hexadecimal(token, runs).toUpperCase() || "no text";
    box.append(nothing);
  }
  return [box, [box]];
}

// Characters that several tokens share: drawn once above, each token's own bytes below.
function drawCut(data, runs, tokens, number) {
  const box = make("span", "cut stacked");
  fillShown(box, runs);
  const cells = make("span", "cells");
  const drawn = tokens.map((token, i) => {
    const cell = make("span", `cell token c${(number + i) % HUES}${kindClass(token)}`, token[4].toUpperCase());
    if (data.ids) cell.dataset.under = token[0];
    cells.append(cell);
    return cell;
  });
  box.append(cells);
  return [box, drawn];
}

// Draws a column's tokens a stretch at a time: draw(count) appends the next ones and tells whether more are left.
function drawer(data, column, flow, boxes) {
  let number = column.first;
  let group = 0;
  let stretch = 0;
  return (count) => {
    const until = number + count;
    const piece = document.createDocumentFragment();
    for (; group < column.groups.length && number < until; group += 1) {
      const [runs, tokens] = column.groups[group];
      const [shown, drawn] = tokens.length === 1
        ? drawSingle(data, runs, tokens[0], number % HUES) : drawCut(data, runs, tokens, number);
      drawn.forEach((element, i) => {
        const token = tokens[i];
        while (stretch < data.differing.length && data.differing[stretch][1] <= token[1]) stretch += 1;
        const ring = data.differing[stretch];
        if (ring && ring[0] < token[2] && token[1] < token[2]) element.classList.add("differs");
        const box = { element, token, runs, column, flow, number: number + i };
        element.tokenBox = box;
        boxes.push(box);
      });
      piece.append(shown);
      if (runs.some((run) => run[0] === "break")) piece.append(make("br"));
      number += tokens.length;
    }
    flow.append(piece);
    return group < column.groups.length;
  };
}

function drawHead(data, column) {
  const head = make("div", "head");
  head.title = column.title;
  head.append(make("span", "title", column.title), make("span", "count", column.tokens.toLocaleString("en")),
    make("span", "unit", column.tokens === 1 ? column.unit : column.unit + "s"));
  const about = make("div", "about");
  about.append(make("span", "", column.about), make("span", "", `${column.perToken} characters per ${column.unit}`));
  about.title = column.about; // the line may be cut short
  const meter = make("div", "meter");
  const bar = make("div");
  bar.style.width = `${100 * column.tokens / Math.max(...data.columns.map((other) => other.tokens), 1)}%`;
  meter.append(bar);
  return [head, about, meter];
}

function drawColumn(data, column, boxes) {
  const card = make("section", "column");
  card.setAttribute("aria-label", `${column.title}: ${column.tokens} ${column.unit}s`);
  const flow = make("div", "flow");
  flow.tabIndex = 0;
  flow.setAttribute("role", "group");
  flow.setAttribute("aria-label", `What ${column.title} makes of the text; the arrow keys go from one to the next`);
  if (!column.groups.length) flow.append(make("span", "empty", `no ${column.unit}s`));
  card.append(...drawHead(data, column), flow);
  return [card, drawer(data, column, flow, boxes)];
}

// Lanes above each other: a column of the grid for each word, so that what stands for it stands in one line below it.
function drawLanes(data, boxes) {
  const grid = make("div", "lanes");
  grid.style.gridTemplateColumns = `max-content repeat(${Math.max(data.cells.length, 1)}, max-content) 1fr`;
  const cellOf = (byte) => {
    const after = data.cells.findIndex(([, end]) => end > byte);
    return after < 0 ? Math.max(data.cells.length - 1, 0) : after;
  };
  data.columns.forEach((column, row) => {
    const head = make("div", "lane-head");
    head.append(make("span", "title", column.title), make("span", "about", `${column.tokens} ${column.unit}s`));
    head.title = column.about;
    head.style.gridRow = row + 1;
    grid.append(head);
    let number = 0;
    let place = null;
    for (const [runs, tokens] of column.groups) {
      const inked = runs.length && runs[0][0] === "space" && runs.length > 1 ? tokens[0][1] + 1 : tokens[0][1];
      const [first, last] = [cellOf(inked), cellOf(Math.max(tokens.at(-1)[2] - 1, inked))];
      if (!place || first > place.last) {
        place = { first, last, element: make("div", "lane-cell") };
        place.element.style.gridRow = row + 1;
        grid.append(place.element);
      }
      place.last = Math.max(place.last, last);
      place.element.style.gridColumn = `${place.first + 2} / ${place.last + 3}`;
      const [shown, drawn] = tokens.length === 1
        ? drawSingle(data, runs, tokens[0], number % HUES) : drawCut(data, runs, tokens, number);
      drawn.forEach((element, i) => {
        const box = { element, token: tokens[i], runs, column, flow: grid, number: number + i };
        element.tokenBox = box;
        boxes.push(box);
      });
      place.element.append(shown);
      number += tokens.length;
    }
  });
  return grid;
}

// The true text of a selection: marks give their text; heads, bytes and notes give nothing.
const SILENT = ["cells", "head", "lane-head", "about", "detail", "empty"];

function trueText(fragment) {
  let text = "";
  for (const node of fragment.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) text += node.data;
    else if (SILENT.some((name) => node.classList?.contains(name))) continue;
    else if (node.dataset?.text !== undefined) text += node.dataset.text;
    else text += trueText(node);
  }
  return text;
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".tl-tokens");
  const scrolled = [...root.querySelectorAll(".flow")].map((flow) => flow.scrollTop);
  const boxes = [];
  const detail = make("div", "detail", HINT);
  detail.setAttribute("role", "status");
  const columns = data.cells ? [] : data.columns.map((column) => drawColumn(data, column, boxes));
  // What the windows show is drawn at once, the rest when the browser is idle: a key must not wait for what nobody sees.
  let unfinished = columns.map(([, draw], i) => [draw, scrolled[i] ? Infinity : AT_FIRST])
    .filter(([draw, count]) => draw(count)).map(([draw]) => draw);
  root.style.setProperty("--in-a-row", columns.length === 4 ? 4 : 3);
  root.replaceChildren(...(data.cells ? [drawLanes(data, boxes)] : columns.map(([card]) => card)), detail);
  root.querySelectorAll(".flow").forEach((flow, i) => { if (scrolled[i]) flow.scrollTop = scrolled[i]; });
  const drawing = root.drawing = Symbol();
  const drawMore = (count) => {
    if (root.drawing !== drawing || !root.isConnected) return;
    unfinished = unfinished.filter((draw) => draw(count));
    root.dataset.drawn = unfinished.length ? "in part" : "all";
    if (unfinished.length) whenIdle(() => drawMore(THEN));
  };
  root.dataset.drawn = "in part";
  whenIdle(() => drawMore(THEN));
  root.onpointerdown = () => drawMore(Infinity); // whoever begins to select may go on to the end
  let lit = [];

  const light = (chosen) => {
    for (const element of lit) element.classList.remove("lit");
    lit = [];
    detail.textContent = chosen ? label(chosen) : HINT;
    if (!chosen) return;
    const [, from, to] = chosen.token;
    for (const box of boxes) {
      const same = from === to ? box === chosen : box.token[1] < to && from < box.token[2];
      if (same) lit.push(box.element);
    }
    for (const element of lit) element.classList.add("lit");
  };

  root.onpointerover = (event) => light(event.target.closest?.(".token")?.tokenBox);
  root.onpointerleave = () => light(null);
  root.onkeydown = (event) => {
    if (event.key === "a" && (event.ctrlKey || event.metaKey)) drawMore(Infinity);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const flow = event.target.closest(".flow");
    if (!step || !flow) return;
    const own = boxes.filter((box) => box.flow === flow);
    const at = own.findIndex((box) => lit.includes(box.element));
    const next = own[Math.min(Math.max(at + step, 0), own.length - 1)];
    if (!next) return;
    event.preventDefault();
    light(next);
    next.element.scrollIntoView({ block: "nearest" });
  };
  root.oncopy = (event) => {
    const selection = parentElement.getSelection?.() ?? document.getSelection();
    if (!selection?.rangeCount) return;
    const text = trueText(selection.getRangeAt(0).cloneContents());
    if (!text) return;
    event.clipboardData.setData("text/plain", text);
    event.preventDefault();
  };
}
