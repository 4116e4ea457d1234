import type { Fingerprint, RuleName, Subject } from '../model/alert.ts'

/** The fingerprint of a rule and its subject: `RangeStalled/range/meter-overview:3 0-20000000`. */
export const fingerprintOf = (rule: RuleName, { kind, id }: Subject): Fingerprint => `${rule}/${kind}/${id}`
