// The words of an hour's turns: where they stand in the source, and which of them are selected.
// Offsets are code points of the canonical text; the numbers of marks (sup) are no part of it.
export const column = () => document.getElementById("column");
export const said = (turn) => turn.querySelector(".said");
const points = (text) => [...text].length;

// Text nodes of a turn, without the numbers of its marks.
function nodesOf(paragraph) {
  const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT, {
    acceptNode: (node) => (node.parentElement.closest("sup") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT),
  });
  const found = [];
  while (walker.nextNode()) found.push(walker.currentNode);
  return found;
}

// UTF-16 place in a turn's text of a boundary point of a selection.
function placeIn(paragraph, container, offset) {
  const probe = document.createRange();
  probe.setStart(paragraph, 0);
  probe.setEnd(container, offset);
  let at = 0;
  for (const node of nodesOf(paragraph)) {
    if (node === container) return at + offset;
    if (probe.comparePoint(node, node.length) <= 0 && probe.comparePoint(node, 0) <= 0) at += node.length;
    else break;
  }
  return at;
}

export function wordsOf(text) {
  const found = [];
  for (const match of text.matchAll(/\S+/gu)) found.push([match.index, match.index + match[0].length]);
  return found;
}

// The first letter says which way the words run, as it does for the line itself (unicode-bidi: plaintext).
export function runsLeft(text) {
  const first = text.match(/\p{L}/u);
  return first !== null && /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u.test(first[0]);
}

export function plain(paragraph) {
  return nodesOf(paragraph).map((node) => node.data).join("");
}

// A stretch is widened to whole words, so that a hasty hand still marks what it meant.
function widened(text, from, to, side) {
  const words = wordsOf(text);
  if (side === "start") {
    const word = words.find(([, end]) => end > from);
    return word ? Math.min(word[0], text.length) : from;
  }
  const word = [...words].reverse().find(([start]) => start < to);
  return word ? word[1] : to;
}

export function fromSelection() {
  const selection = document.getSelection();
  if (!selection || selection.isCollapsed || selection.rangeCount === 0) return null;
  const range = selection.getRangeAt(0);
  const turnAt = (node) => (node.nodeType === Node.TEXT_NODE ? node.parentElement : node)?.closest?.("[data-turn]");
  const area = column();
  if (!area || !range.intersectsNode(area)) return null;
  const touched = [...area.querySelectorAll("[data-turn]")].filter((turn) => range.intersectsNode(said(turn)));
  if (touched.length === 0) return null;
  const first = touched[0];
  const last = touched[touched.length - 1];
  const firstText = plain(said(first));
  const lastText = plain(said(last));
  const begins = turnAt(range.startContainer) === first && said(first).contains(range.startContainer);
  const ends = turnAt(range.endContainer) === last && said(last).contains(range.endContainer);
  let from = begins ? placeIn(said(first), range.startContainer, range.startOffset) : 0;
  let to = ends ? placeIn(said(last), range.endContainer, range.endOffset) : lastText.length;
  if (to === 0 && touched.length > 1) return null;
  from = widened(firstText, from, to, "start");
  to = widened(lastText, from, to, "end");
  if (first === last && to <= from) return null;
  const start = Number(said(first).dataset.start) + points(firstText.slice(0, from));
  const end = Number(said(last).dataset.start) + points(lastText.slice(0, to));
  const quote =
    first === last
      ? firstText.slice(from, to)
      : [firstText.slice(from), ...touched.slice(1, -1).map((t) => plain(said(t))), lastText.slice(0, to)].join("\n");
  return { start, end, quote };
}

// The text node and place in it of a place in a paragraph.
export function boundary(paragraph, place) {
  let at = 0;
  const nodes = nodesOf(paragraph);
  for (const node of nodes) {
    if (place <= at + node.length) return [node, place - at];
    at += node.length;
  }
  const last = nodes[nodes.length - 1];
  return [last, last.length];
}
