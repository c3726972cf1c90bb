"""The guessing game as one page of its own: it opens in any browser, without a network and without the lab.

Questions one by one in large letters; a click on an answer is the guess, then the bars grow. Arrow keys go on and back.
The page's script inserts all words as text, never as markup.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from core.words.guess import Question, reading

_STYLE = """
:root { --paper: #FCFBF8; --ink: #1C2430; --line: #DCD9CF; --bar: #0072B2; --guess: #E69F00; color-scheme: light dark; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #12161C; --ink: #E8EAED; --line: #333B45; --bar: #56B4E9; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: flex; flex-direction: column; background: var(--paper); color: var(--ink);
  font: 1.4rem/1.4 "Source Sans 3", "Source Sans Pro", Helvetica, Arial, sans-serif; padding: 4vh 6vw; }
h1 { font-size: clamp(2rem, 5vw, 4rem); line-height: 1.15; margin: 0 0 3vh; overflow-wrap: anywhere; }
button { font: inherit; color: inherit; background: none; border: 2px solid var(--line); border-radius: .6rem;
  padding: .5rem 1rem; cursor: pointer; text-align: left; }
button:hover, button:focus-visible { border-color: var(--bar); outline: none; }
.answer { display: grid; grid-template-columns: minmax(6rem, 22vw) 1fr 6rem; gap: 1.5rem; align-items: center;
  width: 100%; margin: 0 0 1.4vh; font-size: clamp(1.3rem, 2.6vw, 2.2rem); border-color: transparent; }
.track { height: 2.2rem; border-radius: .4rem; background: color-mix(in srgb, var(--ink) 14%, transparent); }
.bar { height: 100%; width: 0; border-radius: .4rem; background: var(--bar); transition: width .7s ease-out; }
.guess .bar { background: var(--guess); }
.guess > :first-child::after { content: " (your guess)"; font-size: .6em; }
.best > :first-child { font-weight: 700; }
p { min-height: 3em; font-size: 1.5rem; }
nav { margin-top: auto; display: flex; gap: 1rem; align-items: center; font-size: 1.1rem; }
small { opacity: .7; margin-left: auto; text-align: right; }
"""

_SCRIPT = """
const questions = JSON.parse(document.getElementById("questions").textContent);
let at = 0, guess = null;
const element = (tag, name, text) => Object.assign(document.createElement(tag), { className: name, textContent: text });
function draw() {
  const question = questions[at], most = Math.max(...question.values, 0.01);
  const best = question.values.indexOf(Math.max(...question.values));
  document.querySelector("h1").textContent = question.asked;
  document.getElementById("position").textContent = `${at + 1} of ${questions.length}`;
  const list = document.getElementById("answers");
  list.replaceChildren();
  question.options.forEach((option, i) => {
    const row = element("button", "answer", "");
    const track = element("div", "track", ""), bar = element("div", "bar", "");
    track.append(bar);
    const number = guess === null ? "?" : question.values[i].toFixed(3);
    row.append(element("span", "", option), track, element("span", "", number));
    if (guess === i) row.classList.add("guess");
    if (guess !== null && i === best) row.classList.add("best");
    row.onclick = () => { guess = i; draw(); };
    list.append(row);
    if (guess !== null) requestAnimationFrame(() => requestAnimationFrame(() => {
      bar.style.width = `${Math.max(0, 100 * question.values[i] / most)}%`; }));
  });
  document.querySelector("p").textContent = guess === null ? "What do you expect?"
    : (guess === best ? "Right: " : "Not so: ") + `it is ${question.options[best]}. ${question.reading}`;
}
function go(step) { at = (at + step + questions.length) % questions.length; guess = null; draw(); }
document.getElementById("back").onclick = () => go(-1);
document.getElementById("on").onclick = () => go(1);
addEventListener("keydown", event => {
  if (event.key === "ArrowRight" || event.key === "PageDown") go(1);
  if (event.key === "ArrowLeft" || event.key === "PageUp") go(-1);
});
draw();
"""


def page(questions: Sequence[Question], values: Sequence[Sequence[float]], vectors_title: str) -> str:
    """The page as HTML. `values`: for each question the cosine of each answer, from `core.words.guess.answer`."""
    rows: list[dict[str, Any]] = [
        {
            "asked": question.asked,
            "options": list(question.options),
            "values": [float(value) for value in numbers],
            "reading": reading(question, numbers),
        }
        for question, numbers in zip(questions, values, strict=True)
    ]
    # "<" is written as an escape, so that no word can end the script element that holds the data.
    data, title = (json.dumps(part, ensure_ascii=False).replace("<", "\\u003c") for part in (rows, vectors_title))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Guess first</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body><h1></h1>'
        '<main id="answers"></main><p role="status"></p><nav><button id="back">Back</button>'
        '<button id="on">Next</button><span id="position"></span><small>cosines; higher is nearer. Vectors: '
        '<span id="vectors"></span></small></nav>'
        f'<script type="application/json" id="questions">{data}</script>'
        f"<script>document.getElementById('vectors').textContent = {title};{_SCRIPT}</script></body></html>"
    )
