import { UsageError } from './usage-error.ts'

export const BUSES = ['service-bus', 'nats', 'none'] as const
export const STORAGES = ['embedded', 'cosmos', 'mongo'] as const

/** What a project is made of. */
export type Choices = {
  /** The uri of its contract. */
  readonly uri: string
  /** The group of its consumer. */
  readonly group: string
  readonly bus: (typeof BUSES)[number]
  readonly storage: (typeof STORAGES)[number]
}

/** One choice: what is asked, and which answers are valid. */
export type Choice = {
  readonly question: string
  /** The possible answers, if they can be listed. */
  readonly among?: readonly string[]
  /** A rule that a valid answer follows, for messages. */
  readonly rule: string
  isValid(answer: string): boolean
}

// The rules of defineContract and defineConsumer; shorter, so that no line of the project becomes too long.
const MAX_URI = 60
const MAX_GROUP = 30
const URI = /^[a-z][a-z0-9]*(\.[a-z][a-z0-9]*)*$/
const GROUP = /^[a-z0-9]+(-[a-z0-9]+)*$/

const oneOf = (question: string, among: readonly string[]): Choice => ({
  question,
  among,
  rule: `one of ${among.join(', ')}`,
  isValid: (answer) => among.includes(answer),
})

/** The choices by the option that states them, in the order in which they are asked. */
export const CHOICES: Readonly<Record<keyof Choices, Choice>> = {
  uri: {
    question: 'Uri of the contract with other services',
    rule: `lower-case words of letters and digits joined by ., such as shop.cart, 1 to ${MAX_URI} characters`,
    isValid: (answer) => answer.length <= MAX_URI && URI.test(answer),
  },
  group: {
    question: 'Group that handles its calls',
    rule: `lower-case words of letters and digits joined by -, such as transit, 1 to ${MAX_GROUP} characters`,
    isValid: (answer) => answer.length <= MAX_GROUP && GROUP.test(answer),
  },
  bus: oneOf('Bus to publish the calls to', BUSES),
  storage: oneOf('Storage', STORAGES),
}

/** @param word the name of the project as one word @returns what is chosen where nothing is said */
export const defaultsFor = (word: string): Choices => ({
  uri: `${word}.cart`,
  group: 'transit',
  bus: 'none',
  storage: 'embedded',
})

/** @throws UsageError for an answer that is not valid, with the rule */
export function assertChoices(given: Partial<Record<keyof Choices, string>>): asserts given is Partial<Choices> {
  for (const [name, { rule, isValid }] of Object.entries(CHOICES)) {
    const answer = given[name as keyof Choices]
    if (answer !== undefined && !isValid(answer)) {
      throw new UsageError(`--${name} ${JSON.stringify(answer)}: it must be ${rule}`)
    }
  }
}
