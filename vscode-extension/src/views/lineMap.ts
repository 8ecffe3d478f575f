// Lines of a text that was made from a source, and the lines of the source that they come from.

/** Pairs [line of the text, line of the source], both from 0, in order of the text. */
export type LinePairs = readonly (readonly [number, number])[];

export class LineMap {
  private readonly bySource: LinePairs;

  constructor(private readonly pairs: LinePairs) {
    this.bySource = [...pairs].sort((a, b) => a[1] - b[1] || a[0] - b[0]);
  }

  /** The source's line that the text's line comes from; that of the nearest known line above where it is not known. */
  toSource(line: number): number {
    return nearest(this.pairs, 0, line)?.[1] ?? 0;
  }

  /** The text's line that shows the source's line, or the nearest one above that does. */
  fromSource(line: number): number {
    return nearest(this.bySource, 1, line)?.[0] ?? 0;
  }
}

/** The last pair whose `side` is not beyond `line`, else the first one. */
function nearest(pairs: LinePairs, side: 0 | 1, line: number): readonly [number, number] | undefined {
  let low = 0;
  let high = pairs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const pair = pairs[middle];
    if (pair !== undefined && pair[side] <= line) low = middle + 1;
    else high = middle;
  }
  return pairs[low - 1] ?? pairs[0];
}
