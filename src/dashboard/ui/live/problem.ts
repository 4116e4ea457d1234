import type { Problem } from '../../contract/session.ts'

/** A request that failed. Its message can be shown; `code` is stable, and `Unreachable` when there was no answer. */
export class RequestFailed extends Error {
  readonly code: string
  readonly status: number

  constructor({ status, code, title, detail }: Problem) {
    super(detail === '' ? title : detail)
    this.name = 'RequestFailed'
    this.code = code
    this.status = status
  }
}

/** What a response that is not a success says; a proxy in between may have answered instead of the dashboard. */
export function problemOf(status: number, body: unknown): Problem {
  const { code, title, detail } = (body ?? {}) as Partial<Problem>
  return {
    status,
    code: typeof code === 'string' ? code : `HTTP ${status}`,
    title: typeof title === 'string' ? title : 'The request failed.',
    detail: typeof detail === 'string' ? detail : '',
  }
}
