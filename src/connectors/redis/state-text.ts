import type { StateRef, ViewState } from '../../messaging/cache/state-cache.ts'

/** A state as it is stored and published; '' for a parked view. */
export function stateText({ isParked, ...state }: ViewState): string {
  return isParked ? '' : JSON.stringify(state)
}

/** The state in an entry, or in a message; undefined if it contains none, or that of another view. */
export function parseState(ref: Partial<StateRef>, text: unknown): ViewState | undefined {
  if (typeof text !== 'string' || text === '') return undefined
  let found: Partial<Record<string, unknown>>
  try {
    found = Object(JSON.parse(text))
  } catch {
    return undefined
  }
  const isState = [found.version, found.vector, found.data].map((one) => typeof one).join() === 'number,string,object'
  const isOfRef = Object.entries(ref).every(([member, value]) => found[member] === value)
  return isState && isOfRef ? { ...(found as Omit<ViewState, 'isParked'>), isParked: false } : undefined
}
