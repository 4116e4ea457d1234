import type { Choices } from './choices.ts'

// A section that only some projects have is between two lines that are comments in their own language:
//
//   //? bus=nats | storage=cosmos,mongo        # ? and <!--? --> likewise, without the blank
//   …
//   //?
//
// Everything else is as in a project that is called shop, with the contract shop.cart and the group transit, so that
// the template itself can be compiled and checked.
const MARKER = /^\s*(?:\/\/|#|<!--)\?(?: ([a-z].*?))?(?: -->)?\s*$/

const NAMES = /\bshop\.cart\b|\btransit\b|\bshop\b|file:\.\/data\b/g

const EMULATOR = 'cosmos-emulator://127.0.0.1:8081/'

/**
 * Makes a file of a project from one of the template.
 *
 * @param slug the name of the project
 * @returns the text; empty if a project with these choices does not have the file
 * @throws Error if a section does not begin and end
 */
export function render(text: string, choices: Choices, slug: string): string {
  const kept = sectionsOf(text, choices)
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trimStart()
  const names: Readonly<Record<string, string>> = {
    'shop.cart': choices.uri,
    transit: choices.group,
    shop: slug,
    // What `npm start` uses while nothing is set. Nothing on this machine stands in for MongoDB.
    'file:./data': choices.storage === 'cosmos' ? EMULATOR + slug : 'file:./data',
  }
  return kept.replace(NAMES, (name) => names[name] as string)
}

/** The lines that a project has. */
function sectionsOf(text: string, choices: Choices): string[] {
  let open: string | undefined
  return text.split('\n').filter((line) => {
    const marker = MARKER.exec(line)
    if (marker === null) return open === undefined || holds(open, choices)
    const [, condition] = marker
    if ((condition === undefined) === (open === undefined)) throw new Error(`A section does not fit: ${line}`)
    open = condition
    return false
  })
}

/** Whether one of the alternatives `option=value,value` holds. */
const holds = (condition: string, choices: Choices): boolean =>
  condition.split(' | ').some((alternative) => {
    const [option = '', values = ''] = alternative.split('=')
    const chosen = choices[option as keyof Choices]
    if (chosen === undefined || values === '') throw new Error(`No such condition: ${condition}`)
    return values.split(',').includes(chosen)
  })
