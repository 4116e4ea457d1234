/**
 * Where a key leads from a cell of a map whose rows have `columns` cells.
 *
 * @returns the number of the cell; undefined if the key means nothing there
 */
export function movedTo(key: string, at: number, count: number, columns: number): number | undefined {
  const steps: { readonly [key: string]: number } = {
    ArrowLeft: at - 1,
    ArrowRight: at + 1,
    ArrowUp: at - columns,
    ArrowDown: at + columns,
    Home: 0,
    End: count - 1,
  }
  const to = steps[key]
  return to === undefined || to < 0 || to >= count ? undefined : to
}
