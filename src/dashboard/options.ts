import type { Clock } from '../core/clock.ts'
import type { ChainConfig } from '../open/chain/chain-config.ts'
import type { OpenOptions } from '../open/opener.ts'
import type { ThresholdOptions } from '../operations/alerts/thresholds.ts'
import type { Scrape } from '../process/start-telemetry.ts'
import type { Session } from './contract/session.ts'
import type { Tokens } from './server/access/tokens.ts'

/** What a dashboard shows, and to whom. */
export type DashboardOptions = {
  /** The URL of the storage that is watched; see `openStorage`. It must exist. */
  readonly storage: string
  /** The folder of projections and reactions, one file each, so that they can be replayed and stepped. */
  readonly projections?: string
  /** A file or folder whose modules export aggregates, so that their states can be shown. */
  readonly aggregates?: string
  /**
   * The URL of the storage of alerts, incidents and activity: another one than the watched one. Default: the folder `ops`
   * inside the folder of the storage, or else `./tidemark-ops`.
   */
  readonly ops?: string
  /** How the chain over the log is opened, if there is one, to show its state: nothing is sealed or signed. */
  readonly chain?: ChainConfig
  /** The URL of the storage of a vault's keys, if it is another one, to count who was forgotten: no key is opened. */
  readonly vaultStorage?: string
  /** At least one, of 16 characters or more. */
  readonly tokens: Tokens
  /** The address that the server listens on, which is one of its names; default `127.0.0.1`. */
  readonly host?: string
  /** Additional host names of the server, such as that of a proxy. */
  readonly allowedHosts?: readonly string[]
  /** How much of events and views is shown: all, their members without values, or nothing. Default `full`. */
  readonly payloads?: Session['payloads']
  /** Whether nothing can be changed, not even by an operator; default false. */
  readonly readOnly?: boolean
  /** Shown on every page, for instance `PROD`; at most 40 characters. */
  readonly label?: string
  /** Where notices of incidents are sent: `alertmanager+https://…`, `pagerduty:<key>` or `json+https://…`. */
  readonly notify?: readonly string[]
  /** When alerts fire and are calm again, where that differs from `docs/reference/alerts.md`. */
  readonly thresholds?: ThresholdOptions
  /** Milliseconds for which a range may be without an owner; by default twice the lease duration of the workers. */
  readonly unownedAfter?: number
  /** The dashboard's own address, for links in notices. */
  readonly link?: string
  /** Milliseconds between two looks at the storage; default 1,000, for MongoDB 2,000, for Azure Cosmos DB 10,000. */
  readonly every?: number
  /** Whether the dashboard reports itself in the watched storage, as workers do; default true. */
  readonly report?: boolean
  /** What `GET metrics` responds with, to viewers and operators; without it, there is no such path. */
  readonly scrape?: Scrape
  /** How the storage is opened besides. Its telemetry receives the durations of requests as well. */
  readonly opening?: OpenOptions
  readonly clock?: Clock
  /**
   * Called with errors that are the server's fault, and when the storage of operations begins to fail; by default they are
   * written to the console, those that repeat at most once a minute.
   */
  readonly onError?: (error: unknown) => void
}
