import type { ServerResponse } from 'node:http'

/** What a server of a test does with a request instead of answering it, or before it does. */
export type Fault =
  | { readonly answer: number; readonly headers?: Record<string, string>; readonly body?: string }
  | { readonly hang: true }
  | { readonly cut: true }
  /** Does what was asked, and answers when the promise resolves. */
  | { readonly late: Promise<void> }

/** The faults of a server: those of the next requests, in their order, or one for all. */
export class Faults {
  readonly #next: Fault[] = []
  #always: Fault | undefined

  next(...faults: Fault[]): void {
    this.#next.push(...faults)
  }

  /** Until it is called again; without a fault, requests are answered. */
  always(fault?: Fault): void {
    this.#always = fault
  }

  clear(): void {
    this.#next.length = 0
    this.#always = undefined
  }

  /** @returns whether the request was taken care of */
  async meet(response: ServerResponse): Promise<boolean> {
    const fault = this.#next.shift() ?? this.#always
    if (fault === undefined) return false
    if ('late' in fault) {
      await fault.late
      return false
    }
    if ('cut' in fault) response.destroy()
    if ('answer' in fault) response.writeHead(fault.answer, fault.headers ?? {}).end(fault.body)
    return true
  }
}
