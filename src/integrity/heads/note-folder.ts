import { readdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import {
  codeOf,
  createDurably,
  createFolder,
  ignoreMissing,
  readWhole,
  syncFolder,
} from '../../core/files/durable-files.ts'

/** A note in a folder. */
export type KeptNote = {
  /** It counts the notes of the folder, from 1. */
  readonly number: number
  readonly text: string
}

/** Notes in a folder, one file each, of which the newest counts. Any number of processes may use one folder. */
export type NoteFolder = {
  /** The newest note, or undefined if there is none. */
  newest(): Promise<KeptNote | undefined>
  /**
   * Adds a note after another one, durably.
   *
   * @param after the number of the note that was the newest when the new one was checked; 0 if there was none
   * @returns false if that one is not the newest any more: nothing is kept then
   */
  add(after: number, text: string): Promise<boolean>
}

const NAME = /^(\d{12})\.note$/
const nameOf = (number: number): string => `${String(number).padStart(12, '0')}.note`

// Older notes say nothing that the newest does not commit to.
const KEPT = 1_000

// Everybody may read heads.
const MODE = 0o644

/** @param folder it is created with the first note */
export function noteFolder(folder: string): NoteFolder {
  async function numbers(): Promise<readonly number[]> {
    const names = await readdir(folder).catch(ignoreMissing)
    return (names ?? []).flatMap((name) => NAME.exec(name)?.[1] ?? []).map(Number)
  }

  async function newest(): Promise<KeptNote | undefined> {
    for (;;) {
      const number = largestOf(await numbers())
      if (number === 0) return undefined
      const bytes = await readWhole(join(folder, nameOf(number)))
      // It may have been removed meanwhile, as one of many older ones.
      if (bytes !== undefined) return { number, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
    }
  }

  return {
    newest,
    async add(after, text) {
      const created = await createFolder(folder)
      if (created !== undefined) await syncFolder(dirname(created))
      const number = after + 1
      try {
        await createDurably(join(folder, nameOf(number)), text, MODE)
      } catch (error) {
        if (codeOf(error) === 'EEXIST') return false
        throw error
      }
      const present = await numbers()
      // A writer that was away for very long may have used the number of a note that has been removed.
      if (largestOf(present) !== number) return false
      // What cannot be removed does no harm.
      const old = present.filter((other) => other <= number - KEPT)
      await Promise.all(old.map((other) => rm(join(folder, nameOf(other)), { force: true }).catch(() => {})))
      return true
    },
  }
}

const largestOf = (numbers: readonly number[]): number => numbers.reduce((most, number) => Math.max(most, number), 0)
