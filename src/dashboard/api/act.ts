import { TidemarkError } from '../../core/errors/base.ts'
import type { ApiRequest, DashboardContext, Route } from '../server/route.ts'

/** A request that changes something, or shows what it would change. */
export type Act<Answer> = {
  readonly path: string
  /** As in `OperatorAct`. */
  readonly what: string
  /** What it is about. @throws InvalidOption for invalid parameters, before anything is recorded */
  readonly subjectOf: (request: ApiRequest) => string
  readonly isDryRun?: (body: unknown) => boolean
  /** The code of the failure that an answer tells, if it does. */
  readonly failureIn?: (answer: Answer) => string | undefined
  handle(request: ApiRequest, context: DashboardContext): Promise<Answer>
}

const MOST_OF_SUBJECT = 300

/** The route of an act by an operator: it is recorded with its outcome, whether it succeeds or fails. */
export function actRoute<Answer>({ path, what, subjectOf, isDryRun, failureIn, handle }: Act<Answer>): Route {
  return {
    method: 'POST',
    path,
    role: 'operator',
    async handle(request, context) {
      const { who, body } = request
      const subject = subjectOf(request).slice(0, MOST_OF_SUBJECT)
      const record = (outcome: string) =>
        context.operations.recordAct({ who, what, subject, dryRun: isDryRun?.(body) ?? false, outcome })
      let answer: Answer
      try {
        answer = await handle(request, context)
      } catch (error) {
        await record(error instanceof TidemarkError ? error.code : 'Error')
        throw error
      }
      await record(failureIn?.(answer) ?? 'done')
      return answer
    },
  }
}
