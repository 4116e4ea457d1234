import { durationText, nounText } from '../../words/amounts.ts'
import type { Thresholds } from '../thresholds.ts'
import { heldFor, type Rule } from './rule.ts'

/** The storage does not respond. While this alert is open, all other rules are unknown. */
export function storageUnavailable({ failedPings }: Thresholds): Rule {
  return {
    words: {
      rule: 'StorageUnavailable',
      description: 'The storage does not respond to pings.',
      fires: `${nounText(failedPings, 'ping')} in a row failed`,
      clears: '2 pings in a row succeeded',
      severity: 'critical',
    },
    holdFor: heldFor(0),
    observe({ snapshot: { storage } }) {
      const { ok, failed, error, kind } = storage
      const reading = ok === null ? 'unknown' : failed >= failedPings ? 'holds' : ok ? 'calm' : 'between'
      const cause = error === null ? '' : `: ${error.code}`
      return [
        {
          subject: { kind: 'storage', id: kind },
          warning: reading,
          critical: reading,
          message: () => `The storage (${kind}) does not respond${cause}`,
        },
      ]
    },
  }
}

/** The storage responds, but its leases cannot be read. */
export function leasesUnreachable({ leasesFor }: Thresholds): Rule {
  return {
    words: {
      rule: 'LeasesUnreachable',
      description: 'The storage responds, but its leases cannot be read.',
      fires: `for ${durationText(leasesFor)}`,
      clears: 'they can be read again',
      severity: 'critical',
    },
    holdFor: heldFor(leasesFor),
    observe({ snapshot: { storage, workers } }) {
      const reading = storage.ok !== true ? 'unknown' : workers === null ? 'holds' : 'calm'
      return [
        {
          subject: { kind: 'storage', id: `${storage.kind} leases` },
          warning: reading,
          critical: reading,
          message: () => 'The leases cannot be read, although the storage responds',
        },
      ]
    },
  }
}
