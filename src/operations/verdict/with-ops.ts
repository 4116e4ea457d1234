import type { Operations } from '../model/operations.ts'
import type { Verdict } from './verdict.ts'

const ADVICE_BY_CODE: { readonly [code: string]: string } = {
  StorageFull: 'Make room on the disk of their storage. They are stored as soon as there is some.',
  StorageReadOnly: 'Make their folder writable. They are stored as soon as it is.',
  StorageMoved: 'Put their folder in place. It is opened again within a minute; if not, restart the dashboard.',
}

const ADVICE = 'Check the storage that --ops names. They are stored as soon as it responds.'

/**
 * Adds to a verdict that alerts and incidents cannot be stored. As long as they cannot, no notices of them are sent, so
 * nothing is healthy then.
 */
export function withOps(verdict: Verdict, { error }: Pick<ReturnType<Operations['ops']>, 'error'>): Verdict {
  if (error === null) return verdict
  const reason = `Alerts and incidents cannot be stored: ${error.code}`
  if (verdict.verdict !== 'healthy') return { ...verdict, reason: `${verdict.reason}. ${reason}` }
  const text = ADVICE_BY_CODE[error.code] ?? ADVICE
  return { verdict: 'degraded', reason, advice: { text, href: '#/storage' } }
}
