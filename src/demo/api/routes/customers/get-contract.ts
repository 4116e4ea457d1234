import { z } from 'zod'
import { etagOf, isNotModified } from '../../../../http/etags.ts'
import { assertCustomerId } from '../../../domain/customers/customer-id.ts'
import { failures } from '../../../server/schemas.ts'
import type { Route } from '../../api.ts'
import { PDF } from '../../customers/pdf.ts'
import { customerParams } from '../../customers/schemas.ts'

/** `GET /customers/{id}/contract` */
export const getContract: Route = (api, { customers, contracts }) => {
  api.route({
    method: 'GET',
    url: '/customers/:id/contract',
    schema: {
      summary: 'The contract, a PDF',
      params: customerParams,
      response: {
        200: { description: 'The document', content: { [PDF]: { schema: z.string() } } },
        304: z.undefined().describe('It still has the ETag of If-None-Match'),
        ...failures,
      },
    },
    handler: async ({ headers, params: { id } }, reply) => {
      assertCustomerId(id)
      await customers.assertKnown(id)
      const contract = await contracts.latest(id)
      const etag = etagOf(contract)
      // No cache between here and the reader may keep it after the customer was forgotten.
      reply.headers({ etag, 'cache-control': 'no-store' })
      if (isNotModified(headers, etag)) return reply.code(304).send()
      // Bytes are sent as they are; the schema is for the documentation.
      return reply.type(PDF).send(contract.content as unknown as string)
    },
  })
}
