import { syntaxError } from '../errors.ts'
import { type Token, tokenize } from './tokens.ts'

// The words that the grammar keeps to itself: as a property, each has to be written c["order"].
const RESERVED: ReadonlySet<string> = new Set(
  (
    'AND ARRAY AS ASC BETWEEN BY DESC DISTINCT ESCAPE EXISTS FALSE FROM GROUP IN JOIN LEFT LIKE LIMIT NOT NULL ' +
    'OFFSET OR ORDER RANK RIGHT SELECT TOP TRUE UDF UNDEFINED VALUE WHERE'
  ).split(' '),
)

/** Whether a word, in capitals, belongs to the language and so is no name. */
export const isReserved = (capitals: string): boolean => RESERVED.has(capitals)

/** A place among the tokens of a query, from which a parser reads on. */
export class Cursor {
  readonly #tokens: readonly Token[]
  #next = 0

  constructor(text: string) {
    this.#tokens = tokenize(text)
  }

  /** The token that comes next, or one of those that follow it. */
  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#next + ahead, this.#tokens.length - 1)] as Token
  }

  take(): Token {
    const token = this.peek()
    this.#next++
    return token
  }

  isSymbol(symbol: string, ahead = 0): boolean {
    const token = this.peek(ahead)
    return token.kind === 'symbol' && token.text === symbol
  }

  isWord(word: string, ahead = 0): boolean {
    const token = this.peek(ahead)
    return token.kind === 'word' && token.value === word
  }

  /** Takes the symbol or word (in capitals) if it comes next. */
  accept(text: string): boolean {
    const isNext = this.isSymbol(text) || this.isWord(text)
    if (isNext) this.#next++
    return isNext
  }

  /** @throws CosmosError 400 when something else comes next */
  expect(text: string): void {
    if (!this.accept(text)) throw this.error()
  }

  isName(): boolean {
    const token = this.peek()
    return token.kind === 'word' && !isReserved(String(token.value))
  }

  /** @throws CosmosError 400 when the next token is no name */
  name(): string {
    if (!this.isName()) throw this.error()
    return this.take().text
  }

  error(token = this.peek()): Error {
    return syntaxError(token.kind === 'end' ? '<EOF>' : token.text, { start: token.start, end: token.end })
  }
}
