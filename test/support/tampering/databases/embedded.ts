import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type EmbeddedPort, openEmbeddedPort } from '../../../../src/adapters/embedded/index.ts'
import type { RawDatabase, RawRef } from '../raw-database.ts'

/** A folder, and its log as any SQLite tool sees it. */
export type EmbeddedDatabase = RawDatabase & {
  readonly folder: string
  open(): Promise<EmbeddedPort>
  /** Runs any SQL on the log. */
  run(text: string): void
  /** Changes rows of the log by SQL. */
  sql(text: string, ...parameters: (string | number)[]): void
}

const STREAM = '(SELECT id FROM streams WHERE name = ?)'

export function embeddedDatabase(folder = mkdtempSync(join(tmpdir(), 'tidemark-tampering-'))): EmbeddedDatabase {
  const ports: EmbeddedPort[] = []
  const inLog = <T>(work: (log: DatabaseSync) => T): T => {
    const log = new DatabaseSync(join(folder, 'events.db'), { timeout: 5000 })
    try {
      return work(log)
    } finally {
      log.close()
    }
  }
  const sql = (text: string, ...parameters: (string | number)[]): void =>
    inLog((log) => {
      const { changes } = log.prepare(text).run(...parameters)
      if (changes === 0) throw new Error(`Nothing was changed by ${text}`)
    })
  const set = (change: string, [streamId, version]: RawRef, ...values: (string | number)[]) =>
    sql(`UPDATE events SET ${change} WHERE stream = ${STREAM} AND version = ?`, ...values, streamId, version)
  const positionOf = ([streamId, version]: RawRef): number =>
    inLog((log) =>
      log.prepare(`SELECT pos FROM events WHERE stream = ${STREAM} AND version = ?`).get(streamId, version),
    )?.pos as number
  return {
    kind: 'embedded',
    folder,
    sql,
    run: (text) => inLog((log) => log.exec(text)),
    async open() {
      const port = await openEmbeddedPort(folder, { ranges: 2 })
      ports.push(port)
      return port
    },
    async change(event, change) {
      const select = `SELECT type, data, metadata FROM events WHERE stream = ${STREAM} AND version = ?`
      const row = inLog((log) => log.prepare(select).get(...event)) as { type: string; data: string; metadata: string }
      const found = { eventType: row.type, eventData: JSON.parse(row.data), metadata: JSON.parse(row.metadata) }
      const { eventType, eventData, metadata } = { ...found, ...change(found) }
      set('type = ?, data = ?, metadata = ?', event, eventType, JSON.stringify(eventData), JSON.stringify(metadata))
    },
    async remove(...events) {
      for (const event of events) sql(`DELETE FROM events WHERE stream = ${STREAM} AND version = ?`, ...event)
    },
    async rename(from, to) {
      sql('UPDATE streams SET name = ? WHERE name = ?', to, from)
    },
    async append([streamId, version], { eventType, eventData, metadata }) {
      const columns = 'pos, remaining, stream, version, type, recorded_at, latest, event_id, data, metadata'
      const last =
        'SELECT * FROM events WHERE pos / 8796093022208 = (SELECT slot FROM streams WHERE name = ?) ORDER BY pos DESC LIMIT 1'
      sql(
        `INSERT INTO events (${columns}) SELECT pos + 1, 0, ${STREAM}, ?, ?, latest, latest, ?, ?, ? FROM (${last})`,
        ...[
          streamId,
          version,
          eventType,
          `raw-${version}`,
          JSON.stringify(eventData),
          JSON.stringify(metadata),
          streamId,
        ],
      )
    },
    async swapVersions(streamId, one, other) {
      set('version = -1', [streamId, one])
      set('version = ?', [streamId, other], one)
      set('version = ?', [streamId, -1], other)
    },
    async swapPlaces(one, other) {
      const [first, second] = [positionOf(one), positionOf(other)]
      set('pos = -1', one)
      set('pos = ?', other, first)
      set('pos = ?', one, second)
    },
    async moveTo(event, erased) {
      set('pos = pos / 8796093022208 * 8796093022208 + ?', event, erased)
    },
    async mark(streamId, deleted) {
      sql('UPDATE streams SET deleted = ? WHERE name = ?', deleted ? 1 : 0, streamId)
    },
    async [Symbol.asyncDispose]() {
      for (const port of ports) await port.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
