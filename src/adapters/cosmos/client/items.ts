import type { JSONObject, OperationInput } from '@azure/cosmos'
import { batch } from './batch.ts'
import { refusalOf } from './failures/errors.ts'
import type { OpenContainer } from './open-container.ts'
import type { Operation, RequestKind, SentOptions } from './operation.ts'

/** A document as the container holds it. */
export type RawDocument = { readonly id: string; readonly _etag: string; readonly [field: string]: unknown }

/** A document of ours whose partition key is its id. */
export type OwnDocument = { readonly id: string }

/**
 * Whether a document can be addressed by a URL. The gateway decodes the URL's path a second time and trims it, and then
 * refuses the signature, which was computed from the original id: every such request would get 401. Batches name
 * documents in their body.
 *
 * @see the tests of id encodings in Azure/azure-cosmos-dotnet-v3, `CosmosItemIdEncodingTestsBase`
 */
const isAddressable = (id: string): boolean => !/%[0-9a-f]{2}|\s$/i.test(id)

/** Reads a document by its id, which is its partition key, too. */
export async function readItem(
  operation: Operation,
  open: OpenContainer,
  id: string,
): Promise<RawDocument | undefined> {
  if (!isAddressable(id)) return readItemAtPrimary(operation, open, id)
  const { resource } = await operation.request({
    in: open,
    at: { key: id },
    kind: 'read',
    send: (options) => open.container.item(id, id).read<RawDocument>(options),
  })
  return resource
}

/** The same from the primary replica: to the service a batch is a write, even one that only reads. */
export async function readItemAtPrimary(
  operation: Operation,
  open: OpenContainer,
  id: string,
): Promise<RawDocument | undefined> {
  try {
    const { results } = await batch(operation, { ...open, kind: 'read' }, id, [{ operationType: 'Read', id }])
    return results[0]?.resourceBody as RawDocument | undefined
  } catch (error) {
    if (refusalOf(error) !== 404) throw error
    return undefined
  }
}

/** Creates a document. @returns its ETag */
export async function createItem(operation: Operation, open: OpenContainer, document: OwnDocument): Promise<string> {
  const { resource, etag } = await operation.request({
    in: open,
    at: { key: document.id },
    kind: 'write',
    // The SDK modifies its arguments.
    send: (options) => open.container.items.create<OwnDocument>({ ...document }, options),
  })
  return resource?._etag ?? etag
}

/** Replaces a document that has an ETag. @returns the new ETag */
export async function replaceItem(
  operation: Operation,
  open: OpenContainer,
  document: OwnDocument,
  etag: string,
): Promise<string> {
  const { id } = document
  if (!isAddressable(id)) {
    const replace = {
      operationType: 'Replace',
      id,
      ifMatch: etag,
      resourceBody: { ...document } as JSONObject & OwnDocument,
    }
    const { results } = await batch(operation, { ...open, kind: 'write' }, id, [replace as OperationInput])
    return String(results[0]?.eTag ?? results[0]?.resourceBody?._etag)
  }
  const { resource, etag: given } = await operation.request({
    in: open,
    at: { key: id },
    kind: 'write',
    send: (options) => open.container.item(id, id).replace({ ...document }, { ...options, ...ifMatch(etag) }),
  })
  return resource?._etag ?? given
}

/** Deletes a document, if it has the given ETag. */
export async function deleteItem(
  operation: Operation,
  open: OpenContainer,
  id: string,
  { kind, etag, priority }: { readonly kind: RequestKind; readonly etag?: string; readonly priority?: 'Low' },
): Promise<void> {
  if (!isAddressable(id)) {
    const remove = { operationType: 'Delete', id, ...(etag !== undefined && { ifMatch: etag }) } as const
    await batch(operation, { ...open, kind }, id, [remove])
    return
  }
  const send = (options: SentOptions) =>
    open.container.item(id, id).delete({
      ...options,
      ...(etag !== undefined && ifMatch(etag)),
      ...(priority && { priorityLevel: priority as never }),
    })
  await operation.request({ in: open, at: { key: id }, kind, send })
}

// The SDK treats every other spelling as If-None-Match.
const ifMatch = (etag: string) => ({ accessCondition: { type: 'IfMatch', condition: etag } })
