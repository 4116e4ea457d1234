import type { ExpectedVersion } from '../../../core/append/expected-version.ts'

/** One operation on one stream, as its caller saw it. Times are any numbers that increase. */
export type Operation = {
  readonly invoked: number
  readonly returned: number
} & (
  | {
      readonly kind: 'appended'
      readonly expected: ExpectedVersion
      readonly ids: readonly string[]
      readonly version: number
    }
  | { readonly kind: 'refused'; readonly expected: ExpectedVersion; readonly actual: number }
  | { readonly kind: 'loaded'; readonly ids: readonly string[]; readonly version: number }
)

/**
 * Whether each operation can be assigned a moment between its call and its return so that, executed one after another
 * in that order, they would have returned the same: linearizability (Herlihy and Wing, 1990). Deciding this is hard in
 * general and easy here, because versions put all states of a stream in one order: it is enough to walk through the
 * states and take the earliest moment that is left.
 *
 * @returns the contradiction, or undefined if the history is linearizable
 */
export function faultIn(history: readonly Operation[]): string | undefined {
  const appends = history.filter((operation) => operation.kind === 'appended')
  const inOrder = appends.toSorted((a, b) => a.version - b.version)
  const seen = history.filter((operation) => operation.kind !== 'appended')
  const log: string[] = []
  let moment = Number.NEGATIVE_INFINITY

  const place = (operation: Operation): string | undefined => {
    moment = Math.max(moment, operation.invoked)
    return moment <= operation.returned ? undefined : `${describe(operation)} comes too late in every order`
  }
  const placeSeen = (version: number): string | undefined => {
    let latest = moment
    for (const operation of seen) {
      if ((operation.kind === 'loaded' ? operation.version : operation.actual) !== version) continue
      const before = moment
      const fault = place(operation) ?? disagreement(operation, log)
      if (fault) return fault
      latest = Math.max(latest, moment)
      moment = before
    }
    moment = latest
    return undefined
  }

  let fault = placeSeen(0)
  for (const append of inOrder) {
    if (fault) return fault
    const head = log.length
    if (append.version !== head + append.ids.length) return `${describe(append)} follows version ${head}`
    if (!fits(append.expected, head)) return `${describe(append)} took place at version ${head}`
    fault = place(append)
    log.push(...append.ids)
    fault ??= placeSeen(log.length)
  }
  if (fault) return fault
  const states = new Set([0, ...inOrder.map(({ version }) => version)])
  const odd = seen.find((operation) => !states.has(operation.kind === 'loaded' ? operation.version : operation.actual))
  return odd && `${describe(odd)} saw a version at which no append ended`
}

function disagreement(operation: Operation, log: readonly string[]): string | undefined {
  if (operation.kind === 'refused' && fits(operation.expected, operation.actual)) {
    return `${describe(operation)} should not have been refused`
  }
  if (operation.kind === 'loaded' && operation.ids.join() !== log.join()) {
    return `${describe(operation)} returned other events than were appended`
  }
  return undefined
}

// Stated here once more, so that a bug in the library's own rule is found.
function fits(expected: ExpectedVersion, head: number): boolean {
  if (expected === 'any') return true
  return expected === 'streamExists' ? head > 0 : head === (expected === 'noStream' ? 0 : expected)
}

function describe(operation: Operation): string {
  const at = operation.kind === 'refused' ? operation.actual : operation.version
  const expected = operation.kind === 'loaded' ? '' : ` (expected ${operation.expected})`
  return `${operation.kind} at ${at}${expected}, from ${operation.invoked} to ${operation.returned},`
}
