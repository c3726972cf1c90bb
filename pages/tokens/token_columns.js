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

const spelled = (token) => token[5] || "";
const isAdded = (token) => token[3] === token[4] && token[2] === "control";

function kindClass(token) {
  if (isAdded(token)) return " added";
  return token[2] === "control" || token[2] === "unknown" ? " " + token[2] : "";
}

function label(column, number, token) {
  const at = token[3] === token[4] ? "stands for no typed text" : `bytes ${token[3]} to ${token[4]} of the text`;
  const name = spelled(token) ? ` ${spelled(token)}` : "";
  const bytes = token[1] ? `${(token[1].length + 1) / 3} bytes ${token[1]}` : "no bytes";
  return `${column.title}, ${column.unit} ${number + 1} of ${column.tokens}: id ${token[0]}${name}, ${bytes}, ${at}, ${token[2]}`;
}

function underLine(data, token) {
  const lines = [];
  if (data.ids) lines.push(String(token[0]));
  if (data.bytes && token[2] !== "control" && token[2] !== "unknown") lines.push(token[1].toUpperCase());
  return lines.join("\n");
}

function drawSingle(data, runs, token, hue) {
  const below = underLine(data, token);
  const box = make("span", `group token single c${hue}${kindClass(token)}` + (below ? " stacked" : ""));
  box.dir = "auto";
  const shown = below ? make("span", "shown") : box;
  if (isAdded(token)) {
    shown.append(spelled(token));
    box.dataset.text = "";
  } else {
    fillShown(shown, runs);
    if (!runs.length) shown.append(make("span", "mark named"));
    if (!runs.length) shown.firstChild.dataset.mark = token[1].toUpperCase() || "no text";
  }
  if (below) {
    box.append(shown);
    const under = make("span", "under", below);
    under.style.whiteSpace = "pre-wrap";
    box.append(under);
  }
  return [box, [box]];
}

// Characters that several tokens share: drawn once above, each token's own bytes below.
function drawCut(data, runs, tokens, number) {
  const box = make("span", "group cut stacked");
  const shown = make("span", "shown");
  shown.dir = "auto";
  fillShown(shown, runs);
  const cells = make("span", "cells under");
  const drawn = tokens.map((token, i) => {
    const cell = make("span", `cell token c${(number + i) % HUES}${kindClass(token)}`, token[1].toUpperCase());
    if (data.ids) {
      cell.append(document.createElement("br"));
      cell.append(String(token[0]));
    }
    cells.append(cell);
    return cell;
  });
  box.append(shown, cells);
  return [box, drawn];
}

function drawFlow(data, column, flow, boxes) {
  let number = column.first;
  let stretch = 0;
  for (const [runs, tokens] of column.groups) {
    const [box, drawn] = tokens.length === 1
      ? drawSingle(data, runs, tokens[0], number % HUES) : drawCut(data, runs, tokens, number);
    drawn.forEach((element, i) => {
      const token = tokens[i];
      element.dataset.number = boxes.length;
      element.setAttribute("aria-label", label(column, number + i, token));
      while (stretch < data.differing.length && data.differing[stretch][1] <= token[3]) stretch += 1;
      const ring = data.differing[stretch];
      if (ring && ring[0] < token[4] && token[3] < token[4]) element.classList.add("differs");
      boxes.push({ element, token, column, number: number + i });
    });
    flow.append(box);
    if (runs.some((run) => run[0] === "break")) flow.append(make("br", "line"));
    number += tokens.length;
  }
}

function drawColumn(data, column, boxes) {
  const card = make("section", "column");
  card.setAttribute("aria-label", `${column.title}: ${column.tokens} tokens`);
  const head = make("div", "head");
  const most = Math.max(...data.columns.map((other) => other.tokens), 1);
  head.append(make("span", "title", column.title), make("span", "count", column.tokens.toLocaleString("en")),
    make("span", "unit", column.tokens === 1 ? column.unit : column.unit + "s"));
  const about = make("div", "about");
  about.append(make("span", "", column.about), make("span", "", `${column.perToken} characters per ${column.unit}`));
  const meter = make("div", "meter");
  const bar = make("div");
  bar.style.width = `${100 * column.tokens / most}%`;
  meter.append(bar);
  const flow = make("div", "flow");
  flow.tabIndex = 0;
  flow.setAttribute("role", "group");
  drawFlow(data, column, flow, boxes);
  if (!column.groups.length) flow.append(make("span", "empty", "no tokens"));
  card.append(head, about, meter, flow);
  return card;
}

// The true text of a selection: marks give their text, ids and bytes below give nothing.
function trueText(fragment) {
  let text = "";
  for (const node of fragment.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) text += node.data;
    else if (node.classList?.contains("under") || node.classList?.contains("head") || node.classList?.contains("about")
      || node.classList?.contains("detail") || node.classList?.contains("empty")) continue;
    else if (node.dataset?.text !== undefined) text += node.dataset.text;
    else text += trueText(node);
  }
  return text;
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".tl-tokens");
  const kept = [...root.querySelectorAll(".flow")].map((flow) => flow.scrollTop);
  const boxes = [];
  const detail = make("div", "detail");
  detail.setAttribute("role", "status");
  const hint = "Point at a token: the same characters light up in every column.";
  detail.textContent = hint;
  root.replaceChildren(...data.columns.map((column) => drawColumn(data, column, boxes)), detail);
  root.querySelectorAll(".flow").forEach((flow, i) => { flow.scrollTop = kept[i] ?? 0; });
  let lit = [];

  const light = (chosen) => {
    for (const element of lit) element.classList.remove("lit");
    lit = [];
    if (!chosen) {
      detail.textContent = hint;
      return;
    }
    const [from, to] = [chosen.token[3], chosen.token[4]];
    for (const box of boxes) {
      const same = from === to ? box === chosen : box.token[3] < to && from < box.token[4];
      if (same) lit.push(box.element);
    }
    for (const element of lit) element.classList.add("lit");
    detail.textContent = label(chosen.column, chosen.number, chosen.token);
  };
  const boxOf = (target) => boxes[target.closest?.(".token")?.dataset.number];

  root.onpointerover = (event) => light(boxOf(event.target));
  root.onpointerleave = () => light(null);
  root.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const flow = event.target.closest(".flow");
    const own = boxes.filter((box) => flow?.contains(box.element));
    const at = own.findIndex((box) => box.element === lit.find((element) => flow.contains(element)));
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
