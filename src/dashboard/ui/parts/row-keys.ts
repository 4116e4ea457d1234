/** In a table whose rows are links, the arrow keys, Home and End go from link to link. */
export function moveBetweenRows(event: KeyboardEvent): void {
  const table = event.currentTarget as HTMLElement
  const links = [...table.querySelectorAll<HTMLElement>('tbody th a')]
  const at = links.indexOf(document.activeElement as HTMLElement)
  if (at < 0) return
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: links.length - 1 }[event.key]
  const link = to === undefined ? undefined : links[to]
  if (link === undefined) return
  event.preventDefault()
  link.focus()
}
