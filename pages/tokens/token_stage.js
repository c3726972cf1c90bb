const whenIdle = (run) => (window.requestIdleCallback ?? setTimeout)(run, window.requestIdleCallback ? { timeout: 500 } : 30);
const HINT = "Point at a token: the same characters light up in all of them.";

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

// What the page holds: the columns, kept as long as they are of the same tokenizers and show the same, or the lanes.
function stageOf(root, data) {
  const kind = JSON.stringify([data.ids, data.bytes, data.columns.map(({ title, unit }) => [title, unit])]);
  if (!data.cells && root.stage?.kind === kind) return root.stage;
  const scrolled = root.stage?.columns.map((column) => column.scrolled) ?? [];
  const stage = { kind: data.cells ? "lanes" : kind, columns: [], detail: make("div", "detail"), lit: [] };
  stage.detail.setAttribute("role", "status");
  if (data.cells) {
    stage.boxes = [];
    root.replaceChildren(drawLanes(data, stage.boxes), stage.detail);
  } else {
    stage.columns = data.columns.map((column, i) => Object.assign(new Column(column), { scrolled: scrolled[i] ?? 0 }));
    root.style.setProperty("--in-a-row", stage.columns.length === 4 ? 4 : 3);
    root.replaceChildren(...stage.columns.map((column) => column.card), stage.detail);
  }
  return stage;
}

// Light up the characters of a token in all of them, and say what it is; none if it is null.
function light(stage, chosen) {
  for (const element of stage.lit) element.classList.remove("lit");
  stage.lit = [];
  write(stage.detail, chosen ? label(chosen) : HINT);
  if (!chosen) return;
  const [, from, to] = chosen.token;
  for (const box of everyBox(stage)) {
    const same = from === to ? box === chosen : box.token[1] < to && from < box.token[2];
    if (same) stage.lit.push(box.element);
  }
  for (const element of stage.lit) element.classList.add("lit");
}

const everyBox = (stage) => stage.boxes ?? stage.columns.flatMap((column) => column.boxes);

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".tl-tokens");
  const stage = stageOf(root, data);
  root.stage = stage;
  light(stage, null);
  stage.columns.forEach((column, i) => { column.show(data, data.columns[i]); });
  // What the windows show is drawn at once, the rest when the browser is idle: a key must not wait for what nobody sees.
  const drawing = Symbol();
  root.drawing = drawing;
  const drawMore = (count) => {
    if (root.drawing !== drawing || !root.isConnected) return;
    for (const column of stage.columns) if (column.unfinished) column.drawMore(count);
    tell();
  };
  const tell = () => {
    const left = stage.columns.some((column) => column.unfinished);
    root.dataset.drawn = left ? "in part" : "all";
    if (left) whenIdle(() => drawMore(THEN));
  };
  tell();
  root.onpointerdown = () => drawMore(Infinity); // whoever begins to select may go on to the end
  root.onpointerover = (event) => light(stage, event.target.closest?.(".token")?.tokenBox);
  root.onpointerleave = () => light(stage, null);
  root.onkeydown = (event) => {
    if (event.key === "a" && (event.ctrlKey || event.metaKey)) drawMore(Infinity);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const flow = event.target.closest(".flow");
    if (!step || !flow) return;
    const own = everyBox(stage).filter((box) => box.flow === flow);
    const at = own.findIndex((box) => stage.lit.includes(box.element));
    const next = own[Math.min(Math.max(at + step, 0), own.length - 1)];
    if (!next) return;
    event.preventDefault();
    light(stage, next);
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
