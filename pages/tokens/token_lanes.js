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
    for (const group of column.groups) {
      const [runs, tokens] = group;
      const inked = runs.length && runs[0][0] === "space" && runs.length > 1 ? tokens[0][1] + 1 : tokens[0][1];
      const [first, last] = [cellOf(inked), cellOf(Math.max(tokens.at(-1)[2] - 1, inked))];
      if (!place || first > place.last) {
        place = { first, last, element: make("div", "lane-cell") };
        place.element.style.gridRow = row + 1;
        grid.append(place.element);
      }
      place.last = Math.max(place.last, last);
      place.element.style.gridColumn = `${place.first + 2} / ${place.last + 3}`;
      const drawn = drawGroup(data, group);
      for (const [i, box] of drawn.boxes.entries()) {
        Object.assign(box, { token: tokens[i], column, flow: grid, number });
        dress(box, number % HUES, false);
        boxes.push(box);
        number += 1;
      }
      place.element.append(drawn.nodes[0]);
    }
  });
  return grid;
}
