// Histograms of the fields: all documents in grey, the selected before them. A press on a bar, or a pull over several,
// selects the documents in them. Texts are never markup.
export default function ({ data, parentElement, setTriggerValue }) {
  const host = parentElement.querySelector(".tl-fields");
  const made = (kind, name, parent, text = "") => {
    const node = document.createElement(kind);
    node.className = name; node.textContent = text; parent.append(node);
    return node;
  };
  host.style.height = data.height + "px";
  host.classList.toggle("tl-none", !data.some);
  host.replaceChildren();
  for (const field of data.fields) {
    const part = made("div", "tl-field", host), head = made("div", "tl-name", part, field.name), said = made("span", "tl-said", head);
    const bars = made("div", "tl-bars", part), tallest = Math.max(1, ...field.every), columns = [];
    let from = -1, to = -1;
    const tell = (at) => { said.textContent = at < 0 ? "" : `${field.labels[at]}: ${data.some ? field.selected[at].toLocaleString("en") + " of " : ""}${field.every[at].toLocaleString("en")}`; };
    const hold = (at) => { to = at; columns.forEach((column, place) => { column.classList.toggle("tl-held", from >= 0 && place >= Math.min(from, to) && place <= Math.max(from, to)); }); };
    field.every.forEach((count, at) => {
      const column = made("div", "tl-column", bars);
      made("i", "", column).style.height = 100 * count / tallest + "%";
      if (data.some) made("i", "", column).style.height = 100 * field.selected[at] / tallest + "%";
      columns.push(column);
    });
    const under = (event) => Math.max(0, Math.min(columns.length - 1, Math.floor((event.clientX - bars.getBoundingClientRect().left) / bars.clientWidth * columns.length)));
    bars.onpointerdown = (event) => { bars.setPointerCapture(event.pointerId); from = under(event); hold(from); };
    bars.onpointermove = (event) => { tell(under(event)); if (from >= 0) hold(under(event)); };
    bars.onpointerleave = () => { if (from < 0) tell(-1); };
    bars.onpointerup = (event) => {
      if (from < 0) return;
      const how = event.shiftKey ? "add" : event.altKey ? "remove" : event.ctrlKey || event.metaKey ? "common" : "";
      setTriggerValue("pulled", { field: field.name, from: Math.min(from, to), to: Math.max(from, to), how });
      from = -1; hold(-1);
    };
    const ends = made("div", "tl-ends", part);
    made("span", "", ends, field.labels[0].split(" to ")[0].slice(0, 20)); made("span", "", ends, field.labels[field.labels.length - 1].split(" to ").pop().slice(0, 20));
  }
}
