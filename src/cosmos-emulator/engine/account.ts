import type { Clock } from '../../core/clock.ts'
import { Container, type ContainerBehaviour } from './container.ts'
import { definitionOf } from './container-definition.ts'
import { checkedName } from './documents/document-rules.ts'
import { type Stamps, stampsOf } from './documents/stamps.ts'
import { notFound, taken } from './errors.ts'
import {
  checkedThroughput,
  initialPartitionsFor,
  type Offer,
  OfferStore,
  partitionsFor,
  type Throughput,
  throughputOf,
  unitsOf,
} from './offers.ts'
import type { Partition } from './partitions/partition.ts'
import { type ResourceFields, resourceFields } from './resource.ts'
import { containerRid, databaseRid } from './resource-ids.ts'

/** How a new account behaves. */
export type AccountOptions = ContainerBehaviour & {
  readonly clock: Clock
  /** Makes resource ids and ETags repeat from run to run. */
  readonly seed: number
  /** Milliseconds until a changed throughput has its physical partitions; 0 by default. */
  readonly scalingMs?: number
  /** How many physical partitions a new container has, when its throughput does not ask for more. */
  readonly partitions: (database: string, container: string) => number
}

/** A database and its containers by id. */
export type Database = {
  readonly id: string
  readonly rid: string
  readonly fields: ResourceFields
  readonly containers: Map<string, Container>
}

/** Everything that the emulator holds. */
export class Account {
  readonly offers: OfferStore
  readonly #options: AccountOptions
  readonly #stamps: Stamps
  readonly #databases = new Map<string, Database>()
  readonly #rids = new Set<string>()
  /** When changed throughputs get their physical partitions, by the id of the offer. */
  readonly #scalings = new Map<string, number>()

  constructor(options: AccountOptions) {
    this.#options = options
    this.#stamps = stampsOf(options.clock, options.seed)
    this.offers = new OfferStore(this.#stamps)
  }

  databases(): Database[] {
    return [...this.#databases.values()]
  }

  /** By id or resource id. @throws CosmosError 404 */
  database(name: string): Database {
    const database = this.#databases.get(name) ?? this.databases().find(({ rid }) => rid === name)
    if (database === undefined) throw notFound()
    return database
  }

  /** By ids or resource ids. @throws CosmosError 404 */
  container(databaseName: string, name: string): Container {
    const { containers } = this.database(databaseName)
    const container = containers.get(name) ?? [...containers.values()].find(({ rid }) => rid === name)
    if (container === undefined) throw notFound()
    container.expire()
    return container
  }

  /** @throws CosmosError 400 an id that is not valid, 409 an id that is taken */
  createDatabase(sent: unknown, throughput: Throughput | undefined): Database {
    const id = checkedName((sent as { id?: unknown } | null)?.id)
    if (this.#databases.has(id)) throw taken()
    const rid = this.#newRid(databaseRid)
    const fields = resourceFields(rid, `dbs/${rid}/`, this.#stamps)
    const database = { id, rid, fields, containers: new Map() }
    this.#databases.set(id, database)
    if (throughput !== undefined) this.offers.create(fields, throughput)
    return database
  }

  /** @throws CosmosError 400 a definition that is not valid, 404 no such database, 409 an id that is taken */
  createContainer(databaseName: string, sent: unknown, throughput: Throughput | undefined): Container {
    const database = this.database(databaseName)
    const definition = definitionOf(sent)
    if (database.containers.has(definition.id)) throw taken()
    const rid = this.#newRid((random) => containerRid(database.rid, random))
    const asked = this.#options.partitions(database.id, definition.id)
    const partitions = Math.max(asked, throughput === undefined ? 1 : initialPartitionsFor(throughput))
    const container = new Container(database, rid, definition, partitions, this.#stamps, this.#options)
    database.containers.set(container.id, container)
    const own =
      throughput ?? (this.#offerOf(database.fields._self) !== undefined ? undefined : checkedThroughput({ fixed: 400 }))
    if (own !== undefined) this.offers.create({ _self: container.self, _rid: rid }, own)
    return container
  }

  /** @throws CosmosError 404 */
  removeDatabase(name: string): void {
    const { id, fields } = this.database(name)
    this.offers.removeOf(fields._self)
    this.#databases.delete(id)
  }

  /** @throws CosmosError 404 */
  removeContainer(databaseName: string, name: string): void {
    const container = this.container(databaseName, name)
    this.offers.removeOf(container.self)
    this.database(databaseName).containers.delete(container.id)
  }

  /**
   * Changes a throughput; a container that needs more physical partitions for it is split, now or later on.
   *
   * @throws CosmosError 400, 404
   */
  replaceOffer(id: string, sent: unknown): Offer {
    const offer = this.offers.replace(id, sent)
    this.#scalings.set(id, this.#stamps.nowMs() + (this.#options.scalingMs ?? 0))
    this.settle()
    return offer
  }

  /** Whether a throughput that was changed still waits for its physical partitions. */
  isScaling(id: string): boolean {
    return this.#scalings.has(id)
  }

  /** Does what is due by now. */
  settle(): void {
    for (const [id, due] of this.#scalings) {
      if (due > this.#stamps.nowMs()) continue
      this.#scalings.delete(id)
      const offer = this.offers.list().find((offer) => offer.id === id)
      if (offer !== undefined) this.#scale(offer)
    }
  }

  /** What a physical partition has of the throughput that is provisioned, in request units a second. */
  unitsOf(partition: Partition): number {
    const container = this.#containers().find(({ topology }) => topology.partitions.includes(partition))
    const own = this.#offerOf(container?.self)
    if (container !== undefined && own !== undefined)
      return unitsOf(throughputOf(own)) / container.topology.partitions.length
    const database = this.databases().find(({ rid }) => rid === container?.databaseRid)
    const shared = this.#offerOf(database?.fields._self)
    if (database === undefined || shared === undefined) return Number.POSITIVE_INFINITY
    const sharing = [...database.containers.values()].filter(({ self }) => this.#offerOf(self) === undefined)
    return unitsOf(throughputOf(shared)) / sharing.reduce((sum, { topology }) => sum + topology.partitions.length, 0)
  }

  #scale(offer: Offer): void {
    const container = this.#containers().find(({ self }) => self === offer.resource)
    if (container === undefined) return
    // One pass splits every partition at most once, as the service does.
    for (const { id } of container.topology.partitions) {
      if (container.topology.partitions.length < partitionsFor(throughputOf(offer))) container.topology.split(id)
    }
  }

  #containers(): Container[] {
    return this.databases().flatMap(({ containers }) => [...containers.values()])
  }

  #offerOf(self: string | undefined): Offer | undefined {
    return this.offers.list().find(({ resource }) => resource === self)
  }

  #newRid(make: (random: () => number) => string): string {
    const rid = make(this.#stamps.random)
    if (this.#rids.has(rid)) return this.#newRid(make)
    this.#rids.add(rid)
    return rid
  }
}
