import type { FastifyReply } from 'fastify'
import { resultHeaders } from '../../../http/position-header.ts'
import type { CustomerWrite } from '../../domain/customers/customers.ts'

/** The body of the response to a write about a customer; sets the headers with its position and the stream's ETag. */
export function answerCustomerWrite(reply: FastifyReply, write: CustomerWrite) {
  reply.headers(resultHeaders(write))
  const { customerId, streamId, version } = write
  return { customerId, streamId, version }
}
