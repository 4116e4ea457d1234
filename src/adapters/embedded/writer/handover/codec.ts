// How values cross between threads: packed into one shared buffer, which costs a copy of their text and no clone of each
// value. First how many values and how many bytes of text, negative where all of it is ASCII, which is read with no
// decoding; then a number for each value, a tag for each, and the text.

const HEADER = 8

const NUMBER = 0
const TEXT = 1
const ARRAY = 2
const NULL = 3
const FALSE = 4
const TRUE = 5
const JSON_TEXT = 6

/** A buffer that two threads see, and views of it. */
export type SharedBuffer = {
  readonly memory: SharedArrayBuffer
  readonly lengths: Int32Array
  readonly numbers: Float64Array
  readonly bytes: Buffer
}

/** Looks at a buffer that came from the other thread, or that is to be sent there. */
export const viewsOf = (memory: SharedArrayBuffer): SharedBuffer => ({
  memory,
  lengths: new Int32Array(memory, 0, 2),
  numbers: new Float64Array(memory, HEADER, (memory.byteLength - HEADER) >> 3),
  bytes: Buffer.from(memory),
})

/** Packs arrays of numbers, strings, booleans, null and further arrays; whatever else is in them must be JSON. */
export class Packer {
  #numbers = new Float64Array(256)
  #tags = new Uint8Array(256)
  #count = 0
  #text = ''
  #bytes = 0

  /** Takes values in, in the place of those before. @returns the bytes that they need */
  take(values: readonly unknown[]): number {
    this.#count = 0
    this.#text = ''
    this.#add(values)
    this.#bytes = Buffer.byteLength(this.#text)
    return HEADER + this.#count * 9 + this.#bytes
  }

  /** Writes what was taken in; the buffer must be large enough. */
  write({ lengths, numbers, bytes }: SharedBuffer): void {
    const count = this.#count
    numbers.set(this.#numbers.subarray(0, count))
    const tags = HEADER + count * 8
    bytes.set(this.#tags.subarray(0, count), tags)
    lengths[0] = count
    const isAscii = this.#bytes === this.#text.length
    lengths[1] = isAscii ? -this.#bytes : this.#bytes
    bytes.write(this.#text, tags + count, isAscii ? 'latin1' : 'utf8')
    this.#text = ''
  }

  #add(value: unknown): void {
    if (typeof value === 'string') {
      this.#text += value
      this.#put(TEXT, value.length)
    } else if (typeof value === 'number') {
      this.#put(NUMBER, value)
    } else if (typeof value === 'boolean') {
      this.#put(value ? TRUE : FALSE, 0)
    } else if (Array.isArray(value)) {
      this.#put(ARRAY, value.length)
      for (const one of value) this.#add(one)
    } else if (value === null) {
      this.#put(NULL, 0)
    } else {
      const json = JSON.stringify(value)
      this.#text += json
      this.#put(JSON_TEXT, json.length)
    }
  }

  #put(tag: number, number: number): void {
    const at = this.#count++
    if (at === this.#tags.length) this.#grow()
    this.#tags[at] = tag
    this.#numbers[at] = number
  }

  #grow(): void {
    const [numbers, tags] = [this.#numbers, this.#tags]
    this.#numbers = new Float64Array(numbers.length * 2)
    this.#numbers.set(numbers)
    this.#tags = new Uint8Array(tags.length * 2)
    this.#tags.set(tags)
  }
}

/**
 * The values that a buffer holds. Longer strings in them are cut out of one text, and keep all of it alive: what is to be
 * remembered must be copied.
 */
export function unpack<T extends readonly unknown[]>({ lengths, numbers, bytes }: SharedBuffer): T {
  const count = lengths[0] as number
  const tags = HEADER + count * 8
  const length = lengths[1] as number
  const begin = tags + count
  const text = bytes.toString(length < 0 ? 'latin1' : 'utf8', begin, begin + Math.abs(length))
  let [next, at] = [0, 0]
  const cut = (length: number): string => {
    at += length
    return text.substring(at - length, at)
  }
  const value = (): unknown => {
    const number = numbers[next] as number
    switch (bytes[tags + next++]) {
      case NUMBER:
        return number
      case TEXT:
        return cut(number)
      case ARRAY: {
        const array = new Array<unknown>(number)
        for (let i = 0; i < number; i++) array[i] = value()
        return array
      }
      case NULL:
        return null
      case FALSE:
        return false
      case TRUE:
        return true
      default:
        return JSON.parse(cut(number))
    }
  }
  return value() as T
}

/** The same string, with nothing else kept alive by it. */
export const copyOf = (text: string): string => Buffer.from(text).toString()
