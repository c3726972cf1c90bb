// What the parts of a map share within one browser window: arrays by key, each sent once, and the maps that show them.
window.TextLabMaps ??= { kept: new Map(), views: new Map(), maps: new Set() };
const shared = window.TextLabMaps;
const MOST_KEPT = 24;

// 4 bytes of length, a header in JSON, and the rest, which is copied only when it is asked for.
function unpack(bytes) {
  const raw = bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
  const length = new DataView(raw.buffer, raw.byteOffset, 4).getUint32(0, true);
  return { header: JSON.parse(new TextDecoder().decode(raw.subarray(4, 4 + length))), body: () => raw.slice(4 + length) };
}

const READ = { float32: (body) => new Float32Array(body.buffer), uint8: (body) => body, json: (body) => JSON.parse(new TextDecoder().decode(body)) };

function keep(key, value) {
  shared.kept.delete(key);
  shared.kept.set(key, value);
  if (shared.kept.size > MOST_KEPT) shared.kept.delete(shared.kept.keys().next().value);
}

function living() { // the maps that are on the page now
  for (const map of shared.maps) if (!map.host.isConnected) shared.maps.delete(map);
  return shared.maps;
}

// A selection is one byte for each document. It travels as "i" and uint32 numbers or "b" and bits, whichever is shorter.
function readSelection(raw, total) {
  const mask = new Uint8Array(total);
  if (raw[0] === 105) for (const row of new Uint32Array(raw.slice(1).buffer)) mask[row] = 1;
  else for (let row = 0; row < total; row++) mask[row] = (raw[1 + (row >> 3)] >> (row & 7)) & 1;
  return mask;
}

function writeSelection(mask, count) {
  let raw;
  if (count * 4 <= (mask.length + 7) >> 3) {
    const rows = new Uint32Array(count);
    for (let row = 0, at = 0; row < mask.length; row++) if (mask[row]) rows[at++] = row;
    raw = new Uint8Array(1 + rows.byteLength);
    raw[0] = 105; raw.set(new Uint8Array(rows.buffer), 1);
  } else {
    raw = new Uint8Array(1 + ((mask.length + 7) >> 3));
    raw[0] = 98;
    for (let row = 0; row < mask.length; row++) raw[1 + (row >> 3)] |= mask[row] << (row & 7);
  }
  let text = "";
  for (let at = 0; at < raw.length; at += 32768) text += String.fromCharCode(...raw.subarray(at, at + 32768));
  return btoa(text);
}

function tally(mask) {
  let count = 0;
  for (let row = 0; row < mask.length; row++) count += mask[row];
  return count;
}
