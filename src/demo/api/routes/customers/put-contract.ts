import { createHash } from 'node:crypto'
import type { z } from 'zod'
import { expectedVersionOf, hasPrecondition } from '../../../../http/preconditions.ts'
import { assertCustomerId } from '../../../domain/customers/customer-id.ts'
import { failures } from '../../../server/schemas.ts'
import type { Route } from '../../api.ts'
import { CONTRACT_LIMIT, PDF, pdfSchema } from '../../customers/pdf.ts'
import { customerAnswer, customerParams } from '../../customers/schemas.ts'
import { carryOut, writeHeaders } from '../../idempotency.ts'
import { answerWrite } from '../../positions.ts'

/** `PUT /customers/{id}/contract` */
export const putContract: Route = (api, { storage, customers, contracts }) => {
  // Only this route takes anything but JSON.
  api.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser(PDF, { parseAs: 'buffer', bodyLimit: CONTRACT_LIMIT }, (_, body, done) =>
      done(null, body),
    )
    scope.route({
      method: 'PUT',
      url: '/customers/:id/contract',
      bodyLimit: CONTRACT_LIMIT,
      schema: {
        summary: 'File the contract, a PDF of at most 5 MiB, in place of an earlier one',
        consumes: [PDF],
        params: customerParams,
        headers: writeHeaders,
        body: pdfSchema,
        response: { 201: customerAnswer, ...failures },
      },
      handler: async (request, reply) => {
        const { headers, body } = request
        const customerId = (request.params as z.infer<typeof customerParams>).id
        assertCustomerId(customerId)
        const expected = hasPrecondition(headers) ? { expectedVersion: expectedVersionOf(headers) } : {}
        await customers.assertKnown(customerId)
        const pdf = body as Buffer
        const content = { customerId, personal: createHash('sha256').update(pdf).digest('hex'), others: null }
        const file = (options: object) => contracts.file(customerId, pdf, { ...options, ...expected })
        const write = await carryOut(storage, request, file, content)
        reply.code(201).header('location', `/customers/${encodeURIComponent(customerId)}/contract`)
        return answerWrite(reply, write)
      },
    })
  })
}
