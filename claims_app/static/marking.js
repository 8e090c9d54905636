/* Places in the text: from what is selected on the page to code points of the stored text, and back.
   A paragraph says where it begins (data-begins); what carries data-skip is on the page but not in the text. */

const BREAK = 2; // code points between two paragraphs

/* A word, with what belongs to it: 1.58, כ-40, ארה"ב, $3.7bn, 40%; and a sign that is one thing to the eye. */
const WORDS = new RegExp(
  "[$€£₪#@&]*[\\p{L}\\p{N}\\p{M}_]+(?:['\"’”׳״.,:/&+\\-־–][\\p{L}\\p{N}\\p{M}_]+)*[%‰׳]?"
  + "|\\p{Regional_Indicator}{2}"
  + "|\\p{Extended_Pictographic}[\\u{1f3fb}-\\u{1f3ff}\\u200d\\ufe0f\\p{Extended_Pictographic}]*", "gu");

/** How many code points a string has. */
export function countPoints(text) {
  let number = 0;
  for (const _ of text) number += 1;
  return number;
}

/* How many UTF-16 units the first code points of a string take. */
function countUnits(text, points) {
  let units = 0;
  for (const character of text) {
    if (points === 0) break;
    units += character.length;
    points -= 1;
  }
  return units;
}

function textNodes(paragraph) {
  const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, {
    acceptNode: (node) => {
      if (node.nodeType === Node.TEXT_NODE) return NodeFilter.FILTER_ACCEPT;
      return node.hasAttribute("data-skip") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_SKIP;
    },
  });
  const nodes = [];
  while (walker.nextNode()) nodes.push(walker.currentNode);
  return nodes;
}

/* How many code points of the paragraph stand before a place in its DOM. */
function pointsBefore(paragraph, node, offset) {
  const range = document.createRange();
  range.selectNodeContents(paragraph);
  range.setEnd(node, offset);
  let points = 0;
  for (const piece of textNodes(paragraph)) {
    if (piece === node) return points + countPoints(piece.data.slice(0, offset));
    if (range.comparePoint(piece, 0) > 0) break;
    points += countPoints(piece.data);
  }
  return points;
}

/** The text of a galley as it is stored, and the way between it and the page. */
export class Galley {
  constructor(element) {
    this.paragraphs = [...element.querySelectorAll("[data-begins]")].map((node) => {
      const words = textNodes(node).map((piece) => piece.data).join("");
      const begins = Number(node.dataset.begins);
      return { node, words, begins, ends: begins + countPoints(words) };
    });
    this.words = this.paragraphs.flatMap(({ words, begins }) => [...words.matchAll(WORDS)].map((found) => {
      const first = begins + countPoints(words.slice(0, found.index));
      return { begins: first, ends: first + countPoints(found[0]) };
    }));
  }

  /** The words between two places, paragraphs parted as they are stored. */
  read(begins, ends) {
    return this.paragraphs
      .filter((one) => one.begins < ends && begins < one.ends)
      .map((one) => [...one.words].slice(Math.max(0, begins - one.begins), ends - one.begins).join(""))
      .join("\n".repeat(BREAK));
  }

  /** What is selected on the page, or null where none of it is text. */
  selected() {
    const selection = window.getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    const touched = this.paragraphs.filter(({ node }) => range.intersectsNode(node));
    if (!touched.length) return null;
    const [first, last] = [touched[0], touched[touched.length - 1]];
    const begins = first.node.contains(range.startContainer)
      ? first.begins + pointsBefore(first.node, range.startContainer, range.startOffset) : first.begins;
    const ends = last.node.contains(range.endContainer)
      ? last.begins + pointsBefore(last.node, range.endContainer, range.endOffset) : last.ends;
    return this.snap(begins, ends);
  }

  /** Whole words: what is cut is taken whole, blanks at the ends are left out. Null where there is no word. */
  snap(begins, ends) {
    const inside = this.words.filter((word) => word.begins < ends && begins < word.ends);
    if (!inside.length) return null;
    const [first, last] = [inside[0], inside[inside.length - 1]];
    // Marks before the first and after the last word were chosen by hand, and stay; blanks do not.
    const before = this.read(begins, first.begins);
    const after = this.read(last.ends, ends);
    return {
      begins: begins < first.begins ? begins + countPoints(before) - countPoints(before.trimStart()) : first.begins,
      ends: ends > last.ends ? last.ends + countPoints(after.trimEnd()) : last.ends,
    };
  }

  /** The words of a stretch without the stop that ends it. */
  withoutStop(begins, ends) {
    const [stop] = /[.!?…]*$/u.exec(this.read(begins, ends));
    return this.snap(begins, ends - countPoints(stop));
  }

  /** The sentence that a place stands in, or the one after it. */
  sentenceAt(place) {
    for (const { node } of this.paragraphs) {
      const edges = node.dataset.sentences.split(" ").filter(Boolean).map(Number);
      for (let at = 0; at < edges.length; at += 2) {
        if (place < edges[at + 1]) return { begins: edges[at], ends: edges[at + 1] };
      }
    }
    return null;
  }

  /* Where a code point stands on the page; one at the edge of two pieces belongs to the earlier one as an end. */
  place(point, isEnd) {
    const paragraph = this.paragraphs.find((one) => point <= one.ends) ?? this.paragraphs[this.paragraphs.length - 1];
    let left = Math.max(0, point - paragraph.begins);
    const nodes = textNodes(paragraph.node);
    for (const node of nodes) {
      const length = countPoints(node.data);
      if (left < length || (isEnd && left === length)) return [node, countUnits(node.data, left)];
      left -= length;
    }
    const last = nodes[nodes.length - 1];
    return [last, last.data.length];
  }

  /** The stretch of the page where these words stand. */
  range({ begins, ends }) {
    const range = document.createRange();
    range.setStart(...this.place(begins, false));
    range.setEnd(...this.place(ends, true));
    return range;
  }

  /** Where an element of the text begins and ends. */
  spanOf(element) {
    const { node, begins } = this.paragraphs.find((one) => one.node.contains(element));
    const range = document.createRange();
    range.selectNode(element);
    return {
      begins: begins + pointsBefore(node, range.startContainer, range.startOffset),
      ends: begins + pointsBefore(node, range.endContainer, range.endOffset),
    };
  }

  /** The words with one of their ends a word further on, or back; at least one word is left. */
  walk({ begins, ends }, edge, step) {
    if (edge === "ends") {
      const next = step > 0 ? this.words.find((word) => word.ends > ends)
        : this.words.findLast((word) => word.ends < ends && word.ends > begins);
      return { begins, ends: next ? next.ends : ends };
    }
    const next = step > 0 ? this.words.find((word) => word.begins > begins && word.begins < ends)
      : this.words.findLast((word) => word.begins < begins);
    return { begins: next ? next.begins : begins, ends };
  }
}
