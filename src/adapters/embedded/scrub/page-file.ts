import { fstatSync, fsyncSync, readSync, writeSync } from 'node:fs'
import { childrenOf, isInterior, unusedParts } from './unused.ts'

// The maximum page size.
const ZEROS = Buffer.alloc(65_536)

/**
 * The pages of a database file, bypassing SQLite. Use it only while no connection writes to the file: inside a write
 * transaction, when the write-ahead log is empty.
 */
export class PageFile {
  readonly #file: number
  readonly #size: number
  readonly #usable: number
  readonly pageCount: number

  /** @param file a descriptor of the database file, for reading and writing */
  constructor(file: number) {
    this.#file = file
    const header = Buffer.alloc(100)
    readSync(file, header, 0, 100, 0)
    this.#size = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16)
    this.#usable = this.#size - header.readUInt8(20)
    this.pageCount = Math.floor(fstatSync(file).size / this.#size)
  }

  /**
   * Which pages belong to trees and which are free. Any other page contains the rest of a long row, from its first byte
   * to its last.
   *
   * @param roots the first pages of all trees
   */
  kinds(roots: readonly number[]): PageKinds {
    const kinds = new Uint8Array(this.pageCount + 1)
    let level = [1, ...roots]
    // All leaves of a tree are on one level, but not those of all trees.
    while (level.length > 0) {
      const next: number[] = []
      for (const root of level) next.push(...this.#walk(root, kinds))
      level = next
    }
    this.#walkFree(kinds)
    return kinds
  }

  /** Overwrites the leftovers in a page. @returns whether there were any */
  clean(pageNumber: number, kind: PageKind): boolean {
    const page = this.#read(pageNumber)
    const parts =
      kind === TREE
        ? unusedParts(page, pageNumber, this.#usable)
        : [{ start: kind === FREE_TRUNK ? 8 + 4 * page.readUInt32BE(4) : 0, end: this.#size }]
    let found = false
    for (const { start, end } of parts) {
      if (start >= end || page.compare(ZEROS, 0, end - start, start, end) === 0) continue
      found = true
      writeSync(this.#file, ZEROS, 0, end - start, this.#at(pageNumber) + start)
    }
    return found
  }

  sync(): void {
    fsyncSync(this.#file)
  }

  /**
   * Records a page of a tree and, if it is a leaf's parent, the leaves. @returns the pages that are still to be visited
   */
  #walk(pageNumber: number, kinds: PageKinds): number[] {
    if (pageNumber > this.pageCount || kinds[pageNumber] !== UNKNOWN) return []
    kinds[pageNumber] = TREE
    const page = this.#read(pageNumber)
    if (!isInterior(page, pageNumber)) return []
    const children = childrenOf(page, pageNumber)
    // One check is enough for all of them.
    const first = children[0] as number
    if (isInterior(this.#read(first), first)) return children
    for (const leaf of children) kinds[leaf] = TREE
    return []
  }

  #walkFree(kinds: PageKinds): void {
    const header = Buffer.alloc(4)
    readSync(this.#file, header, 0, 4, 32)
    for (let trunk = header.readUInt32BE(0); trunk !== 0 && kinds[trunk] === UNKNOWN; ) {
      kinds[trunk] = FREE_TRUNK
      const page = this.#read(trunk)
      for (let i = 0; i < page.readUInt32BE(4); i++) kinds[page.readUInt32BE(8 + 4 * i)] = FREE_LEAF
      trunk = page.readUInt32BE(0)
    }
  }

  #read(pageNumber: number): Buffer {
    const page = Buffer.allocUnsafe(this.#size)
    const count = readSync(this.#file, page, 0, this.#size, this.#at(pageNumber))
    return page.fill(0, count)
  }

  #at(pageNumber: number): number {
    return (pageNumber - 1) * this.#size
  }
}

/** The purpose of a page. */
export type PageKind = typeof UNKNOWN | typeof TREE | typeof FREE_TRUNK | typeof FREE_LEAF

/** A {@link PageKind} by page number. */
export type PageKinds = Uint8Array

export const UNKNOWN = 0
const TREE = 1
const FREE_TRUNK = 2
const FREE_LEAF = 3
