// A list whose entries can be pressed. Texts are never markup.
export default function ({ data, parentElement, setTriggerValue }) {
  const made = (name, parent, text = "") => {
    const node = document.createElement(name === "tl-entry" ? "button" : "span");
    node.className = name; node.textContent = text; parent.append(node);
    return node;
  };
  const list = parentElement.querySelector(".tl-entries");
  list.style.height = data.height + "px";
  list.replaceChildren();
  data.entries.forEach((entry, place) => {
    const node = made("tl-entry", list), head = made("tl-head", node);
    node.type = "button"; node.title = data.does;
    made("tl-dot", head).style.background = entry.colour;
    if (entry.number) made("", head, entry.number).style.fontWeight = 700;
    const bar = document.createElement("span");
    bar.style.cssText = `width:${100 * Math.min(Math.max(entry.share, 0), 1)}%;background:${entry.colour}`;
    made("tl-bar", head).append(bar);
    made("tl-amount", head, entry.amount);
    const text = made("tl-text", node, entry.text);
    text.style.display = "block";
    node.onclick = (event) => setTriggerValue("picked", { place, how: event.shiftKey ? "add" : event.altKey ? "remove" : event.ctrlKey || event.metaKey ? "common" : "" });
  });
}
