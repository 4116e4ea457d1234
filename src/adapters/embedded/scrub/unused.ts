// SQLite's file format for the pages of a database: https://sqlite.org/fileformat2.html

const INTERIOR_INDEX = 2
const INTERIOR_TABLE = 5
const LEAF_INDEX = 10
const LEAF_TABLE = 13

/** The part of a page, from `start` up to `end`. */
type Part = { readonly start: number; readonly end: number }

// The first page begins with the header of the file.
const headerAt = (pageNumber: number): number => (pageNumber === 1 ? 100 : 0)

/** Whether a page of a b-tree points to others. */
export function isInterior(page: Buffer, pageNumber: number): boolean {
  const type = page[headerAt(pageNumber)]
  return type === INTERIOR_INDEX || type === INTERIOR_TABLE
}

/** The pages that an interior page points to. */
export function childrenOf(page: Buffer, pageNumber: number): number[] {
  const header = headerAt(pageNumber)
  const children = [page.readUInt32BE(header + 8)]
  for (let i = 0; i < page.readUInt16BE(header + 3); i++) {
    children.push(page.readUInt32BE(page.readUInt16BE(header + 12 + 2 * i)))
  }
  return children
}

/**
 * The unused parts of a page of a b-tree: between the pointers to its cells and the cells, and the insides of free
 * blocks. A malformed page has none.
 *
 * @param usable the number of bytes of the page that SQLite uses
 */
export function unusedParts(page: Buffer, pageNumber: number, usable: number): Part[] {
  const header = headerAt(pageNumber)
  const type = page[header]
  const isLeaf = type === LEAF_INDEX || type === LEAF_TABLE
  if (!isLeaf && !isInterior(page, pageNumber)) return []
  const start = header + (isLeaf ? 8 : 12) + 2 * page.readUInt16BE(header + 3)
  // 0 means 65,536.
  const end = page.readUInt16BE(header + 5) || 65_536
  if (start > end || end > usable) return []
  const parts: Part[] = [{ start, end }]
  let previous = end - 1
  for (let block = page.readUInt16BE(header + 1); block !== 0; ) {
    if (block <= previous || block + 4 > usable) return []
    const [next, size] = [page.readUInt16BE(block), page.readUInt16BE(block + 2)]
    if (size < 4 || block + size > usable) return []
    parts.push({ start: block + 4, end: block + size })
    previous = block + size - 1
    block = next
  }
  return parts
}
