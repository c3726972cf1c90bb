const AT_FIRST = 72; // tokens of a column drawn before the first paint: a little more than its window shows
const THEN = 120; // tokens of a column drawn whenever the browser is idle after that
const AT_LEAST = 24; // tokens drawn at once behind those that stayed

// Whether two groups look alike; where they stand in the text makes no difference.
function alike([runs, tokens], [otherRuns, others]) {
  return runs.length === otherRuns.length && tokens.length === others.length
    && runs.every((run, i) => run.every((part, k) => part === otherRuns[i][k]))
    && tokens.every((token, i) => token.length === others[i].length && isAdded(token) === isAdded(others[i])
      && token.every((part, k) => k === 1 || k === 2 || part === others[i][k]));
}

// Whether the bytes from start to end reach into one of the stretches, which are sorted and do not overlap.
function reachesInto(stretches, start, end) {
  let [low, high] = [0, stretches.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (stretches[middle][1] <= start) low = middle + 1;
    else high = middle;
  }
  return start < end && low < stretches.length && stretches[low][0] < end;
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// A column of the page. When its text changes, the boxes that look as before stay, and only the others are drawn.
class Column {
  constructor({ title, unit }) {
    this.card = make("section", "column");
    this.parts = { count: make("span", "count"), unit: make("span", "unit"), about: make("span"), rate: make("span"), bar: make("div") };
    this.flow = make("div", "flow");
    this.flow.tabIndex = 0;
    this.flow.setAttribute("role", "group");
    this.flow.setAttribute("aria-label", `What ${title} makes of the text; the arrow keys go from one to the next`);
    this.flow.addEventListener("scroll", () => { this.scrolled = this.flow.scrollTop; }, { passive: true });
    this.empty = make("span", "empty", `no ${unit}s`);
    const [head, about, meter] = ["head", "about", "meter"].map((name) => make("div", name));
    head.title = title;
    head.append(make("span", "title", title), this.parts.count, this.parts.unit);
    about.append(this.parts.about, this.parts.rate);
    meter.append(this.parts.bar);
    this.card.append(head, about, meter, this.flow);
    this.content = { groups: [] };
    this.drawn = []; // nodes and boxes of the first groups
    this.scrolled = 0;
  }

  get boxes() {
    return this.drawn.flatMap((group) => group.boxes);
  }

  get unfinished() {
    return this.drawn.length < this.content.groups.length;
  }

  show(data, content) {
    const [before, after] = [this.content.groups, content.groups];
    const most = Math.min(before.length, after.length);
    let same = 0;
    while (same < Math.min(most, this.drawn.length) && alike(before[same], after[same])) same += 1;
    let behind = 0;
    while (behind < most - same && alike(before.at(-1 - behind), after.at(-1 - behind))) behind += 1;
    const between = after.length - behind - same;
    const kept = this.drawn.splice(between > THEN ? this.drawn.length : before.length - behind);
    for (const { nodes } of this.drawn.splice(same)) for (const node of nodes) node.remove();
    [this.data, this.content] = [data, content];
    this.showHead();
    if (kept.length) {
      this.append(between, kept[0].nodes[0]);
      this.drawn.push(...kept);
      this.dress();
    } else {
      this.drawMore(this.scrolled ? Infinity : Math.max(AT_FIRST - this.boxes.length, AT_LEAST));
      if (this.scrolled) this.flow.scrollTop = this.scrolled;
    }
    if (after.length) this.empty.remove();
    else this.flow.append(this.empty);
  }

  showHead() {
    const { title, tokens, unit, about, perToken } = this.content;
    this.card.setAttribute("aria-label", `${title}: ${tokens} ${unit}s`);
    write(this.parts.count, tokens.toLocaleString("en"));
    write(this.parts.unit, tokens === 1 ? unit : unit + "s");
    write(this.parts.about, about);
    write(this.parts.rate, `${perToken} characters per ${unit}`);
    this.parts.about.parentElement.title = about; // the line may be cut short
    this.parts.bar.style.width = `${100 * tokens / Math.max(...this.data.columns.map((other) => other.tokens), 1)}%`;
  }

  // Draw the next groups, in front of `place` or at the end.
  append(count, place = null) {
    const piece = document.createDocumentFragment();
    for (const group of this.content.groups.slice(this.drawn.length, this.drawn.length + count)) {
      this.drawn.push(drawGroup(this.data, group));
      piece.append(...this.drawn.at(-1).nodes);
    }
    this.flow.insertBefore(piece, place);
  }

  // Draw so many more tokens, up to the end of a group; true when some are left.
  drawMore(tokens) {
    let count = 0;
    for (const [, made] of this.content.groups.slice(this.drawn.length)) {
      if (tokens <= 0) break;
      tokens -= made.length;
      count += 1;
    }
    this.append(count);
    this.dress();
    return this.unfinished;
  }

  // Give every box its token, its colour and its ring. Boxes that stayed keep their colour; neighbours differ.
  dress() {
    const { boxes, content, data } = this;
    const tokens = content.groups.slice(0, this.drawn.length).flatMap((group) => group[1]);
    let hue = -1;
    boxes.forEach((box, i) => {
      const next = (hue + 1) % HUES;
      if (box.hue === undefined || box.hue === hue) hue = next === boxes[i + 1]?.hue ? (hue + 2) % HUES : next;
      else hue = box.hue;
      Object.assign(box, { token: tokens[i], column: content, flow: this.flow, number: content.first + i });
      dress(box, hue, reachesInto(data.differing, tokens[i][1], tokens[i][2]));
    });
  }
}
