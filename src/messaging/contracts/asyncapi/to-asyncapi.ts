import type { EventDefinitions } from '../../../core/events/definition-types.ts'
import { apartOf, personalOf, schemaVersionOf } from '../../../core/events/describe.ts'
import type { JsonObject } from '../../../core/json/json.ts'
import { addressOf } from '../address.ts'
import type { Parameters } from '../contract-types.ts'
import type { Contract } from '../define-contract.ts'
import { parametersSchema } from './parameters-schema.ts'

/** What a contract does not say of the application that the document describes. */
export type AsyncApiOptions = {
  /** Whether the application sends the calls or receives them. Default `'send'`. */
  readonly action?: 'send' | 'receive'
  /** The environment, which is in front of the addresses. Default: none. */
  readonly environment?: string
  /** The title of the document. Default: the uris of the contracts. */
  readonly title?: string
  /** The version of the document. Default `1.0.0`. */
  readonly version?: string
}

/**
 * The AsyncAPI 3 document of contracts: a channel for each contract and an operation for each of its own, with the
 * parameters as they are stored as payload.
 *
 * @throws InvalidDefinition for a parameter whose schema cannot be represented in JSON Schema
 */
export async function toAsyncApi(contracts: readonly Contract[], options: AsyncApiOptions = {}): Promise<JsonObject> {
  const {
    action = 'send',
    environment,
    title = contracts.map(({ uri }) => uri).join(', '),
    version = '1.0.0',
  } = options
  const channels: Record<string, JsonObject> = {}
  const operations: Record<string, JsonObject> = {}
  const messages: Record<string, JsonObject> = {}
  for (const contract of contracts) {
    const { uri } = contract
    const ofChannel: Record<string, JsonObject> = {}
    for (const [name, parameters] of Object.entries<Parameters>(contract.operations)) {
      const type = `${uri}.${name}`
      const definition = (contract.events.definitions as EventDefinitions)[type] as EventDefinitions[string]
      ofChannel[name] = { $ref: `#/components/messages/${type}` }
      messages[type] = await messageOf(type, name, parameters, definition)
      operations[`${action}.${type}`] = {
        action,
        channel: { $ref: `#/channels/${uri}` },
        messages: [{ $ref: `#/channels/${uri}/messages/${name}` }],
      }
    }
    channels[uri] = { address: addressOf(environment, contract), messages: ofChannel }
  }
  const info = { title, version }
  return {
    asyncapi: '3.0.0',
    info,
    defaultContentType: 'application/json',
    channels,
    operations,
    components: { messages },
  }
}

async function messageOf(
  type: string,
  name: string,
  parameters: Parameters,
  definition: EventDefinitions[string],
): Promise<JsonObject> {
  const personal = personalOf(definition).flatMap(({ fields }) => Object.keys(fields))
  const apart = apartOf(definition)
  return {
    name: type,
    title: name,
    payload: await parametersSchema(type, parameters, `#/components/messages/${type}/payload`),
    'x-schema-version': schemaVersionOf(definition),
    ...(personal.length > 0 && { 'x-personal': personal }),
    ...(apart.length > 0 && { 'x-stored-apart': apart }),
  }
}
