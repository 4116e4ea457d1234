import { join } from 'node:path'
import { TidemarkError } from '../../../core/errors/base.ts'
import { AnchorRefused, AnchorUnavailable } from '../../../core/errors/integrity.ts'
import { codeOf } from '../../../core/files/durable-files.ts'
import { verifyConsistency } from '../../merkle/consistency.ts'
import { sameHash } from '../../merkle/hash.ts'
import { headIn } from '../../notes/head-text.ts'
import type { Anchor } from '../anchor.ts'
import type { TreeHead } from '../head.ts'
import { type KeptNote, noteFolder } from '../note-folder.ts'
import { originHash } from '../origin-hash.ts'

const ATTEMPTS = 20

/**
 * Keeps heads in a folder, best on another machine or a medium that can only be written once: one file for each head, the
 * newest 1,000, in a subfolder for each origin. Any number of processes may publish to it: it keeps only heads that
 * extend the one before.
 *
 * @param folder absolute, or relative to the current folder; created when it is needed
 */
export function fileAnchor(folder: string): Anchor {
  const name = `file ${folder}`
  const notesOf = (origin: string) => noteFolder(join(folder, originHash(origin)))
  const tried = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (cause) {
      if (cause instanceof TidemarkError) throw cause
      throw new AnchorUnavailable(`${name}: ${codeOf(cause) || 'its newest note cannot be read'}`, { cause })
    }
  }
  return {
    name,
    latest: (origin) => tried(async () => (await notesOf(origin).newest())?.text),
    publish: (note, prove) =>
      tried(async () => {
        const head = headIn(note)
        const notes = notesOf(head.origin)
        for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
          const kept = await notes.newest()
          if (kept !== undefined) {
            const before = headOf(name, kept)
            assertFollows(name, before, head)
            if (before.size === head.size) return note
            const path = await prove(before.size)
            if (!verifyConsistency(before.size, head.size, path, before.root, head.root)) throw refused(name, before)
          }
          if (await notes.add(kept?.number ?? 0, note)) return note
        }
        throw new AnchorUnavailable(`${name}: others published ${ATTEMPTS} heads meanwhile`)
      }),
  }
}

function headOf(name: string, { text }: KeptNote): TreeHead {
  try {
    return headIn(text)
  } catch (cause) {
    throw new AnchorUnavailable(`${name}: its newest note is damaged`, { cause })
  }
}

function assertFollows(name: string, before: TreeHead, head: TreeHead): void {
  if (before.origin !== head.origin) throw new AnchorUnavailable(`${name}: it keeps the head of another chain`)
  if (before.size > head.size) throw new AnchorRefused(`${name}: it keeps a larger head of ${before.size}`, before.size)
  if (before.size === head.size && !sameHash(before.root, head.root)) throw refused(name, before)
}

const refused = (name: string, { size }: TreeHead) =>
  new AnchorRefused(`${name}: the head contradicts the one of size ${size} that it keeps`, size)
