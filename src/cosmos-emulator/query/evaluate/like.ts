/** One step of a pattern: a character that it takes, or `undefined` for any number of characters. */
type Step = ((character: string) => boolean) | undefined

/**
 * Compiles a pattern of `LIKE`: `%` stands for any characters, `_` for one, `[a-z]` and `[^a-z]` for one of a set.
 *
 * Its time grows with the product of the lengths of pattern and text, however many `%` there are: of a regular
 * expression it would grow with their power.
 */
export function likePattern(pattern: string, escapedBy: string | undefined): (text: string) => boolean {
  const steps = stepsOf([...pattern], escapedBy)
  return (text) => matches(steps, [...text])
}

function stepsOf(pattern: readonly string[], escapedBy: string | undefined): Step[] {
  const steps: Step[] = []
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i] ?? ''
    const end = character === '[' ? pattern.indexOf(']', i + 1) : -1
    if (character === escapedBy && i + 1 < pattern.length) steps.push(literal(pattern[++i] ?? ''))
    else if (character === '%') steps.push(undefined)
    else if (character === '_') steps.push(() => true)
    else if (end > 0) {
      steps.push(oneOf(pattern.slice(i + 1, end)))
      i = end
    } else steps.push(literal(character))
  }
  return steps
}

const literal =
  (expected: string): Step =>
  (character) =>
    character === expected

function oneOf(members: readonly string[]): Step {
  const isNegated = members[0] === '^'
  const listed = isNegated ? members.slice(1) : members
  const ranges: [from: number, to: number][] = []
  for (let i = 0; i < listed.length; i++) {
    const from = codeOf(listed[i])
    const isRange = listed[i + 1] === '-' && i + 2 < listed.length
    ranges.push([from, isRange ? codeOf(listed[i + 2]) : from])
    if (isRange) i += 2
  }
  return (character) => {
    const code = codeOf(character)
    return ranges.some(([from, to]) => code >= from && code <= to) !== isNegated
  }
}

const codeOf = (character: string | undefined): number => character?.codePointAt(0) ?? Number.NaN

// When a character does not fit, the last `%` takes one more. An earlier one never needs to.
function matches(steps: readonly Step[], text: readonly string[]): boolean {
  let step = 0
  let at = 0
  let retry: { readonly step: number; at: number } | undefined
  while (at < text.length || step < steps.length) {
    const expected = steps[step]
    if (step < steps.length && expected === undefined) retry = { step: ++step, at }
    else if (at < text.length && expected?.(text[at] ?? '') === true) {
      step++
      at++
    } else if (retry !== undefined && retry.at < text.length) {
      step = retry.step
      at = ++retry.at
    } else return false
  }
  return true
}
