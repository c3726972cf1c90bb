// Every piece of text enters the page as a text node or through a data attribute: nothing here is read as markup.
const HUES = 5;

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

function drawSingle(data, runs, token) {
  const below = underLine(data, token, runs);
  const box = make("span");
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
  return [box, [{ element: box, looks: `token${kindClass(token)}${below ? " stacked" : ""}` }]];
}

// Characters that several tokens share: drawn once above, each token's own bytes below.
function drawCut(data, runs, tokens) {
  const box = make("span", "cut stacked");
  fillShown(box, runs);
  const cells = make("span", "cells");
  const drawn = tokens.map((token) => {
    const cell = make("span", "", token[4].toUpperCase());
    if (data.ids) cell.dataset.under = token[0];
    cells.append(cell);
    return { element: cell, looks: `cell token${kindClass(token)}` };
  });
  box.append(cells);
  return [box, drawn];
}

// A group is [runs, tokens]: characters and the tokens that make them. Drawn it is its nodes and a box for each token;
// `dress` gives a box its colours.
function drawGroup(data, [runs, tokens]) {
  const [shown, boxes] = tokens.length === 1 ? drawSingle(data, runs, tokens[0]) : drawCut(data, runs, tokens);
  for (const box of boxes) {
    box.runs = runs;
    box.element.tokenBox = box;
  }
  return { nodes: runs.some((run) => run[0] === "break") ? [shown, make("br")] : [shown], boxes };
}

function dress(box, hue, ringed) {
  const looks = `${box.looks} c${hue}${ringed ? " differs" : ""}`;
  if (looks !== box.worn) box.element.className = looks;
  box.hue = hue;
  box.worn = looks;
}
