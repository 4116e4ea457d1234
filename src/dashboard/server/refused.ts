import type { OutgoingHttpHeaders } from 'node:http'
import type { Refusal } from '../../process/http/refusal.ts'

/** Thrown to refuse a request before its route sees it. */
export class Refused extends Error {
  readonly refusal: Refusal
  readonly headers: OutgoingHttpHeaders

  constructor(status: number, code: string, detail: string, headers: OutgoingHttpHeaders = {}) {
    super(detail)
    this.name = 'Refused'
    this.refusal = { status, code, detail }
    this.headers = headers
  }
}
