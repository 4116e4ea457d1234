import rhea, { type Delivery } from 'rhea'
import { BrokerError, notImplemented, serverBusy } from '../../broker/broker-error.ts'
import { MESSAGE_OPERATIONS } from '../../management/messages.ts'
import type { ManagementReply, Operation } from '../../management/request.ts'
import { RULE_OPERATIONS } from '../../management/rules.ts'
import { SESSION_OPERATIONS } from '../../management/sessions.ts'
import { codec } from '../../messages/codec.ts'
import { assertWellFormed, MalformedEncoding } from '../../messages/well-formed.ts'
import type { IncomingLink } from '../rhea.ts'
import { BUSY, type ServerContext } from '../server-context.ts'
import { answerWithFaults } from './answer-with-faults.ts'

/** The address to which clients send their tokens. */
const CBS = '$cbs'

const MANAGEMENT = '/$management'

const OPERATIONS: Readonly<Record<string, Operation>> = {
  ...MESSAGE_OPERATIONS,
  ...SESSION_OPERATIONS,
  ...RULE_OPERATIONS,
}

/** Whether an address is one of requests, which are answered on another link. */
export const isRequestAddress = (address: string): boolean => address === CBS || address.endsWith(MANAGEMENT)

/** Answers a request: a token, or an operation on an entity. */
export function answer(
  context: ServerContext,
  link: IncomingLink,
  address: string,
  { delivery, bytes }: { readonly delivery: Delivery; readonly bytes: Buffer },
): void {
  const request = decode(bytes)
  if (request === undefined) {
    delivery.reject({ condition: 'amqp:decode-error', description: 'The request is no message of AMQP 1.0.' })
    return
  }
  delivery.accept()
  // Any token is good: the emulator serves this machine only.
  if (address === CBS) {
    reply(link, request, { status: 202 })
    return
  }
  const entity = address.slice(0, -MANAGEMENT.length)
  const operation = String(request.application_properties?.operation)
  answerWithFaults<Response>(context, {
    point: { on: 'manage', entity, operation },
    link,
    busy: () => failure(serverBusy(BUSY.description)),
    handle: () => handle(context, entity, operation, request.body),
    reply: (response) => reply(link, request, response),
  })
}

function decode(bytes: Buffer): Request | undefined {
  try {
    assertWellFormed(bytes)
    return rhea.message.decode(bytes) as unknown as Request
  } catch (error) {
    if (error instanceof MalformedEncoding) return undefined
    throw error
  }
}

type Request = {
  readonly message_id?: unknown
  readonly reply_to?: unknown
  readonly body?: unknown
  readonly application_properties?: Readonly<Record<string, unknown>>
}

type Response = ManagementReply & { readonly condition?: string; readonly description?: string }

function handle(context: ServerContext, entity: string, operation: string, body: unknown): Response {
  try {
    const run = Object.hasOwn(OPERATIONS, operation) ? OPERATIONS[operation] : undefined
    if (run === undefined) throw notImplemented(`The operation ${JSON.stringify(operation)} is not known.`)
    const members = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
    return context.run(() => run({ namespace: context.namespace, entity, body: members }))
  } catch (error) {
    if (error instanceof BrokerError) return failure(error)
    if (error instanceof MalformedEncoding) return failure(new BrokerError('amqp:decode-error', 400, error.message))
    throw error
  }
}

const failure = ({ status, condition, message: description }: BrokerError): Response => ({
  status,
  condition,
  description,
})

function reply(link: IncomingLink, request: Request, { status, body, condition, description = 'OK' }: Response): void {
  const to = String(request.reply_to)
  const sender = link.connection.find_sender(
    (one: { readonly name: string; readonly target?: { readonly address?: unknown } }) =>
      one.name === to || one.target?.address === to,
  )
  if (sender === undefined) return
  sender.send({
    correlation_id: request.message_id,
    to,
    body,
    application_properties: {
      // The names of the two versions of the protocol; the SDK reads the first for tokens and the second for the rest.
      'status-code': codec.wrap_int(status),
      statusCode: codec.wrap_int(status),
      'status-description': description,
      statusDescription: description,
      ...(condition !== undefined && { errorCondition: codec.wrap_symbol(condition) }),
    },
  } as never)
}
