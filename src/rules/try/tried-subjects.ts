import type { StoragePort } from '../../core/port/storage.ts'
import { subjectStream } from '../subjects/subject-stream.ts'
import { createOverlay, type Overlay } from './overlay.ts'
import { type SubjectHistory, subjectHistory } from './subject-history.ts'

/** A subject of a trial. */
export type TriedSubject = { readonly history: SubjectHistory; readonly overlay: Overlay }

/** The subjects of a trial. */
export type TriedSubjects = { get(id: string): TriedSubject }

// Those that are as in the log can be read again.
const MOST = 1_000

/** Creates the subjects of a trial: of those that are as they were in the log, only the last ones are kept. */
export function triedSubjects(storage: StoragePort): TriedSubjects {
  const changed = new Map<string, TriedSubject>()
  const recent = new Map<string, TriedSubject>()

  function makeRoom(): void {
    if (recent.size < MOST) return
    const [oldest] = recent
    if (oldest === undefined) return
    const [id, subject] = oldest
    recent.delete(id)
    if (!subject.overlay.isEmpty) changed.set(id, subject)
  }

  return {
    get(id) {
      const known = recent.get(id) ?? changed.get(id)
      if (known === undefined) makeRoom()
      const subject = known ?? { history: subjectHistory(storage, subjectStream(id)), overlay: createOverlay() }
      if (!changed.has(id)) {
        recent.delete(id)
        recent.set(id, subject)
      }
      return subject
    },
  }
}
