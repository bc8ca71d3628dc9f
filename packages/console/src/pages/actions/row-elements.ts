/** The element of a list that shows a row of it. */
export interface RowElement {
  readonly element: number
  readonly row: number
}

/** The elements of a list of which only some rows are in view. */
export interface RowElements {
  /**
   * The elements that show these rows, in the rows' order.
   *
   * @param isHeld whether rows that stay must keep their elements, since somebody works in one
   */
  show(rows: readonly number[], isHeld: boolean): readonly RowElement[]
}

/**
 * Lets elements that are there show the rows that come into view: changing texts takes less than making elements.
 *
 * A few rows that come are shown by the elements of those that left, which are moved past the others. Moving an element costs as much
 * as making one, so where many come, each element stays where it is and shows whatever is now its row.
 */
export function openRowElements(): RowElements {
  let shown: readonly RowElement[] = []
  let made = 0
  return {
    show(rows, isHeld) {
      const wanted = new Set(rows)
      const staying = new Map(shown.flatMap(({ row, element }) => (wanted.has(row) ? [[row, element]] : [])))
      const mayMove = isHeld || (rows.length - staying.size) * 4 <= rows.length
      const free = mayMove ? shown.filter(({ row }) => !wanted.has(row)) : [...shown]
      shown = rows.map((row) => ({
        row,
        element: (mayMove ? staying.get(row) : undefined) ?? free.shift()?.element ?? made++,
      }))
      return shown
    },
  }
}
