import { InvalidRule } from '../rule.ts'
import { type Token, tokensOf } from './tokens.ts'

/** Reads the tokens of an expression one by one. */
export class Reader {
  readonly #tokens: readonly Token[]
  #at = 0

  constructor(text: string) {
    this.#tokens = tokensOf(text)
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#tokens.length
  }

  next(): Token {
    const token = this.#tokens[this.#at]
    if (token === undefined) throw new InvalidRule('ends too early')
    this.#at++
    return token
  }

  /** Takes the next token if it is one of these keywords or symbols. */
  take(...words: readonly string[]): string | undefined {
    const token = this.#tokens[this.#at]
    if (token === undefined || token.kind === 'number' || token.kind === 'string') return undefined
    if (token.kind === 'name' && token.isDelimited) return undefined
    const word = token.text.toUpperCase()
    if (!words.includes(word)) return undefined
    this.#at++
    return word
  }

  /** @throws InvalidRule if something else comes */
  expect(word: string): void {
    if (this.take(word) === undefined) throw new InvalidRule(`needs ${word} ${this.#where()}`)
  }

  /** The names of a token that is expected to be one. */
  name(): string {
    const token = this.#tokens[this.#at]
    if (token?.kind !== 'name') throw new InvalidRule(`needs the name of a property ${this.#where()}`)
    this.#at++
    return token.text
  }

  /** Steps back over the last token. */
  back(): void {
    this.#at--
  }

  #where(): string {
    const token = this.#tokens[this.#at]
    return token === undefined ? 'at its end' : `before ${JSON.stringify(token.text)}`
  }
}
