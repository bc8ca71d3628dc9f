/** The element of a list that shows a row of it. */
export interface RowElement {
  readonly element: number
  readonly row: number
}

/** The elements of a list of which only some rows are in view. */
export interface RowElements {
  /**
   * The elements that show these rows, in the order in which they stand in the page.
   *
   * @param isAtRest whether they have to stand in the order of the rows, for whoever reads or walks through them
   */
  show(rows: readonly number[], isAtRest: boolean): readonly RowElement[]
}

/** Lets the elements of rows that left the view show those that came into it: changing texts takes less than making elements. */
export function openRowElements(): RowElements {
  let shown: readonly RowElement[] = []
  let made = 0
  return {
    show(rows, isAtRest) {
      const wanted = new Set(rows)
      const staying = new Set(shown.flatMap(({ row }) => (wanted.has(row) ? [row] : [])))
      const coming = rows.filter((row) => !staying.has(row))
      const kept = shown.flatMap((each): RowElement[] => {
        if (staying.has(each.row)) return [each]
        const row = coming.shift()
        return row === undefined ? [] : [{ element: each.element, row }]
      })
      shown = [...kept, ...coming.map((row) => ({ element: made++, row }))]
      // Moving an element costs as much as making one, so it is not done while somebody scrolls.
      if (isAtRest) shown = shown.toSorted((a, b) => a.row - b.row)
      return shown
    },
  }
}
