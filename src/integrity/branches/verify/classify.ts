import { parseSeal } from '../../seals/seal.ts'
import type { Sealable } from '../../seals/sealable.ts'
import { type BranchEntry, digestOf, marksOf, reachedBy } from '../entry.ts'

/**
 * How a document compares with what a branch says of it: as it was, or moved on by further events, which only computing
 * it again can check. `changed`: it differs although no event was folded since, or it went back.
 */
export type Comparison = 'unchanged' | 'movedOn' | 'changed'

/** Compares a document with its entry. @param salt that of the page of the entry */
export function classify([, digest, marks, reached]: BranchEntry, document: Sealable, salt: string): Comparison {
  try {
    const salts = [parseSeal(document.seal)?.salt, salt]
    // A document may have got its seal after the branch.
    if (salts.some((one) => one !== undefined && digestOf(document.content, one) === digest)) return 'unchanged'
    // Events that wait in a parked view are folded one by one, and its tidemarks move when all are.
    if (document.rest.parked !== undefined) return 'movedOn'
    // Encryption of the same state differs each time, and a later snapshot can be overwritten by an earlier one.
    if (document.kind === 'snapshot' && (document.rest.sealed === true || marksOf(document) !== marks)) return 'movedOn'
    return reachedBy(document) < reached || marksOf(document) === marks ? 'changed' : 'movedOn'
  } catch {
    // What is not JSON was not saved.
    return 'changed'
  }
}
