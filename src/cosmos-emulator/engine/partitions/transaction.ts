import { checkedDocument } from '../documents/document-rules.ts'
import type { Change, StoredDocument } from '../documents/stored-document.ts'
import { checkUniqueKeys, type UniqueKeyPolicy } from '../documents/unique-keys.ts'
import { badRequest, notFound, partitionFull, preconditionFailed } from '../errors.ts'
import { type PartitionKeyDefinition, partitionKeyOf, partitionKeyText } from '../key-space/partition-key.ts'
import { documentNumber } from '../resource-ids.ts'
import { CosmosError, type Item, type ItemBody, type PartitionTransaction, type Precondition } from '../types.ts'
import type { Partition } from './partition.ts'

/** What a transaction must know about its container. */
export type TransactionOwner = {
  readonly rid: string
  readonly partitionKey: PartitionKeyDefinition
  readonly uniqueKeys: UniqueKeyPolicy | undefined
  /** The maximum total size of the documents of one partition key, in bytes. */
  readonly maxPartitionBytes: number
  /** A number for a new document. */
  nextNumber(): number
  /** A document with the fields that the server sets. */
  stamp(body: ItemBody, number: number): Item
  /** Whether these are the segments of a link to the container. */
  isLink(names: readonly string[]): boolean
}

/** The documents of one partition key, and their current partition. */
export type LogicalPartition = {
  /** The text of the key. */
  readonly key: string
  /** The key's position in the key space. */
  readonly place: string
  readonly partition: Partition
}

/** The uncommitted changes of a transaction. */
export type OpenTransaction = {
  readonly transaction: PartitionTransaction
  /** Its changes so far, in the order of the first change of each document. */
  changes(): Change[]
}

/** Begins a transaction of one partition key. No other request sees its changes before they are committed. */
export function beginTransaction(
  container: TransactionOwner,
  { partition, key, place }: LogicalPartition,
): OpenTransaction {
  const pending = new Map<string, StoredDocument | undefined>()
  // The increase of the partition key's total size once this is committed, in bytes.
  let growth = 0

  const find = (id: string) => (pending.has(id) ? pending.get(id) : partition.get(key, id))

  function numbered(number: number): StoredDocument | undefined {
    const committed = partition.numbered(number)
    const now = committed?.key === key ? find(committed.item.id) : undefined
    return now?.number === number ? now : [...pending.values()].find((document) => document?.number === number)
  }

  function* documents(): Generator<StoredDocument> {
    const first = new Set<string>()
    for (const document of partition.documentsOf(key)) {
      const now = find(document.item.id)
      if (now?.number !== document.number) continue
      first.add(document.item.id)
      yield now
    }
    for (const [id, document] of pending) if (document !== undefined && !first.has(id)) yield document
  }

  const items = (): Iterable<Item> => itemsOf(documents())

  function existing(id: string, precondition: Precondition): StoredDocument {
    const document = find(id)
    if (document === undefined) throw notFound()
    checkPrecondition(document.item, precondition)
    return document
  }

  function write(sent: ItemBody, number: number, before: StoredDocument | undefined): Item {
    const { body, bytes } = checkedDocument(sent)
    if (before !== undefined && before.item.id !== body.id) {
      throw badRequest('The id of a document cannot be changed.')
    }
    if (partitionKeyText(partitionKeyOf(body, container.partitionKey)) !== key) {
      throw badRequest("PartitionKey extracted from document doesn't match the one specified in the header", 1001)
    }
    growth += bytes - (before?.bytes ?? 0)
    if (partition.bytesOf(key) + growth > container.maxPartitionBytes) throw partitionFull()
    if (container.uniqueKeys !== undefined) checkUniqueKeys(body, items(), container.uniqueKeys)
    const item = container.stamp(body, number)
    if (before === undefined) pending.delete(body.id)
    pending.set(body.id, { number, key, place, item, bytes, lsn: 0 })
    return item
  }

  const transaction: PartitionTransaction = {
    items,
    committedItems: () => itemsOf(partition.documentsOf(key)),
    partitionSample: () => partition.sampleOfItems(),
    get: (id) => find(id)?.item,
    getByLink(link) {
      const names = link.replace(/^\/+|\/+$/g, '').split('/')
      const last = names.pop() ?? ''
      if (names.pop() !== 'docs' || !container.isLink(names)) return undefined
      const number = documentNumber(container.rid, last)
      const byRid = number === undefined ? undefined : numbered(number)
      return (byRid ?? find(last))?.item
    },
    create(body) {
      if (find(idOf(body)) !== undefined) {
        throw new CosmosError(409, 'Conflict', 'Entity with the specified id already exists in the system.')
      }
      return write(body, container.nextNumber(), undefined)
    },
    replace(id, body, precondition = {}) {
      const before = existing(id, precondition)
      return write(body, before.number, before)
    },
    upsert(body, precondition = {}) {
      const before = find(idOf(body))
      if (before === undefined) return transaction.create(body)
      checkPrecondition(before.item, precondition)
      return write(body, before.number, before)
    },
    remove(id, precondition = {}) {
      growth -= existing(id, precondition).bytes
      pending.set(id, undefined)
    },
  }
  return {
    transaction,
    changes: () =>
      [...pending]
        .map(([id, after]) => ({ before: partition.get(key, id), after }))
        .filter(({ before, after }) => before !== undefined || after !== undefined),
  }
}

function* itemsOf(documents: Iterable<StoredDocument>): Generator<Item> {
  for (const { item } of documents) yield item
}

/** The id that a client sent; an invalid one is refused when it is written. */
function idOf(sent: Partial<ItemBody> | null | undefined): string {
  return sent?.id ?? ''
}

function checkPrecondition({ _etag }: Item, { ifMatch, ifNoneMatch }: Precondition): void {
  const holds =
    (ifMatch === undefined || ifMatch === '*' || ifMatch === _etag) && ifNoneMatch !== '*' && ifNoneMatch !== _etag
  if (!holds) throw preconditionFailed()
}
