import { z } from 'zod'
import { problem } from '../../../http/problems/problem.ts'
import type { RequestHeaders } from '../../../http/request-headers.ts'
import type { Subjects } from '../../../rules/index.ts'
import { answerProblem } from '../../server/failures.ts'
import { asOf, failures } from '../../server/schemas.ts'
import type { Server } from '../../server/server.ts'

/** What the routes of subjects need. */
export type SubjectContext = {
  readonly subjects: Subjects
  /** Waits until all rules have taken what a request's position names. */
  waitForRules(headers: RequestHeaders): Promise<void>
}

const answer = z.object({
  id: z.string(),
  version: z.int().describe('How many events its stream has'),
  properties: z.record(z.string(), z.json()),
})

/** The path of a subject's routes. `subjects` checks the id, with its own error. */
export const subjectParams = z.object({ id: z.string() })

/** The response to a request for a subject that no rule has written to. */
export const subjectUnknown = (id: string) => problem(404, 'NotFound', `No rule has written to a subject ${id}`, { id })

/** `GET /subjects/{id}[?asOf=]` */
export const getSubject = (server: Server, { subjects, waitForRules }: SubjectContext): void => {
  server.route({
    method: 'GET',
    url: '/subjects/:id',
    schema: {
      summary: 'The properties of a subject; with a Tidemark-Position, as all rules have taken the events before it',
      params: subjectParams,
      querystring: z.object({ asOf: asOf('subject').optional() }),
      response: { 200: answer, ...failures },
    },
    handler: async ({ headers, params: { id }, query: { asOf } }, reply) => {
      await waitForRules(headers)
      const found = await (asOf === undefined ? subjects.load(id) : subjects.loadAsOf(id, { time: asOf }))
      if (found.version === 0) return answerProblem(reply, subjectUnknown(id))
      const { version, properties } = found
      return { id, version, properties: properties as z.infer<typeof answer>['properties'] }
    },
  })
}
